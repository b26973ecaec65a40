package wrapper

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// FuzzPathOfValues puts any value into every documented path: it is refused, or the
// request is for that operation, with the value as it was.
func FuzzPathOfValues(f *testing.F) {
	for _, value := range []string{"inv_1", "a/b", "..", ".", "", "%2e%2e", "a?b#c", "é", "\x00", "a:cancel", "\xff", "status", " "} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, op := range contract().byID {
			n := op.pattern.parameters()
			if n == 0 {
				continue
			}
			values := make([]string, n)
			for i := range values {
				values[i] = value
			}
			path, escaped, err := op.expand(values)
			if err != nil {
				if !errors.Is(err, ErrInvalidArgument) {
					t.Fatalf("%s with %q: %v", op.ID, value, err)
				}
				continue
			}
			u := &url.URL{Scheme: "https", Host: "api.example", Path: path, RawPath: escaped}
			sent, err := url.Parse(u.String())
			if err != nil {
				t.Fatalf("%s with %q: %v", op.ID, value, err)
			}
			if sent.RawQuery != "" || sent.Fragment != "" || sent.Host != "api.example" || sent.Path != path {
				t.Fatalf("%s with %q became %q", op.ID, value, u)
			}
			if segments := splitPath(sent.EscapedPath()); !op.pattern.matches(segments) {
				t.Fatalf("%s with %q is sent as %q, which is not its path", op.ID, value, sent.EscapedPath())
			}
		}
	})
}

// FuzzFindOperation looks up any path: an operation is found by its own path only.
func FuzzFindOperation(f *testing.F) {
	for _, path := range []string{"/api/v1/invoices", "/api/v1/events/evt_1", "/", "", "//", "/api/v1/invoices/../events", "/%2F", "/%zz", "/api/v1/invoices/a%2Fb"} {
		f.Add("GET", path)
		f.Add("POST", path)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		op := contract().find(method, path)
		if op == nil {
			return
		}
		if op.Method != method || !op.pattern.matches(splitPath(path)) {
			t.Errorf("%s %q is %s", method, path, op.ID)
		}
		if err := checkPath(path); err == nil && strings.Contains(path, "/../") {
			t.Errorf("%q leads elsewhere and was not refused", path)
		}
	})
}
