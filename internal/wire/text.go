package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const ellipsis = "…"

// OneLine makes text from outside fit into one line of an error or a log: each
// character that does not print becomes a space, and what is longer than limit
// bytes is cut between two characters and ends in an ellipsis.
func OneLine(s string, limit int) string {
	if !isPlain(s) {
		s = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return ' '
			}
			return r
		}, s)
	}
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(ellipsis))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	if limit < len(ellipsis) {
		return s[:end]
	}
	return s[:end] + ellipsis
}

// HasControl reports whether s has a control character or invalid UTF-8, which
// would hide one.
func HasControl(s string) bool {
	return !isPlain(s) && (!utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl))
}

// isPlain reports whether s is printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
