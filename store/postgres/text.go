package postgres

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	pepay "github.com/pepaylabs/pepay-go"
)

const maxText = 1024

// checkText refuses what the database could not keep or find again. The text itself is
// not repeated in the error.
func checkText(what, text string) error {
	problem := ""
	switch {
	case text == "":
		problem = "is empty"
	case len(text) > maxText:
		problem = fmt.Sprintf("has %d bytes; at most %d are possible", len(text), maxText)
	case !utf8.ValidString(text):
		problem = "is not valid UTF-8"
	case strings.ContainsRune(text, 0):
		problem = "contains a NUL character, which PostgreSQL does not keep"
	default:
		return nil
	}
	return fmt.Errorf("postgres: %w: the %s %s", pepay.ErrInvalidArgument, what, problem)
}

// micros is what an interval travels as.
func micros(d time.Duration) int64 { return max(1, d.Microseconds()) }
