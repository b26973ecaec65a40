package table

import (
	"io"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// Field is a named value.
type Field struct{ Name, Value, Color string }

// Fields writes a field per line, the values below each other, in one write. Fields
// without a value are left out.
func Fields(w io.Writer, fields ...Field) error {
	width := 0
	for i, f := range fields {
		if fields[i].Value = strings.TrimSpace(terminal.Printable(f.Value)); fields[i].Value != "" {
			width = max(width, terminal.Cells(f.Name))
		}
	}
	var text strings.Builder
	for _, f := range fields {
		if f.Value == "" {
			continue
		}
		value := f.Value
		if f.Color != "" {
			value = terminal.Paint(w, f.Color, value)
		}
		text.WriteString(f.Name + strings.Repeat(" ", width-terminal.Cells(f.Name)) + gap + value + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
