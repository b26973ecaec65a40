package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

func invoices() []table.Column {
	return []table.Column{{Title: "INVOICE", Least: 8}, {Title: "STATUS"}, {Title: "AMOUNT", Right: true}, {Title: "FOR", Least: 5, Optional: true}}
}

func TestTable(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		rows [][]table.Cell
		want string
	}{
		{"no rows", nil, ""},
		{
			"amounts at the right", [][]table.Cell{
				{{Text: "inv_1"}, {Text: "paid", Color: terminal.Green}, {Text: "49.990 usd"}, {Text: "Starter"}},
				{{Text: "inv_22"}, {Text: "underpaid", Color: terminal.Yellow}, {Text: "9.00 usd"}, {Text: "x"}},
			},
			"INVOICE  STATUS         AMOUNT  FOR\ninv_1    paid       49.990 usd  Starter\ninv_22   underpaid    9.00 usd  x\n",
		},
		{
			"wide characters", [][]table.Cell{
				{{Text: "コーヒー"}, {Text: "paid"}, {Text: "1"}, {Text: "a"}},
				{{Text: "tea"}, {Text: "paid"}, {Text: "2"}, {Text: "b"}},
			},
			"INVOICE   STATUS  AMOUNT  FOR\nコーヒー  paid         1  a\ntea       paid         2  b\n",
		},
		{
			"control characters and what is empty", [][]table.Cell{{{Text: "a\x1b[2Jb\u202ec\n"}, {}, {Text: "\u009b"}, {Text: "d"}}},
			"INVOICE   STATUS  AMOUNT  FOR\na [2Jb c  -            -  d\n",
		},
		{"cells that are missing", [][]table.Cell{{{Text: "a"}}}, "INVOICE  STATUS  AMOUNT  FOR\na        -            -  -\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			tab := table.New(&out, invoices()...)
			for _, row := range tc.rows {
				if err := tab.Row(row...); err != nil {
					t.Fatal(err)
				}
			}
			if err := tab.Flush(); err != nil {
				t.Fatal(err)
			}
			if out.String() != tc.want {
				t.Errorf("\n%s\nwant\n%s", out.String(), tc.want)
			}
		})
	}
}

// A long table appears bit by bit, under one line of titles.
func TestLongTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	tab := table.New(&out, table.Column{Title: "N"}, table.Column{Title: "M"})
	for i := range 250 {
		if err := tab.Row(table.Cell{Text: fmt.Sprint(i)}, table.Cell{Text: "m"}); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(out.String(), "\n"); i == 98 && lines != 0 || i == 99 && lines != 101 || i == 249 && lines != 201 {
			t.Errorf("%d lines after row %d", lines, i)
		}
	}
	if tab.Pending() != 50 {
		t.Errorf("%d rows are pending", tab.Pending())
	}
	if err := tab.Flush(); err != nil || strings.Count(out.String(), "N") != 1 || !strings.HasSuffix(out.String(), "249  m\n") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if err := tab.Flush(); err != nil || strings.Count(out.String(), "\n") != 251 {
		t.Errorf("%v: written twice:\n%s", err, out.String())
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errClosed }

var errClosed = errors.New("closed")

func TestTableReturnsTheErrorOfItsWriter(t *testing.T) {
	t.Parallel()
	tab := table.New(closedPipe{}, table.Column{Title: "N"})
	if err := tab.Row(table.Cell{Text: "1"}); err != nil {
		t.Fatal(err)
	}
	if err := tab.Flush(); !errors.Is(err, errClosed) {
		t.Errorf("%v", err)
	}
}
