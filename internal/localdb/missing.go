package localdb

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// ErrUnavailable is what starting a server returns on other systems than Linux.
var ErrUnavailable = errors.New("localdb: PostgreSQL, PgBouncer and nginx are started on Linux only")

// MissingError says that a program is not installed.
type MissingError struct {
	Program string
	Package string // Debian's
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("localdb: %s is not installed; install the Debian package %s (apt-get install %[2]s)", e.Program, e.Package)
}

// Require ends a test when a server could not be started. If the program is not
// installed, it skips the test and names the package; with CI set, the test fails,
// because there everything is installed. On other systems than Linux it always skips.
func Require(t testing.TB, err error) {
	t.Helper()
	var missing *MissingError
	switch {
	case err == nil:
	case errors.Is(err, ErrUnavailable), errors.As(err, &missing) && os.Getenv("CI") == "":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
