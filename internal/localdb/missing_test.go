package localdb

import (
	"fmt"
	"testing"
)

// asked is a test that notes how Require ended it.
type asked struct {
	testing.TB
	ended string
}

func (a *asked) Helper() {}

func (a *asked) Skip(args ...any) { a.ended = "skip: " + fmt.Sprint(args...) }

func (a *asked) Fatal(args ...any) { a.ended = "fail: " + fmt.Sprint(args...) }

func TestRequire(t *testing.T) {
	missing := fmt.Errorf("start: %w", &MissingError{Program: "postgres", Package: "postgresql"})
	const text = "start: localdb: postgres is not installed; install the Debian package postgresql (apt-get install postgresql)"
	for _, c := range []struct {
		name, ci string
		err      error
		want     string
	}{
		{"started", "true", nil, ""},
		{"missing here", "", missing, "skip: " + text},
		{"missing in CI", "true", missing, "fail: " + text},
		{"another system in CI", "true", ErrUnavailable, "skip: " + ErrUnavailable.Error()},
		{"broken", "", fmt.Errorf("broken"), "fail: broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CI", c.ci)
			a := &asked{}
			Require(a, c.err)
			if a.ended != c.want {
				t.Errorf("%q, want %q", a.ended, c.want)
			}
		})
	}
}
