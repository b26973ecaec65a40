package main

// chart is a curve of a row, drawn for light and for dark pages.
type chart struct {
	name  string // of its files: NAME-light.svg and NAME-dark.svg
	title string // what it shows, for those who do not see it
}

// svg draws the chart.
func (c *chart) svg(_ bool) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>` + c.title + "</title></svg>\n"
}
