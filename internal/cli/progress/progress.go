// Package progress says on a terminal how far something is that takes long, in one line
// that is gone at the end.
package progress

import (
	"fmt"
	"io"
	"time"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// A change is shown at most so often.
const interval = 100 * time.Millisecond

// Line is a line of progress. A nil Line shows nothing; it is what there is where nobody
// sits at a terminal. It is not safe for concurrent use.
type Line struct {
	line  *terminal.Line
	begun time.Time
	drawn time.Time
	shown bool
}

// New returns a line at the end of what was written to w, nil where w is not a terminal.
func New(w io.Writer) *Line {
	line := terminal.NewLine(w)
	if line == nil {
		return nil
	}
	return &Line{line: line, begun: time.Now()}
}

// Count shows how many there are so far, and how many came per second.
func (l *Line) Count(n int, what string) {
	if l == nil {
		return
	}
	if now := time.Now(); now.Sub(l.drawn) >= interval {
		l.Say(counted(n, what, now.Sub(l.begun)))
	}
}

// Say shows a text.
func (l *Line) Say(text string) {
	if l == nil {
		return
	}
	l.drawn, l.shown = time.Now(), true
	_ = l.line.Write(text) // nobody looks any more, which the results notice
}

// Clear empties the line, before something else is written and at the end.
func (l *Line) Clear() {
	if l == nil || !l.shown {
		return
	}
	l.shown, l.drawn = false, time.Time{}
	_ = l.line.Clear()
}

func counted(n int, what string, took time.Duration) string {
	text := fmt.Sprintf("%d %s", n, what)
	if took < time.Second { // a rate would be a guess
		return text + " …"
	}
	return fmt.Sprintf("%s, %.0f per second …", text, float64(n)/took.Seconds())
}
