// Package terminal is what the command line writes to: color for people, and text and
// JSON that cannot move a cursor or change what a terminal shows.
package terminal

import (
	"io"
	"os"
	"runtime"
)

// Parts of the code that [Paint] writes.
const (
	Bold   = "1"
	Dim    = "2"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
)

// Paint colors text where a person reads it: on a terminal that understands the
// codes, unless NO_COLOR (https://no-color.org) is set.
func Paint(w io.Writer, sgr, text string) string {
	if runtime.GOOS == "windows" || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !Is(w) {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// Is reports whether a person sits at stream, an io.Reader or io.Writer.
func Is(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isConsole(file)
}
