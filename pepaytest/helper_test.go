package pepaytest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	mintPath = "/api/v1/ws/token"
	mintID   = "mintWsToken"
)

// reply is an answer that has been read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// post mints with a plain net/http client: header names and values come in pairs.
func post(t *testing.T, s *pepaytest.Server, body string, headers ...string) (reply, error) {
	t.Helper()
	return request(t, s, http.MethodPost, mintPath, body, headers...)
}

func request(t *testing.T, s *pepaytest.Server, method, path, body string, headers ...string) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	if types := req.Header.Values("Content-Type"); len(types) > 1 {
		req.Header.Set("Content-Type", types[1])
	}
	req.Host = req.Header.Get("Host")
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(data)}, err
}

// mint is post with a key that works; it fails the test when no answer comes.
func mint(t *testing.T, s *pepaytest.Server, body string) reply {
	t.Helper()
	r, err := post(t, s, body, "x-api-key", s.APIKey())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type minted struct {
	Success bool `json:"success"`
	Data    struct {
		Token       string  `json:"token"`
		Scope       string  `json:"scope"`
		MerchantID  int64   `json:"merchant_id"`
		Environment *string `json:"network_environment"`
		ExpiresAt   int64   `json:"expires_at"`
		WSURL       string  `json:"ws_url"`
	} `json:"data"`
}

func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%d %q: %v", r.status, r.body, err)
	}
	return v
}

// wantError checks status, code and the documented shape of an error.
func wantError(t *testing.T, r reply, status int, code string) {
	t.Helper()
	var body struct {
		Success *bool `json:"success"`
		Error   struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil || body.Success == nil || *body.Success {
		t.Errorf("body %q is no error envelope (%v)", r.body, err)
	}
	if r.status != status || body.Error.Code != code || body.Error.Message == "" {
		t.Errorf("%d %s, want %d with code %s and a message", r.status, r.body, status, code)
	}
	if ct := r.header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		t.Errorf("content type %q", ct)
	}
}

// fixedClock is the expiry of the document's example, less the 60 s it lives.
func fixedClock() time.Time { return time.Unix(1766320496-60, 0) }

func sprint(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }
