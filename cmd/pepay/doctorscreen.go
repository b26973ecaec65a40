package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go/internal/cli/doctor"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// doctorScreen prints a line per check, below the heading of its group:
//
//	Network
//	  failed   connection  127.0.0.1:9: nothing listens there
//	                       → start it ('pepay mock' runs the simulator)
//
// On a terminal, long lines go on below their beginning, and while a check is running
// the last line says which.
type doctorScreen struct {
	w        io.Writer
	width    int // of the terminal, 0 without one
	names    int // width of the longest name
	group    string
	progress *terminal.Line // nil where no person sits
}

func newDoctorScreen(stdout, stderr io.Writer, checks []*doctor.Check) *doctorScreen {
	s := &doctorScreen{w: stdout, width: terminal.Width(stdout), progress: terminal.NewLine(stderr)}
	for _, c := range checks {
		s.names = max(s.names, len(c.Name))
	}
	return s
}

func (s *doctorScreen) waiting(name string) {
	if s.progress != nil {
		_ = s.progress.Write("  …        " + name) // the finding matters more
	}
}

// clear removes the line that says what is running.
func (s *doctorScreen) interrupted() {
	if s.progress != nil {
		_ = s.progress.Clear()
	}
}

func (s *doctorScreen) report(r doctor.Report) error {
	s.interrupted()
	var b strings.Builder
	if r.Group.Title != s.group {
		if s.group != "" {
			b.WriteByte('\n')
		}
		s.group = r.Group.Title
		b.WriteString(terminal.Paint(s.w, terminal.Bold, s.group) + "\n")
	}
	status := fmt.Sprintf("%-7s", r.Status)
	fmt.Fprintf(&b, "  %s  %-*s  ", terminal.Paint(s.w, findingColor(r.Status), status), s.names, r.Name)
	indent := 2 + 7 + 2 + s.names + 2
	s.wrap(&b, r.Text, indent)
	for _, line := range r.Advice {
		b.WriteString(strings.Repeat(" ", indent))
		if strings.HasPrefix(line, "  ") { // to be copied as it is
			b.WriteString("  " + line + "\n")
			continue
		}
		b.WriteString("→ ")
		s.wrap(&b, line, indent+2)
	}
	_, err := io.WriteString(s.w, b.String())
	return err
}

func (s *doctorScreen) end(t doctorTally) error {
	s.interrupted()
	_, err := fmt.Fprintf(s.w, "\n%s\n", terminal.Paint(s.w, findingColor(t.worst()), t.text()))
	return err
}

func findingColor(status doctor.Status) string {
	switch status {
	case doctor.OK:
		return terminal.Green
	case doctor.Warning:
		return terminal.Yellow
	case doctor.Failed:
		return terminal.Red
	}
	return terminal.Dim
}

// wrap writes text from column indent on. A word that fits into no line stays whole.
func (s *doctorScreen) wrap(b *strings.Builder, text string, indent int) {
	const narrowest = 20
	room := max(s.width-indent-1, narrowest)
	at := 0
	for i, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case s.width > 0 && at+1+length > room:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += length
	}
	b.WriteByte('\n')
}
