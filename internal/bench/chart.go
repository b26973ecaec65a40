package main

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// chart is a curve of a row, drawn for light and for dark pages.
type chart struct {
	name  string // of its files: NAME-light.svg and NAME-dark.svg
	title string // what it shows, for those who do not see it too
	about string // what to see in it and what to conclude
	x, y  axis
	at    []float64 // where on the x axis the points are; the axis is logarithmic
	lines []line
}

// axis says what is counted and how a figure is written.
type axis struct {
	name   string
	format func(float64) string // whole numbers where nil
	log    bool                 // a y axis that is linear begins at 0
}

// line is one contestant.
type line struct {
	name   string // as in a table
	short  string // as beside the line; the name where empty
	role   role
	values []float64 // one for each place on the x axis; less than or equal to 0 is not measured
}

// role decides how a line looks.
type role int

const (
	peer role = iota
	ours
	floor
)

func (l line) label() string { return cmp.Or(l.short, l.name) }

// figure is a value as a table has it.
func (a axis) figure(v float64) string {
	switch {
	case v <= 0 || math.IsNaN(v):
		return "–"
	case a.format != nil:
		return a.format(v)
	default:
		return thousands(v)
	}
}

// table has the figures of the chart and the chart.
func (c *chart) table(bars ...bar) table {
	t := table{title: c.title, columns: []string{c.x.name}, bars: bars, chart: c}
	for _, x := range c.at {
		t.columns = append(t.columns, c.x.figure(x))
	}
	for _, l := range c.lines {
		cells := []string{l.name}
		for i := range c.at {
			cells = append(cells, c.y.figure(l.value(i)))
		}
		t.lines = append(t.lines, cells)
	}
	return t
}

// add appends a point of every line: the first result is the floor's, the second this
// module's.
func (c *chart) add(at float64, results []result, figure func(result) float64) {
	c.at = append(c.at, at)
	for i, r := range results {
		if i == len(c.lines) {
			c.lines = append(c.lines, line{name: r.name, short: shortName(r.name), role: [...]role{floor, ours, peer}[min(i, 2)]})
		}
		c.lines[i].values = append(c.lines[i].values, figure(r))
	}
}

// shortName has room beside a line.
func shortName(name string) string {
	return strings.NewReplacer(" frame parser", "", "pepay-go stream", "pepay-go", "/websocket", "", "/ws", "", "encoding/", "").Replace(name)
}

func (l line) value(i int) float64 {
	if i < len(l.values) {
		return l.values[i]
	}
	return 0
}

// thousands writes a whole number with commas.
func thousands(v float64) string {
	digits := strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	var grouped strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			grouped.WriteByte(',')
		}
		grouped.WriteRune(c)
	}
	return grouped.String()
}

// twoDigits writes a positive number with two digits, or all of those before the point. One below
// 0.01 has one.
func twoDigits(v float64) string {
	switch {
	case v >= 99.5:
		return thousands(v)
	case v >= 9.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 0.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= 0.0095:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'f', int(math.Ceil(-math.Log10(v))), 64)
	}
}
