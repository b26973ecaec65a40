package progress

import (
	"bytes"
	"testing"
	"time"
)

func TestCounted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		n    int
		took time.Duration
		want string
	}{
		{0, 0, "0 invoices …"},
		{40, 900 * time.Millisecond, "40 invoices …"},
		{400, 2 * time.Second, "400 invoices, 200 per second …"},
		{7, 20 * time.Second, "7 invoices, 0 per second …"},
	} {
		if got := counted(tc.n, "invoices", tc.took); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// Where nobody sits at a terminal nothing is written.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	line := New(&out)
	line.Count(1, "invoices")
	line.Say("unpaid")
	line.Clear()
	if line != nil || out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
