package main

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The sizes of a chart, in its own units. It is drawn as wide as the page allows: at 360
// pixels the smallest text is 9 pixels high, at 700 pixels 18.
const (
	chartWidth  = 560
	plotHeight  = 250
	titleSize   = 18
	labelSize   = 16
	tickSize    = 15
	margin      = 12
	markerSize  = 5
	labelHeight = labelSize * 1.25
)

// drawing is a chart on the way to its SVG.
type drawing struct {
	*chart
	palette
	strings.Builder
	x, y                     scale
	left, right, top, bottom float64 // of the plot
	labelled                 float64 // where the labels of the lines begin
}

// svg draws the chart.
func (c *chart) svg(dark bool) string {
	d := &drawing{chart: c, palette: paletteOf(dark)}
	title := wrap(sentence(c.title), titleSize, chartWidth-2*margin)
	d.layOut(len(title))
	height := d.bottom + 2*tickSize + 24

	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%s" viewBox="0 0 %[1]d %[2]s" role="img" aria-labelledby="%s-title %[3]s-desc" font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif">`+"\n",
		chartWidth, coordinate(height), escape(c.name))
	fmt.Fprintf(d, "<title id=\"%s-title\">%s</title>\n<desc id=\"%[1]s-desc\">%[3]s</desc>\n", escape(c.name), escape(c.title), escape(c.about))
	fmt.Fprintf(d, `<rect width="%d" height="%s" rx="6" fill="%s"/>`+"\n", chartWidth, coordinate(height), d.page)
	for i, part := range title {
		d.text(margin, margin+titleSize*(1+1.25*float64(i)), part, titleSize, "start", "bold", d.ink)
	}
	d.text(margin, d.top-14, c.y.name, tickSize, "start", "normal", d.faint)
	d.drawAxes()
	d.text((d.left+d.right)/2, d.bottom+2*tickSize+12, c.x.name, tickSize, "middle", "normal", d.faint)
	d.drawLines()
	d.WriteString("</svg>\n")
	return d.String()
}

// layOut finds the place of everything.
func (d *drawing) layOut(titleLines int) {
	d.top = margin + titleSize*1.25*float64(titleLines) + tickSize*1.25 + 16
	d.bottom = d.top + plotHeight
	var all []float64
	widest := 0.0
	for _, l := range d.lines {
		all = append(all, l.values...)
		widest = max(widest, width(l.label(), labelSize))
	}
	d.y = newScale(d.chart.y.log, all, d.bottom, d.top)
	ticks := 0.0
	for _, tick := range d.y.ticks {
		ticks = max(ticks, width(d.tick(tick), tickSize))
	}
	d.left = margin + ticks + 8 + markerSize
	d.labelled = chartWidth - margin - widest - 3*markerSize
	d.right = d.labelled - 5*markerSize
	d.x = exactScale(d.at, d.left, d.right)
}

// tick writes a tick of the y axis.
func (d *drawing) tick(v float64) string {
	if v == math.Trunc(v) {
		return thousands(v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func (d *drawing) drawAxes() {
	for _, tick := range d.y.ticks {
		y := d.y.place(tick)
		fmt.Fprintf(d, `<path d="%s" stroke="%s"/>`+"\n", pathOf("M", d.left-markerSize, y, "H", d.right+markerSize), d.grid)
		d.text(d.left-markerSize-6, y+tickSize*0.35, d.tick(tick), tickSize, "end", "normal", d.faint)
	}
	fmt.Fprintf(d, `<path d="%s" stroke="%s"/>`+"\n", pathOf("M", d.left-markerSize, d.bottom, "H", d.right+markerSize), d.faint)
	for _, at := range d.places() {
		x := d.x.place(at)
		fmt.Fprintf(d, `<path d="%s" stroke="%s"/>`+"\n", pathOf("M", x, d.bottom, "v", 5), d.faint)
		d.text(x, d.bottom+tickSize+7, d.chart.x.figure(at), tickSize, "middle", "normal", d.faint)
	}
}

// places are the points of the x axis that have room for their figure. The last one always
// has.
func (d *drawing) places() []float64 {
	var kept []float64
	edge := math.Inf(1)
	for _, at := range slices.Backward(d.at) {
		half := width(d.chart.x.figure(at), tickSize)/2 + 3
		if x := d.x.place(at); x+half <= edge {
			kept, edge = append(kept, at), x-half
		}
	}
	return kept
}

// point is a figure that was measured, on the plot.
type point struct{ x, y float64 }

func (d *drawing) points(l line) []point {
	var all []point
	for i, at := range d.at {
		if v := l.value(i); v > 0 && !math.IsInf(v, 0) {
			all = append(all, point{d.x.place(at), d.y.place(v)})
		}
	}
	return all
}

// drawLines draws this module's line last, above the others.
func (d *drawing) drawLines() {
	styles := d.styles(d.lines)
	var drawn []int
	var ends []float64
	for i, l := range d.lines {
		if points := d.points(l); len(points) > 0 {
			drawn, ends = append(drawn, i), append(ends, points[len(points)-1].y)
		}
	}
	places := spread(ends, labelHeight, d.top, d.bottom)
	order := make([]int, len(drawn))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return above(d.lines[drawn[a]].role) - above(d.lines[drawn[b]].role) })
	for _, i := range order {
		d.drawLine(d.lines[drawn[i]], styles[drawn[i]], places[i])
	}
}

func above(r role) int { return map[role]int{floor: 0, peer: 1, ours: 2}[r] }

func (d *drawing) drawLine(l line, s style, labelY float64) {
	points := d.points(l)
	path := []any{"M"}
	for i, p := range points {
		if i > 0 {
			path = append(path, "L")
		}
		path = append(path, p.x, p.y)
	}
	fmt.Fprintf(d, `<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-dasharray="%s" stroke-linejoin="round" stroke-linecap="round"/>`+"\n",
		pathOf(path...), s.color, coordinate(s.width), orNone(s.dashes))
	size := float64(markerSize)
	if l.role == ours {
		size *= 1.2
	}
	for _, p := range points {
		fmt.Fprintf(d, `<path d="%s" fill="%s" stroke="%s"/>`+"\n", s.marker(p.x, p.y, size), s.color, d.page)
	}
	last := points[len(points)-1]
	fmt.Fprintf(d, `<path d="%s" fill="none" stroke="%s" stroke-opacity="0.7"/>`+"\n", // from the line to its label
		pathOf("M", last.x+size+2, last.y, "L", d.labelled-size-3, labelY), s.color)
	fmt.Fprintf(d, `<path d="%s" fill="%s"/>`+"\n", s.marker(d.labelled, labelY, size), s.color)
	d.text(d.labelled+2*markerSize, labelY+labelSize*0.35, l.label(), labelSize, "start", s.weight, d.ink)
}

func (d *drawing) text(x, y float64, text string, size int, anchor, weight, color string) {
	fmt.Fprintf(d, `<text x="%s" y="%s" font-size="%d" text-anchor="%s" font-weight="%s" fill="%s">%s</text>`+"\n",
		coordinate(x), coordinate(y), size, anchor, weight, color, escape(text))
}

func orNone(dashes string) string {
	if dashes == "" {
		return "none"
	}
	return dashes
}

// coordinate writes a place to a tenth of a unit, so that the same figures give the same
// file.
func coordinate(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(v*10)/10+0, 'f', 1, 64), ".0")
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
