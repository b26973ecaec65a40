package main

import (
	"regexp"
	"strings"
)

// section is one of CHANGELOG.md, from the newest to the oldest.
type section struct {
	name string // a version, or Unreleased
	date string
	text string // without the heading
}

// heading is a second-level heading of any kind, so that a mistyped one is noticed.
var heading = regexp.MustCompile(`(?m)^## +(.*)$`)

var wellFormed = regexp.MustCompile(`^\[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$`)

func sections(text string) []section {
	found := heading.FindAllStringSubmatchIndex(text, -1)
	var all []section
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		s := section{name: strings.TrimSpace(text[at[2]:at[3]]), text: strings.TrimSpace(text[at[1]:end])}
		if m := wellFormed.FindStringSubmatch(s.name); m != nil {
			s.name, s.date = m[1], m[2]
		}
		all = append(all, s)
	}
	return all
}

// hasEntry is true if the section says something below its headings.
func (s section) hasEntry() bool {
	for line := range strings.Lines(s.text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return true
		}
	}
	return false
}
