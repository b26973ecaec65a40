package terminal_test

import (
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

func TestCells(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"ASCII", "inv_123", 7},
		{"letters with accents", "Crème", 5},
		{"a combining accent", "Cre\u0300me", 5},
		{"Chinese", "你好", 4},
		{"Japanese", "コーヒー", 8},
		{"Korean", "커피", 4},
		{"full width", "ＡＢ", 4},
		{"an emoji", "☕ 😀", 5},
		{"Cyrillic", "кофе", 4},
		{"an ellipsis", "…", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := terminal.Cells(tc.text); got != tc.want {
				t.Errorf("%d, want %d", got, tc.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		cells      int
		want       string
	}{
		{"fits", "coffee", 6, "coffee"},
		{"one too long", "coffee", 5, "coff…"},
		{"wide characters are not halved", "你好吗", 4, "你…"},
		{"an odd number of columns", "你好吗", 5, "你好…"},
		{"a mark stays with its letter", "ae\u0300bc", 3, "ae\u0300…"},
		{"one column", "coffee", 1, "…"},
		{"no column", "coffee", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := terminal.Cut(tc.text, tc.cells)
			if got != tc.want || terminal.Cells(got) > tc.cells {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
