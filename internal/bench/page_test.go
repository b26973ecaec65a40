package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// blank is the page without figures, made without measuring anything.
func blank(t *testing.T) *page {
	t.Helper()
	p := newPage([]string{"-markdown"}, options{rounds: 1, shape: true})
	for _, r := range rows() {
		tables, err := r.run(context.Background(), p.options)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		p.add(r, tables)
	}
	return p
}

// A row says what it will show without measuring.
func TestRowsHaveAShape(t *testing.T) {
	for _, s := range blank(t).sections {
		bars := 0
		for _, table := range s.tables {
			if table.title == "" || len(table.columns) < 2 || len(table.lines) == 0 {
				t.Errorf("%s: %+v", s.name, table)
			}
			bars += len(table.bars)
		}
		if s.noBars != (bars == 0) {
			t.Errorf("%s: noBars is %v, and there are %d", s.name, s.noBars, bars)
		}
		if s.tables[0].chart == nil && note(s.name) == "" {
			t.Errorf("%s: nothing says what is compared: write notes/%s.md", s.name, s.name)
		}
	}
}

// The page has every row as it is now: titles, columns, contestants, bars and what
// people wrote about it. The figures may be of an earlier day.
func TestPageIsCurrent(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(docsDir, pageName))
	if err != nil {
		t.Fatal(err)
	}
	var fresh strings.Builder
	p := blank(t)
	p.print(&fresh)
	have, want := withoutFigures(string(content)), withoutFigures(fresh.String())
	for _, line := range want {
		if !slices.Contains(have, line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, line := range have {
		if !slices.Contains(want, line) {
			t.Errorf("out of date: %s", line)
		}
	}
	if !slices.Equal(have, want) {
		t.Error("docs/benchmarks.md is not what the program would write: make bench ARGS=-markdown")
	}
	if strings.Contains(string(content), unexplained) {
		t.Error("a bar is not met, and nothing says why: find out with a profile, mend it or write it into the row's file in notes")
	}
	for _, c := range p.charts() {
		for _, dark := range []bool{false, true} {
			if _, err := os.Stat(filepath.Join(docsDir, chartsDir, c.file(dark))); err != nil {
				t.Errorf("make bench ARGS=-markdown draws it: %v", err)
			}
		}
	}
}

func TestNotesHaveARow(t *testing.T) {
	t.Parallel()
	files, err := notes.ReadDir("notes")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".md")
		if name != "reading" && !slices.ContainsFunc(rows(), func(r row) bool { return r.name == name }) {
			t.Errorf("notes/%s is of no row", f.Name())
		}
	}
}

var (
	barLine = regexp.MustCompile(`^(- .*): .* (\(bar .*\)): (met|NOT met)$`)
	altText = regexp.MustCompile(`alt="[^"]+"`)
)

// withoutFigures are the lines of a page that do not change from run to run.
func withoutFigures(text string) []string {
	lines := strings.Split(text, "\n")
	var kept []string
	for i, line := range lines {
		head := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|---")
		switch {
		case line == "", strings.HasSuffix(line, unexplained), strings.HasPrefix(line, "| other work before |"): // only Linux tells the last one
			continue
		case strings.HasPrefix(line, "| ") && !head:
			line, _, _ = strings.Cut(line[2:], " |")
		case strings.HasPrefix(line, "- "):
			line = barLine.ReplaceAllString(line, "$1 $2")
		}
		kept = append(kept, altText.ReplaceAllString(line, `alt=""`))
	}
	return kept
}

func TestWithoutFigures(t *testing.T) {
	t.Parallel()
	const before = "## A\n\n|  | ns | ratio |\n|---|---:|---:|\n| ours | 1 | 1.00× |\n\n- ours, time: 1.00× (bar ≤ 1.10×): met\n<img alt=\"a, 1\" src=\"b\">"
	same := strings.NewReplacer("| 1 |", "| 2 |", "1.00×", "1.20×", ": met", ": NOT met", "a, 1", "a, 2").Replace(before)
	if !slices.Equal(withoutFigures(before), withoutFigures(same)) {
		t.Errorf("figures count: %q and %q", withoutFigures(before), withoutFigures(same))
	}
	for _, change := range [][2]string{{"## A", "## B"}, {"ratio", "times"}, {"ours |", "peer |"}, {"1.10×", "1.20×"}, {"ours, time", "ours, space"}, {"src=\"b\"", "src=\"c\""}} {
		other := strings.Replace(before, change[0], change[1], 1)
		if slices.Equal(withoutFigures(before), withoutFigures(other)) {
			t.Errorf("%q for %q goes unnoticed", change[1], change[0])
		}
	}
}

// What is missed has to be explained.
func TestPageNamesWhatIsNotExplained(t *testing.T) {
	t.Parallel()
	missed := bar{what: "x, time", want: "≤ 1", got: "2"}
	for what, explained := range map[string]bool{"x, time": false, "Each verifies a genuine delivery": true} {
		missed.what = what
		var out bytes.Buffer
		section{row{name: "webhook", about: "verifying"}, []table{{title: "t", columns: []string{"", "a"}, bars: []bar{missed}}}}.print(&out)
		if strings.Contains(out.String(), unexplained) == explained {
			t.Errorf("%q: got\n%s", what, out.String())
		}
	}
}
