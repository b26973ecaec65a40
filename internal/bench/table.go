package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is what a row prints: the figures, and how they compare with the bars of this
// project.
type table struct {
	title   string
	columns []string
	lines   [][]string
	bars    []bar
	chart   *chart // nil if there is none
}

// bar is one limit that this module has to keep.
type bar struct {
	what, want, got string
	met             bool
}

func (b bar) verdict() string {
	if b.met {
		return "met"
	}
	return "NOT met"
}

func (b bar) String() string {
	return fmt.Sprintf("%s: %s (bar %s): %s", b.what, b.got, b.want, b.verdict())
}

// short is the figure without what follows it, such as a list of names.
func (b bar) short() string {
	if at := strings.Index(b.got, " github.com/"); at > 0 {
		return b.got[:at]
	}
	return b.got
}

func (t table) met() bool {
	for _, b := range t.bars {
		if !b.met {
			return false
		}
	}
	return true
}

func (t table) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n\n", t.title)
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range append([][]string{t.columns}, t.lines...) {
		// Figures stand flush right, the name before them flush left.
		fmt.Fprintf(aligned, "%-*s\t%s\t\n", t.widest(), line[0], strings.Join(line[1:], "\t"))
	}
	_ = aligned.Flush()
	fmt.Fprintln(w)
	for _, b := range t.bars {
		fmt.Fprintf(w, "  %s\n", b)
	}
}

func (t table) widest() int {
	widest := len(t.columns[0])
	for _, line := range t.lines {
		widest = max(widest, len(line[0]))
	}
	return widest
}

// timing is the table of a comparison in time and memory.
func timing(title string, results []result, bars ...bar) table {
	t := table{title: title, columns: []string{"", "ns/op", "ratio", "min–max", "allocs/op", "B/op"}, bars: bars}
	for _, r := range results {
		t.lines = append(t.lines, []string{
			r.name,
			fmt.Sprintf("%.0f", r.nsPerOp),
			fmt.Sprintf("%.2f×", r.ratio),
			fmt.Sprintf("%.2f–%.2f", r.least, r.most),
			fmt.Sprint(r.allocsPerOp),
			fmt.Sprint(r.bPerOp),
		})
	}
	return t
}

// timeAtMost is a bar for the ratio to the floor, rounded as it is printed.
func timeAtMost(r result, limit float64) bar {
	got := fmt.Sprintf("%.2f×", r.ratio)
	return bar{r.name + ", time", fmt.Sprintf("≤ %.2f×", limit), got, r.ratio < limit+0.005}
}

func allocsAtMost(r result, limit uint64) bar {
	return bar{r.name + ", allocations", fmt.Sprintf("≤ %d", limit), fmt.Sprint(r.allocsPerOp), r.allocsPerOp <= limit}
}
