package pepaytest_test

import (
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestOutsideOfTheContract(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	cases := []struct {
		name, method, path string
		status             int
		code, allow        string
	}{
		{"root", http.MethodGet, "/", http.StatusNotFound, "NOT_FOUND", ""},
		{"unknown path", http.MethodPost, "/api/v1/nothing", http.StatusNotFound, "NOT_FOUND", ""},
		{"slash at the end", http.MethodPost, mintPath + "/", http.StatusNotFound, "NOT_FOUND", ""},
		{"slashes doubled", http.MethodPost, "/api//v1/ws/token", http.StatusNotFound, "NOT_FOUND", ""},
		{"markup", http.MethodGet, "/<script>?q=%22", http.StatusNotFound, "NOT_FOUND", ""},
		{"wrong method", http.MethodGet, mintPath, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "POST"},
		{"unknown method", "BREW", mintPath, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "POST"},
		{"unknown method and path", "BREW", "/coffee", http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := request(t, s, tc.method, tc.path, "", "x-api-key", s.APIKey())
			if err != nil {
				t.Fatal(err)
			}
			wantError(t, r, tc.status, tc.code)
			if got := r.header.Get("Allow"); got != tc.allow {
				t.Errorf("Allow %q, want %q", got, tc.allow)
			}
		})
	}
	t.Run("HEAD", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodHead, mintPath, "")
		if err != nil || r.status != http.StatusMethodNotAllowed || r.body != "" {
			t.Errorf("%d %q, %v", r.status, r.body, err)
		}
	})
}
