// Package table writes tables for people: columns below each other whatever the width of
// their characters, as wide as the terminal at most, and with no text that could move the
// cursor.
package table

import (
	"io"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// Column is a column of a table.
type Column struct {
	Title string
	Right bool // numbers and amounts
	// Least is how narrow the column may become on a terminal that is too narrow, in
	// columns of the terminal: its texts are cut then. 0 is never.
	Least int
	// Optional columns are left out where the rest would not fit, the last one first.
	Optional bool
}

// Cell is a text in a table. Color is a part of a code that [terminal.Paint] takes, "" for
// none.
type Cell struct{ Text, Color string }

const (
	gap  = "  "
	none = "-" // stands for an empty text
)

// Rows that are written in one go, so that a long table begins to appear before its end.
// Columns only grow afterwards.
const rowsAtOnce = 100

// Table collects rows and writes them. It is not safe for concurrent use.
type Table struct {
	w       io.Writer
	columns []Column
	widths  []int
	rows    [][]Cell
	begun   bool
}

// New returns an empty table. Nothing is written for a table without rows.
func New(w io.Writer, columns ...Column) *Table {
	t := &Table{w: w, columns: columns, widths: make([]int, len(columns))}
	for i, c := range columns {
		t.widths[i] = terminal.Cells(c.Title)
	}
	return t
}

// Row adds a row, of as many cells as there are columns.
func (t *Table) Row(cells ...Cell) error {
	row := make([]Cell, len(t.columns))
	copy(row, cells)
	for i := range row {
		if row[i].Text = strings.TrimSpace(terminal.Printable(row[i].Text)); row[i].Text == "" {
			row[i] = Cell{Text: none}
		}
		t.widths[i] = max(t.widths[i], terminal.Cells(row[i].Text))
	}
	if t.rows = append(t.rows, row); len(t.rows) < rowsAtOnce {
		return nil
	}
	return t.Flush()
}

// Pending is how many rows [Table.Flush] would write.
func (t *Table) Pending() int { return len(t.rows) }

// Full reports whether the next row will be written at once, with those before it.
func (t *Table) Full() bool { return len(t.rows) == rowsAtOnce-1 }

// Flush writes the rows that were added since it was called last, in one write.
func (t *Table) Flush() error {
	if len(t.rows) == 0 {
		return nil
	}
	widths := fit(t.columns, t.widths, terminal.Width(t.w))
	var text strings.Builder
	if !t.begun {
		titles := make([]Cell, len(t.columns))
		for i, c := range t.columns {
			titles[i] = Cell{c.Title, terminal.Dim}
		}
		t.line(&text, widths, titles)
	}
	for _, row := range t.rows {
		t.line(&text, widths, row)
	}
	t.begun, t.rows = true, t.rows[:0]
	_, err := io.WriteString(t.w, text.String())
	return err
}

// line writes a row. A width of 0 leaves a column out.
func (t *Table) line(out *strings.Builder, widths []int, row []Cell) {
	last := len(widths) - 1
	for last > 0 && widths[last] == 0 {
		last--
	}
	begun := false
	for i, cell := range row {
		if widths[i] == 0 {
			continue
		}
		if begun {
			out.WriteString(gap)
		}
		begun = true
		text := terminal.Cut(cell.Text, widths[i])
		padding := strings.Repeat(" ", widths[i]-terminal.Cells(text))
		if cell.Color != "" {
			text = terminal.Paint(t.w, cell.Color, text)
		}
		switch {
		case t.columns[i].Right:
			text = padding + text
		case i != last: // no spaces at the end of a line
			text += padding
		}
		out.WriteString(text)
	}
	out.WriteByte('\n')
}

// fit returns the widths at which the columns take at most so many columns of the
// terminal, as far as they may be narrowed. 0 is any number.
func fit(columns []Column, widths []int, most int) []int {
	fitted := append([]int(nil), widths...)
	if most <= 0 {
		return fitted
	}
	excess := func() int {
		total := -len(gap)
		for _, width := range fitted {
			if width > 0 {
				total += width + len(gap)
			}
		}
		return total - most
	}
	for excess() > 0 {
		widest := -1
		for i, c := range columns {
			if c.Least > 0 && fitted[i] > c.Least && (widest < 0 || fitted[i]-c.Least > fitted[widest]-columns[widest].Least) {
				widest = i
			}
		}
		if widest >= 0 {
			fitted[widest]--
			continue
		}
		leftOut := len(columns) - 1
		for leftOut >= 0 && (!columns[leftOut].Optional || fitted[leftOut] == 0) {
			leftOut--
		}
		if leftOut < 0 {
			break
		}
		fitted[leftOut] = 0
		for i, c := range columns { // those that were narrowed have room again
			if c.Least > 0 && fitted[i] > 0 {
				fitted[i] = widths[i]
			}
		}
	}
	return fitted
}
