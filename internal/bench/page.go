package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	pageName  = "benchmarks.md"
	chartsDir = "benchmarks" // beside the page
)

// page is docs/benchmarks.md.
type page struct {
	args     []string
	sections []section
}

// section is a row with its figures.
type section struct {
	row
	tables []table
}

func newPage(args []string) *page { return &page{args: args} }

func (p *page) add(r row, tables []table) { p.sections = append(p.sections, section{r, tables}) }

// write makes the page and its charts below dir.
func (p *page) write(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, chartsDir), 0o755); err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprint(&text, "# Benchmarks\n")
	for _, s := range p.sections {
		fmt.Fprintf(&text, "\n## %s\n", sentence(s.about))
		for _, t := range s.tables {
			t.printMarkdown(&text)
			if t.chart == nil {
				continue
			}
			for _, dark := range []bool{false, true} {
				if err := os.WriteFile(filepath.Join(dir, chartsDir, t.chart.file(dark)), []byte(t.chart.svg(dark)), 0o644); err != nil {
					return err
				}
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, pageName), []byte(text.String()), 0o644)
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

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
	fmt.Fprintf(w, "\n<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"%[1]s/%[2]s\">\n  <img alt=\"%[4]s\" src=\"%[1]s/%[3]s\">\n</picture>\n",
		chartsDir, c.file(true), c.file(false), c.title)
	fmt.Fprintf(w, "\n%s\n", c.about)
}
