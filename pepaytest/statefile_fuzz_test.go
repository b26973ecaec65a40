package pepaytest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// FuzzStateFile starts a server from any state file: it refuses the file and says where
// it is broken, or it answers requests.
func FuzzStateFile(f *testing.F) {
	for _, content := range []string{
		`{"pepaytest_state":1,"state":{},"log":[]}`, `{"pepaytest_state":2}`, `{"pepaytest_state":1,"state":{"invoices":[{}]}}`, `{"pepaytest_state":1,"log":[{"id":"evt_1-1"}]}`, `{`, `null`, `[]`,
		`{"pepaytest_state":1,"events":-1,"tokens":-1,"requests":-1,"state":{"invoices":{}}}`,
	} {
		f.Add([]byte(content))
	}
	f.Add(savedState(f))
	path := filepath.Join(f.TempDir(), "state.json")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := pepaytest.Start("127.0.0.1:0", pepaytest.WithStateFile(path))
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%v", err)
			}
			return
		}
		defer closeServer(t, s)
		for _, path := range []string{invoicesPath, eventsPath, ordersPath} {
			if r := ask(t, s, http.MethodGet, path, ""); r.status >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
		}
	})
}

// savedState is a file with one of everything.
func savedState(f *testing.F) []byte {
	f.Helper()
	path := filepath.Join(f.TempDir(), "state.json")
	s, err := pepaytest.Start("127.0.0.1:0", pepaytest.WithStateFile(path), pepaytest.WithSeed("small"))
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return content
}
