package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// didYouMean is the end of an error about an unknown name: the known one that it is a slip
// of, or nothing.
func didYouMean(name string, known []string) string {
	if best := closest(name, known); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}

// closest is the known name that differs least, by at most three letters and a third of them, or "".
func closest(name string, known []string) string {
	best, least := "", len(name)
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), candidate); d < least && d <= min(3, (len(candidate)+1)/3) {
			best, least = candidate, d
		}
	}
	return best
}

// distance is how many letters have to be added, left out, replaced or swapped with their
// neighbour.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func commandNames(cmd *cli.Command) []string {
	var names []string
	for _, command := range cmd.VisibleCommands() {
		names = append(names, command.Name)
	}
	return names
}

// flagNames are the flags of a command with their dashes.
func flagNames(cmd *cli.Command) []string {
	var names []string
	for _, f := range cmd.Flags {
		for _, name := range f.Names() {
			names = append(names, dashed(name))
		}
	}
	slices.Sort(names)
	return names
}
