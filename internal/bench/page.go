package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	pageName  = "benchmarks.md"
	chartsDir = "benchmarks" // beside the page
)

// notes are what people wrote about a row: what is compared, and why a bar is missed.
// NAME.md is the note of the row NAME; reading.md says how to read the page.
//
//go:embed notes/*.md
var notes embed.FS

// note is the text of a file of notes, or nothing.
func note(name string) string {
	text, err := notes.ReadFile("notes/" + name + ".md")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// page is docs/benchmarks.md.
type page struct {
	args     []string
	options  options
	started  time.Time
	machine  []fact
	sections []section
}

// section is a row with its figures.
type section struct {
	row
	tables []table
}

func newPage(args []string, o options) *page {
	return &page{args: args, options: o, started: time.Now(), machine: machine()}
}

func (p *page) add(r row, tables []table) { p.sections = append(p.sections, section{r, tables}) }

// write makes the page and its charts below dir.
func (p *page) write(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, chartsDir), 0o755); err != nil {
		return err
	}
	var text strings.Builder
	p.print(&text)
	if err := os.WriteFile(filepath.Join(dir, pageName), []byte(text.String()), 0o644); err != nil {
		return err
	}
	for _, c := range p.charts() {
		for _, dark := range []bool{false, true} {
			if err := os.WriteFile(filepath.Join(dir, chartsDir, c.file(dark)), []byte(c.svg(dark)), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *page) charts() []*chart {
	var all []*chart
	for _, s := range p.sections {
		for _, t := range s.tables {
			if t.chart != nil {
				all = append(all, t.chart)
			}
		}
	}
	return all
}

// print writes the page.
func (p *page) print(w io.Writer) {
	fmt.Fprintf(w, "# Benchmarks\n\n<!-- make bench ARGS=-markdown writes this page. What people write is in internal/bench/notes. -->\n")
	fmt.Fprintf(w, "\nThis module beside other libraries that do the same, in one run on one machine.\n")
	p.printRun(w)
	p.printBars(w)
	fmt.Fprintf(w, "\n## How to read it\n\n%s\n", note("reading"))
	for _, s := range p.sections {
		s.print(w)
	}
	fmt.Fprint(w, "\n## Versions of the peers\n\n| | |\n|---|---|\n")
	for _, f := range versions() {
		fmt.Fprintf(w, "| [%[1]s](https://pkg.go.dev/%[1]s) | %[2]s |\n", f.what, f.is)
	}
}

// printRun says how the figures came about.
func (p *page) printRun(w io.Writer) {
	facts := append([]fact{
		{"date", p.started.Format(time.DateOnly)},
		{"command", fmt.Sprintf("`make bench ARGS='%s'`", strings.Join(p.args, " "))},
		{"measured", fmt.Sprintf("%d rounds, in each every contestant for %v; %.0f minutes in all", p.options.rounds, p.options.benchtime, time.Since(p.started).Minutes())},
	}, p.machine...)
	fmt.Fprint(w, "\n| | |\n|---|---|\n")
	for _, f := range facts {
		fmt.Fprintf(w, "| %s | %s |\n", f.what, f.is)
	}
}

// printBars lists the limits of all rows.
func (p *page) printBars(w io.Writer) {
	fmt.Fprint(w, "\n## The bars\n\nWhat this module has to keep. A workflow measures them every week.\n\n| | bar | measured | |\n|---|---:|---:|---|\n")
	for _, s := range p.sections {
		for _, t := range s.tables {
			title, _, _ := strings.Cut(t.title, " (ratio")
			for _, b := range t.bars {
				fmt.Fprintf(w, "| [%s](#%s): %s | %s | %s | %s |\n", title, anchor(t.title), b.what, b.want, b.short(), b.verdict())
			}
		}
	}
}

func (s section) heading() string { return sentence(s.about) }

func (s section) print(w io.Writer) {
	fmt.Fprintf(w, "\n## %s\n", s.heading())
	text := note(s.name)
	if text != "" {
		fmt.Fprintf(w, "\n%s\n", text)
	}
	for _, t := range s.tables {
		t.printMarkdown(w)
		for _, b := range t.bars {
			if !b.met && !strings.Contains(text, b.what) {
				fmt.Fprintf(w, "\n%s: %s\n", b.what, unexplained)
			}
		}
	}
}

// unexplained stands where a bar is not met and the row's note does not say why.
const unexplained = "why is not known yet."

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// anchor is where GitHub puts a heading.
func anchor(heading string) string {
	var link strings.Builder
	for _, c := range strings.ToLower(heading) {
		switch {
		case c == ' ':
			link.WriteRune('-')
		case c == '-' || c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			link.WriteRune(c)
		}
	}
	return link.String()
}

func (t table) printMarkdown(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n", sentence(t.title))
	if t.chart != nil {
		t.chart.embed(w)
	}
	fmt.Fprintf(w, "\n| %s |\n|---%s|\n", strings.Join(t.columns, " | "), strings.Repeat("|---:", len(t.columns)-1))
	for _, line := range t.lines {
		fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | "))
	}
	if len(t.bars) > 0 {
		fmt.Fprintln(w)
	}
	for _, b := range t.bars {
		fmt.Fprintf(w, "- %s\n", b)
	}
}

// file is the name of the chart's picture for one kind of page.
func (c *chart) file(dark bool) string {
	if dark {
		return c.name + "-dark.svg"
	}
	return c.name + "-light.svg"
}

// embed shows the picture that suits the reader's page.
func (c *chart) embed(w io.Writer) {
	if c.about != "" {
		fmt.Fprintf(w, "\n%s\n", c.about)
	}
	fmt.Fprintf(w, "\n<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"%[1]s/%[2]s\">\n  <img alt=%[4]q src=\"%[1]s/%[3]s\">\n</picture>\n",
		chartsDir, c.file(true), c.file(false), c.alt())
}

// alt says what the chart shows to those who do not see it: where each line begins and
// ends.
func (c *chart) alt() string {
	text := sentence(c.title)
	for i, l := range c.lines {
		if len(l.values) == 0 || len(c.at) != len(l.values) {
			continue
		}
		end := len(l.values) - 1
		separator := ";"
		if i == 0 {
			separator = ", in " + c.y.name + " at " + c.x.name + ":"
		}
		text += fmt.Sprintf("%s %s from %s at %s to %s at %s", separator, l.name,
			c.y.figure(l.values[0]), c.x.figure(c.at[0]), c.y.figure(l.values[end]), c.x.figure(c.at[end]))
	}
	return strings.ReplaceAll(text, `"`, "'")
}
