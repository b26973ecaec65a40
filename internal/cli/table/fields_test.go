package table_test

import (
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

func TestFields(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := table.Fields(&out,
		table.Field{Name: "invoice", Value: "a\x1b[2Jb"}, table.Field{Name: "a long name without a value"},
		table.Field{Name: "für", Value: "コーヒー"}, table.Field{Name: "status", Value: "paid", Color: terminal.Green},
	)
	if want := "invoice  a [2Jb\nfür      コーヒー\nstatus   paid\n"; err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
}
