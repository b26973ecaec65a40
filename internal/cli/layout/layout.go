// Package layout prints values by Go templates, as --format of the commands takes them.
package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"text/template"
	"unicode"
)

// Layout is a template. It is safe for concurrent use.
type Layout struct{ template *template.Template }

// The errors of [Parse].
var (
	ErrSyntax  = errors.New("write a Go template")
	ErrUnknown = errors.New("the template has a field or function that there is not")
)

// Parse reads a template for values such as sample. A template that asks for what sample
// has not is found here, before anything is printed. Templates have the function json.
func Parse(text string, sample any) (*Layout, error) {
	parsed, err := template.New("format").Funcs(template.FuncMap{"json": encoded}).Parse(text)
	if err != nil || text == "" {
		return nil, ErrSyntax
	}
	if err := parsed.Execute(io.Discard, sample); err != nil {
		return nil, ErrUnknown
	}
	return &Layout{parsed}, nil
}

// Write prints a value and a line end, in one write. What would move a cursor is replaced,
// except for the tabs and line ends of the template.
func (l *Layout) Write(w io.Writer, value any) error {
	var line bytes.Buffer
	if err := l.template.Execute(&line, value); err != nil {
		return err
	}
	_, err := io.WriteString(w, shown(line.String())+"\n")
	return err
}

func encoded(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' && r != '\n' {
			return ' '
		}
		return r
	}, text)
}
