package terminal

import (
	"io"
	"os"
	"strings"
)

// Line is a line of a terminal that is written anew in place. Its zero value is empty.
type Line struct {
	w     io.Writer
	width int
}

// NewLine returns a line at the end of what was written to w, or nil where w cannot
// write a line anew: it is not a terminal, or one that does not understand how.
func NewLine(w io.Writer) *Line {
	if !Is(w) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &Line{w: w}
}

// Write replaces the text of the line, and cuts it where it would not fit into one.
func (l *Line) Write(text string) error {
	if most := Width(l.w) - 1; most > 0 {
		text = Cut(text, most)
	}
	width := Cells(text)
	padding := strings.Repeat(" ", max(0, l.width-width))
	l.width = width
	_, err := io.WriteString(l.w, "\r"+text+padding)
	return err
}

// Clear empties the line and goes back to its beginning.
func (l *Line) Clear() error {
	if err := l.Write(""); err != nil {
		return err
	}
	_, err := io.WriteString(l.w, "\r")
	return err
}
