package pepaytest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestAnswerFaults(t *testing.T) {
	t.Parallel()
	const jsonType = "application/json; charset=utf-8"
	cases := []struct {
		name   string
		fault  pepaytest.Fault
		status int
		header map[string]string
		body   string
	}{
		{"Status 400", pepaytest.Status(400), 400, nil, `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`},
		{"Status 401", pepaytest.Status(401), 401, nil, `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`},
		{"Status 403", pepaytest.Status(403), 403, nil, `{"success":false,"error":{"code":"FORBIDDEN","message":"Forbidden"}}`},
		{"Status 429", pepaytest.Status(429), 429, map[string]string{"Retry-After": ""}, `{"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED"}`},
		{"Status 500", pepaytest.Status(500), 500, nil, `{"error":"Internal server error","code":"INTERNAL_SERVER_ERROR"}`},
		{"Status 503", pepaytest.Status(503), 503, nil, `{"success":false,"error":{"code":"SERVICE_UNAVAILABLE","message":"Service Unavailable"}}`},
		{"Status 599", pepaytest.Status(599), 599, nil, `{"success":false,"error":{"code":"SIMULATED_FAILURE","message":"Simulated failure"}}`},
		{"Status 200", pepaytest.Status(200), 200, nil, `{"success":true}`},
		{"Status 204", pepaytest.Status(204), 204, map[string]string{"Content-Type": "", "Content-Length": ""}, ``},
		{"Status 302", pepaytest.Status(302), 302, map[string]string{"Location": ""}, ``},
		{"StatusRetryAfter", pepaytest.StatusRetryAfter(429, "2"), 429, map[string]string{"Retry-After": "2"}, `{"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED"}`},
		{"StatusRetryAfter nonsense", pepaytest.StatusRetryAfter(503, "NaN"), 503, map[string]string{"Retry-After": "NaN"}, `{"success":false,"error":{"code":"SERVICE_UNAVAILABLE","message":"Service Unavailable"}}`},
		{"Envelope", pepaytest.Envelope(429, `{"retry_after":"15 minutes"}`), 429, map[string]string{"Content-Type": jsonType}, `{"retry_after":"15 minutes"}`},
		{"Envelope empty", pepaytest.Envelope(502, ``), 502, map[string]string{"Content-Length": "0"}, ``},
		{"RawBody text", pepaytest.RawBody(`{"success":tr`), 200, map[string]string{"Content-Type": jsonType, "Content-Length": "13"}, `{"success":tr`},
		{"RawBody bytes", pepaytest.RawBody([]byte{0xff, 0}), 200, map[string]string{"Content-Type": jsonType}, "\xff\x00"},
		{"RawBody nothing", pepaytest.RawBody(""), 200, map[string]string{"Content-Length": "0"}, ""},
		{"SuccessFalse", pepaytest.SuccessFalse("KYC", "Not yet"), 200, map[string]string{"Content-Type": jsonType}, `{"success":false,"error":{"code":"KYC","message":"Not yet"}}`},
		{"MissingData", pepaytest.MissingData(), 200, map[string]string{"Content-Type": jsonType}, `{"success":true}`},
		{"RedirectTo", pepaytest.RedirectTo("https://elsewhere.example/x"), 307, map[string]string{"Location": "https://elsewhere.example/x"}, ``},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			s.Faults().On(mintID, tc.fault, pepaytest.Next(1))
			r := mint(t, s, "")
			if r.status != tc.status || r.body != tc.body {
				t.Errorf("got  %d %q\nwant %d %q", r.status, r.body, tc.status, tc.body)
			}
			for name, want := range tc.header {
				if got := r.header.Get(name); got != want {
					t.Errorf("%s %q, want %q", name, got, want)
				}
			}
			if r.header.Get("x-request-id") != "req_1" || r.header.Get("Date") == "" {
				t.Errorf("header %v lacks the request id or the date", r.header)
			}
			if got := s.Requests()[0].Status; got != tc.status {
				t.Errorf("recorded status %d", got)
			}
			if r := mint(t, s, ""); r.status != http.StatusOK || !strings.Contains(r.body, `"token"`) {
				t.Errorf("after the fault: %d %s", r.status, r.body)
			}
		})
	}
}

func TestMissingDataKeepsFailures(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	s.Faults().On(mintID, pepaytest.MissingData(), pepaytest.Always())
	r := mint(t, s, `{"ttl_seconds":0}`)
	wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
	if !strings.Contains(r.body, "ttl_seconds") {
		t.Errorf("not the real answer: %s", r.body)
	}
}

func TestContentType(t *testing.T) {
	t.Parallel()
	for _, ct := range []string{"text/html", ""} {
		s := pepaytest.NewServer(t)
		s.Faults().On(mintID, pepaytest.ContentType(ct), pepaytest.Always())
		r := mint(t, s, "")
		if values := r.header.Values("Content-Type"); strings.Join(values, "|") != ct || (ct == "") != (len(values) == 0) {
			t.Errorf("Content-Type %q, want %q", values, ct)
		}
		if decode[minted](t, r).Data.Token == "" {
			t.Errorf("not the real answer: %s", r.body)
		}
	}
}

func TestOversized(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const size = 3 << 20
	s.Faults().On(mintID, pepaytest.Oversized(size), pepaytest.Next(2))
	r := mint(t, s, "")
	if len(r.body) != size || r.header.Get("Content-Length") != "" {
		t.Errorf("%d bytes, Content-Length %q", len(r.body), r.header.Get("Content-Length"))
	}
	if decode[minted](t, r).Data.Token == "" {
		t.Error("not the real answer")
	}
	r, err := post(t, s, "", "x-api-key", "unknown")
	if err != nil || len(r.body) != size || r.status != http.StatusUnauthorized {
		t.Errorf("a failure: %d with %d bytes, %v", r.status, len(r.body), err)
	}

	s.Faults().On(mintID, pepaytest.Oversized(1), pepaytest.Next(1))
	if r := mint(t, s, ""); decode[minted](t, r).Data.Token == "" {
		t.Errorf("a size below the real one: %s", r.body)
	}
	// A client that stops reading is not sent the rest.
	s.Faults().On(mintID, pepaytest.Oversized(1<<40), pepaytest.Next(1))
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+mintPath, http.NoBody)
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if requests := s.Requests(); requests[len(requests)-1].Status != http.StatusUnauthorized {
		t.Error("the status is recorded only after the answer")
	}
	if n, err := io.CopyN(io.Discard, resp.Body, 1<<20); err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	_ = resp.Body.Close()
}

func TestLatencyIsFollowedByTheRealAnswer(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const delay = 50 * time.Millisecond
	s.Faults().On(mintID, pepaytest.Latency(delay), pepaytest.Next(1))
	began := time.Now()
	if r := mint(t, s, ""); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	if took := time.Since(began); took < delay {
		t.Errorf("answered after %v", took)
	}
}
