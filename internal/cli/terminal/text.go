package terminal

import (
	"strings"
	"unicode"
)

// Printable replaces what is not printed by a space, so that text neither moves the
// cursor nor starts a line of its own.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}
