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
