package main

import "unicode"

// isUnprintable tells whether a character would end a comment or a line of the
// generated text, is refused by the Go compiler, or hides what follows it:
// control characters, the separators U+2028 and U+2029, byte order marks and
// marks of the writing direction.
func isUnprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
}
