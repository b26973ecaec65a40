package layout_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/layout"
)

type sample struct {
	ID     string
	Object map[string]any
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"a field", "{{.ID}}", nil},
		{"a member that a value may have", "{{.Object.customer_id}}", nil},
		{"json", "{{json .}}", nil},
		{"nothing", "", layout.ErrSyntax},
		{"half a template", "{{.ID", layout.ErrSyntax},
		{"an unknown function", "{{shout .ID}}", layout.ErrSyntax},
		{"an unknown field", "{{.Key}}", layout.ErrUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := layout.Parse(tc.text, sample{Object: map[string]any{}}); !errors.Is(err, tc.want) {
				t.Errorf("%v, want %v", err, tc.want)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	l, err := layout.Parse("{{.ID}}\t{{.Object.n}}", sample{Object: map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, v := range []sample{{"a\x1b[2J", map[string]any{"n": 1}}, {ID: "b\u202ec"}} {
		if err := l.Write(&out, v); err != nil {
			t.Fatal(err)
		}
	}
	if want := "a [2J\t1\nb c\t<no value>\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// A value with line ends must not look like several lines.
func TestWriteKeepsValuesInTheirLine(t *testing.T) {
	t.Parallel()
	const value = "a\nb\tc"
	for _, tc := range []struct{ name, text, want string }{
		{"a field", "{{.ID}}", "a b c\n"},
		{"a member", "{{.Object.n}}", "a b c\n"},
		{"through a function", `{{printf "%s!" .ID}}`, "a b c!\n"},
		{"in if", "{{if .ID}}{{.ID}}{{end}}", "a b c\n"},
		{"in else", "{{if not .ID}}{{else}}{{.ID}}{{end}}", "a b c\n"},
		{"in range", "{{range .Object}}{{.}}{{end}}", "a b c\n"},
		{"in with", "{{with .ID}}{{.}}{{end}}", "a b c\n"},
		{"a variable", "{{$id := .ID}}{{$id}}", "a b c\n"},
		{"another template", `{{define "x"}}{{.ID}}{{end}}{{template "x" .}}`, "a b c\n"},
		{"the template's own", "{{.ID}}\n\t.", "a b c\n\t.\n"},
		{"the template's own, as a literal", `{{"x\ty"}}`, "x\ty\n"},
		{"json", "{{json .ID}}", `"a\nb\tc"` + "\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := sample{value, map[string]any{"n": value}}
			l, err := layout.Parse(tc.text, v)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := l.Write(&out, v); err != nil {
				t.Fatal(err)
			}
			if out.String() != tc.want {
				t.Errorf("%q, want %q", out.String(), tc.want)
			}
		})
	}
}
