package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// closeLines is a chart whose lines end at almost the same figure.
func closeLines() *chart {
	return &chart{
		name: "close", title: `Time & memory of <events> that are "close", with a title that takes more than a line`, about: "What it shows.",
		x: axis{name: "open streams"}, y: axis{name: "KB", format: twoDigits, log: true}, at: []float64{1, 10, 100, 1000, 5000},
		lines: []line{
			{name: "bufio", role: floor, values: []float64{40, 20, 15, 14.01, 14}},
			{name: "pepay-go", role: ours, values: []float64{41, 21, 15, 14, 14.02}},
			{name: "coder/websocket", values: []float64{42, 22, 15, 14, 14.01}},
			{name: "gorilla/websocket", short: "gorilla", values: []float64{43, 23, 15, 13.99, 13.99}},
			{name: "stops early", values: []float64{44, 24, 14}},
		},
	}
}

// element is an element of an SVG.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

func (e element) number(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(e.attrs[name], 64)
	if err != nil {
		t.Fatalf("%+v: %s: %v", e, name, err)
	}
	return v
}

func parseSVG(t *testing.T, svg string) []element {
	t.Helper()
	var all []element
	var open []int
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open, all = append(open, len(all)), append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		}
	}
}

// box is where a text is at most.
type box struct{ left, top, right, bottom float64 }

func boxOf(t *testing.T, e element) box {
	t.Helper()
	x, y, size := e.number(t, "x"), e.number(t, "y"), e.number(t, "font-size")
	wide := width(e.text, size)
	left := x
	switch e.attrs["text-anchor"] {
	case "middle":
		left -= wide / 2
	case "end":
		left -= wide
	}
	return box{left, y - size*0.8, left + wide, y + size*0.2}
}

func (b box) overlaps(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

func TestChart(t *testing.T) {
	t.Parallel()
	flat := closeLines()
	flat.name, flat.y.log = "flat", false
	crowded := closeLines()
	crowded.name, crowded.at = "crowded", []float64{1, 1000, 1001, 1002, 1003}
	bottom := closeLines() // all labels want to be at the lower end
	bottom.name, bottom.y.log = "bottom", false
	for i := range bottom.lines {
		bottom.lines[i].values[0], bottom.lines[i].values[2] = 1e6, 1
	}
	single := closeLines()
	single.name, single.at = "single", []float64{1}
	empty := closeLines() // as a row without figures
	empty.name = "empty"
	for i := range empty.lines {
		empty.lines[i].values = nil
	}
	for _, c := range []*chart{closeLines(), flat, crowded, bottom, single, empty} {
		for _, dark := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " dark ", dark), func(t *testing.T) {
				t.Parallel()
				svg := c.svg(dark)
				if svg != c.svg(dark) {
					t.Error("the same figures give another picture")
				}
				if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
					t.Error(svg)
				}
				checkChart(t, c, parseSVG(t, svg))
			})
		}
	}
}

// checkChart fails for texts that overlap or stick out, and for what is not drawn.
func checkChart(t *testing.T, c *chart, elements []element) {
	t.Helper()
	root := elements[0]
	if root.name != "svg" || root.attrs["role"] != "img" || root.attrs["aria-labelledby"] != c.name+"-title "+c.name+"-desc" {
		t.Errorf("%+v", root)
	}
	right, bottom := root.number(t, "width"), root.number(t, "height")
	if want := fmt.Sprint("0 0 ", root.attrs["width"], " ", root.attrs["height"]); root.attrs["viewBox"] != want {
		t.Errorf("viewBox %q, want %q", root.attrs["viewBox"], want)
	}
	texts := map[string]int{}
	var drawn []element
	for _, e := range elements {
		switch e.name {
		case "title", "desc":
			if e.attrs["id"] != c.name+"-"+e.name || e.text != map[string]string{"title": c.title, "desc": c.about}[e.name] {
				t.Errorf("%+v", e)
			}
		case "text":
			texts[e.text]++
			for _, other := range drawn {
				if boxOf(t, e).overlaps(boxOf(t, other)) {
					t.Errorf("%q overlaps %q", e.text, other.text)
				}
			}
			drawn = append(drawn, e)
			if b := boxOf(t, e); b.left < 0 || b.right > right || b.top < 0 || b.bottom > bottom {
				t.Errorf("%q sticks out: %+v", e.text, b)
			}
		}
	}
	for _, l := range c.lines {
		want := 1
		if len(l.values) == 0 {
			want = 0
		}
		if texts[l.label()] != want {
			t.Errorf("%q is there %d times, want %d", l.label(), texts[l.label()], want)
		}
	}
	if last := c.x.figure(c.at[len(c.at)-1]); texts[last] == 0 {
		t.Errorf("the last point %s has no figure", last)
	}
}

