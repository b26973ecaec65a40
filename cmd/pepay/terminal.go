package main

import (
	"io"
	"os"
	"runtime"
)

// Parts of the code that paint writes.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint colors text where a person reads it: on a terminal that understands the
// codes, unless NO_COLOR (https://no-color.org) is set.
func paint(w io.Writer, sgr, text string) string {
	if runtime.GOOS == "windows" || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !isTerminal(w) {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// isTerminal reports whether a person sits at stream, an io.Reader or io.Writer.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isConsole(file)
}
