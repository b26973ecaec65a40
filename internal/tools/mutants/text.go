package main

import (
	"strings"
)

// joined makes one pattern out of those that allow it: a pattern with subtests stands alone,
// because its parts are matched level by level.
func joined(patterns []string) []string {
	var out, plain []string
	for _, p := range patterns {
		if strings.Contains(p, "/") {
			out = append(out, p)
		} else {
			plain = append(plain, p)
		}
	}
	if len(plain) > 0 {
		out = append(out, strings.Join(plain, "|"))
	}
	return out
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// indent keeps the last lines, where a failure's summary is.
func indent(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	const most = 40
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	return "    " + strings.Join(lines, "\n    ")
}