func TestChartTable(t *testing.T) {
	t.Parallel()
	c := closeLines()
	got := c.table(bar{"a", "b", "c", true})
	if got.chart != c || got.title != c.title || len(got.bars) != 1 {
		t.Errorf("%+v", got)
	}
	if want := []string{"open streams", "1", "10", "100", "1,000", "5,000"}; !slices.Equal(got.columns, want) {
		t.Errorf("%q", got.columns)
	}
	if want := []string{"gorilla/websocket", "43", "23", "15", "14", "14"}; !slices.Equal(got.lines[3], want) {
		t.Errorf("%q", got.lines[3])
	}
	if want := []string{"stops early", "44", "24", "14", "–", "–"}; !slices.Equal(got.lines[4], want) {
		t.Errorf("%q", got.lines[4])
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		log       bool
		low, high float64
		want      []float64
	}{
		{"log, within a step", true, 2.5, 3, []float64{2, 5}},
		{"log, on a tick", true, 5, 5, []float64{5, 10}},
		{"log, ends on ticks", true, 1, 10, []float64{1, 2, 5, 10}},
		{"log, around ticks", true, 0.9, 11, []float64{0.5, 1, 2, 5, 10, 20}},
		{"log, two decades", true, 1, 100, []float64{1, 2, 5, 10, 20, 50, 100}},
		{"log, powers only", true, 3, 40_000, []float64{1, 10, 100, 1000, 10_000, 100_000}},
		{"log, every second power", true, 0.02, 3e7, []float64{0.01, 1, 100, 1e4, 1e6, 1e8}},
		{"linear", false, 3, 33, []float64{0, 10, 20, 30, 40}},
		{"linear, on a tick", false, 1, 5, []float64{0, 1, 2, 3, 4, 5}},
		{"linear, thousands", false, 1, 23_456, []float64{0, 5000, 10_000, 15_000, 20_000, 25_000}},
		{"linear, below one", false, 0.1, 0.55, []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6}},
		{"nothing measured", true, 0, 0, []float64{1, 2, 5, 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := newScale(c.log, []float64{c.low, c.high, 0, math.NaN()}, 100, 0)
			near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, b) }
			if !slices.EqualFunc(got.ticks, c.want, near) {
				t.Errorf("got %v, want %v", got.ticks, c.want)
			}
			if first, last := got.place(got.ticks[0]), got.place(got.ticks[len(got.ticks)-1]); first != 100 || last != 0 {
				t.Errorf("the ends are at %v and %v", first, last)
			}
		})
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		wishes []float64
		want   []float64
	}{
		{"none", nil, nil},
		{"far apart", []float64{50, 10, 90}, []float64{50, 10, 90}},
		{"two at one place", []float64{50, 50}, []float64{45, 55}},
		{"a chain", []float64{50, 52, 54, 90}, []float64{42, 52, 62, 90}},
		{"clusters that meet", []float64{40, 42, 50, 52}, []float64{31, 41, 51, 61}},
		{"at the upper end", []float64{0, 1, 2}, []float64{0, 10, 20}},
		{"at the lower end", []float64{100, 99, 98}, []float64{100, 90, 80}},
		{"the lower end pushes the next", []float64{100, 99, 85}, []float64{100, 90, 80}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := spread(c.wishes, 10, 0, 100); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// Lines are told apart without their colours, and all colours are seen on their page.
func TestStyles(t *testing.T) {
	t.Parallel()
	c := closeLines()
	for _, dark := range []bool{false, true} {
		p := paletteOf(dark)
		looks, colors, markers := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for i, s := range p.styles(c.lines) {
			looks[s.dashes], colors[s.color], markers[s.marker(0, 0, 1)] = true, true, true
			if ratio := contrast(t, s.color, p.page); ratio < 3 {
				t.Errorf("dark %v: %s: contrast %.1f", dark, s.color, ratio)
			}
			if (c.lines[i].role == ours) != (s.width > 3) {
				t.Errorf("%s is %v wide", c.lines[i].name, s.width)
			}
		}
		if n := len(c.lines); len(looks) != n || len(colors) != n || len(markers) != n {
			t.Errorf("dark %v: %d dashes, %d colours and %d markers for %d lines", dark, len(looks), len(colors), len(markers), n)
		}
		for _, ink := range []string{p.ink, p.faint} {
			if ratio := contrast(t, ink, p.page); ratio < 4.5 {
				t.Errorf("dark %v: %s: contrast %.1f", dark, ink, ratio)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(color string) float64 {
		v, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		linear := func(c uint64) float64 {
			part := float64(c&0xff) / 255
			if part <= 0.04045 {
				return part / 12.92
			}
			return math.Pow((part+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "–", -1: "–", 0.000_04: "0.00004", 0.004_4: "0.004", 0.009_4: "0.009", 0.009_9: "0.01", 0.123: "0.12", 0.996: "1.0", 1.25: "1.2", 9.94: "9.9", 9.96: "10", 42.4: "42", 99.6: "100", 12345.6: "12,346", 1e6: "1,000,000"} {
		if got := (axis{format: twoDigits}).figure(v); got != want {
			t.Errorf("%v came out as %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{1: "1", 999: "999", 1024: "1,024", 100_000: "100,000"} {
		if got := (axis{}).figure(v); got != want {
			t.Errorf("%v came out as %s, want %s", v, got, want)
		}
	}
}
