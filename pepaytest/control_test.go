package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	controlEvents  = "/_pepaytest/events"
	controlStreams = "/_pepaytest/streams"
)

type openStream struct {
	Kind       string `json:"kind"`
	MerchantID int64  `json:"merchant_id"`
	InvoiceID  string `json:"invoice_id"`
	Since      string `json:"since"`
	OpenedAt   string `json:"opened_at"`
	EventsSent int    `json:"events_sent"`
}

func openStreams(t *testing.T, s *pepaytest.Server) []openStream {
	t.Helper()
	r, err := request(t, s, http.MethodGet, controlStreams, "", "x-api-key", s.APIKey())
	if err != nil || r.status != http.StatusOK {
		t.Fatal(r, err)
	}
	return decode[struct{ Data []openStream }](t, r).Data
}

func TestControlEmits(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	c := openMerchant(t, s, "")
	cases := []struct{ name, body, want string }{
		{"the least", `{"type":"invoice.updated","data":{"object":{"a":1e0}}}`,
			`{"api_version":"2025-12-16","created":1766320436,"data":{"object":{"a":1e0}},"id":"evt_1766320436000-1","livemode":false,"object":"event","pending_webhooks":0,"type":"invoice.updated"}`},
		{"everything", `{"id":"evt_5000-9","object":"event","api_version":"2030-01-01","created":5,"type":"invoice.created","livemode":true,"pending_webhooks":2,"request":{"id":"req_1","idempotency_key":"k"},"data":{"object":{},"previous_attributes":{"b":2}}}`,
			`{"api_version":"2030-01-01","created":5,"data":{"object":{},"previous_attributes":{"b":2}},"id":"evt_5000-9","livemode":true,"object":"event","pending_webhooks":2,"request":{"id":"req_1","idempotency_key":"k"},"type":"invoice.created"}`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r, err := request(t, s, http.MethodPost, controlEvents, tc.body, "x-api-key", s.CommerceAPIKey())
			if err != nil || r.status != http.StatusOK {
				t.Fatal(r, err)
			}
			answer := decode[struct{ Data json.RawMessage }](t, r)
			if string(answer.Data) != tc.want {
				t.Errorf("answered\n%s, want\n%s", answer.Data, tc.want)
			}
			if frame, err := c.frame(); err != nil || frame != tc.want {
				t.Errorf("sent\n%s, want\n%s (%v)", frame, tc.want, err)
			}
		})
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("revoked", pepaytest.Key{Revoked: true}))
	const good = `{"type":"invoice.updated","data":{"object":{}}}`
	key := []string{"x-api-key", s.APIKey()}
	with := func(headers ...string) []string { return append(headers, key...) }
	cases := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		names                    string
	}{
		{"no key", "POST", controlEvents, good, nil, 401, "API key"},
		{"an unknown key", "POST", controlEvents, good, []string{"x-api-key", "x"}, 401, "API key"},
		{"a revoked key", "POST", controlEvents, good, []string{"x-api-key", "revoked"}, 401, "API key"},
		{"streams without a key", "GET", controlStreams, "", nil, 401, "API key"},
		{"another origin", "POST", controlEvents, good, with("Origin", "https://evil.example"), 403, "origin"},
		{"another site", "POST", controlEvents, good, with("Sec-Fetch-Site", "cross-site"), 403, "origin"},
		{"another port", "POST", controlEvents, good, with("Sec-Fetch-Site", "same-site"), 403, "origin"},
		{"a question about it", "OPTIONS", controlEvents, "", []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, 403, "origin"},
		{"reading from another origin", "GET", controlStreams, "", with("Origin", "https://evil.example"), 403, "origin"},
		{"a name that points here", "GET", controlStreams, "", with("Host", "evil.example", "Sec-Fetch-Site", "same-origin"), 421, "Host"},
		{"a name that points here, without a hint", "GET", controlStreams, "", with("Host", "evil.example"), 421, "Host"},
		{"no JSON type", "POST", controlEvents, good, with("Content-Type", "text/plain"), 415, "Content-Type"},
		{"no JSON", "POST", controlEvents, `{"type"`, key, 400, "JSON object"},
		{"null", "POST", controlEvents, `null`, key, 400, "JSON object"},
		{"a list", "POST", controlEvents, `[]`, key, 400, "JSON object"},
		{"no type", "POST", controlEvents, `{"data":{"object":{}}}`, key, 400, "type"},
		{"unknown type", "POST", controlEvents, `{"type":"refund.created","data":{"object":{}}}`, key, 400, `refund.created`},
		{"type is a number", "POST", controlEvents, `{"type":1,"data":{"object":{}}}`, key, 400, "type"},
		{"no data", "POST", controlEvents, `{"type":"invoice.updated"}`, key, 400, "data.object"},
		{"no data.object", "POST", controlEvents, `{"type":"invoice.updated","data":{}}`, key, 400, "data.object"},
		{"data.object is null", "POST", controlEvents, `{"type":"invoice.updated","data":{"object":null}}`, key, 400, "data.object"},
		{"data.object is a list", "POST", controlEvents, `{"type":"invoice.updated","data":{"object":[]}}`, key, 400, "data.object"},
		{"data is text", "POST", controlEvents, `{"type":"invoice.updated","data":"x"}`, key, 400, "data"},
		{"previous_attributes", "POST", controlEvents, `{"type":"invoice.updated","data":{"object":{},"previous_attributes":1}}`, key, 400, "previous_attributes"},
		{"created is text", "POST", controlEvents, `{"type":"invoice.updated","created":"now","data":{"object":{}}}`, key, 400, "created"},
		{"created in milliseconds", "POST", controlEvents, `{"type":"invoice.updated","created":1766320436000000,"data":{"object":{}}}`, key, 400, "created"},
		{"a misspelt field", "POST", controlEvents, `{"type":"invoice.updated","dat":{},"data":{"object":{}}}`, key, 400, "dat"},
		{"too large", "POST", controlEvents, `{"type":"` + strings.Repeat("x", 1<<20) + `"}`, key, 413, "1 MiB"},
		{"another method", "PUT", controlEvents, good, key, 405, "PUT"},
		{"writing streams", "POST", controlStreams, good, key, 405, "POST"},
		{"nothing there", "GET", "/_pepaytest/else", "", key, 404, "else"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := request(t, s, tc.method, tc.path, tc.body, tc.headers...)
			if err != nil {
				t.Fatal(err)
			}
			if r.status != tc.status || !strings.Contains(r.body, tc.names) || !strings.Contains(r.body, `"success":false`) {
				t.Errorf("%d %s, want %d and a word on %s", r.status, r.body, tc.status, tc.names)
			}
			if r.header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("a browser is told to go on")
			}
		})
	}
	t.Cleanup(func() {
		if got := len(s.Events()); got != 0 {
			t.Errorf("%d events", got)
		}
	})
}

func TestControlListsStreams(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock), pepaytest.WithKey("seven", pepaytest.Key{MerchantID: 7}))
	if got := openStreams(t, s); got == nil || len(got) != 0 {
		t.Errorf("%v, want an empty list", got)
	}
	since := emit(s, pepay.EventInvoiceUpdated)
	one := open(t, s, merchantPath+"?since="+since.ID, "x-api-key", "seven")
	openCommerce(t, s, "")
	open(t, s, paymentPath+"?token="+s.PaymentToken("inv_1", 1<<40).Reveal())
	one.want(emitN(s, 3)...)
	const at = "2025-12-21T12:33:56Z"
	want := []openStream{{"merchant", 7, "", since.ID, at, 3}, {"commerce", 123, "", "", at, 0}, {"payment", 123, "inv_1", "", at, 0}}
	if got := openStreams(t, s); sprint(got) != sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Requests to the control path are not Pepay's: they meet no faults and are not recorded.
func TestControlStaysOutOfTheWay(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	rule := s.Faults().On("*", pepaytest.Status(503), pepaytest.Always())
	openStreams(t, s)
	if rule.Hits() != 0 || len(s.Requests()) != 0 {
		t.Errorf("%d hits, %d requests", rule.Hits(), len(s.Requests()))
	}
}

func FuzzControlEmits(f *testing.F) {
	for _, body := range []string{
		`{"type":"invoice.updated","data":{"object":{"id":"\ud800","amount":1e400}}}`, `{"type":"test.ping","created":1,"data":{"object":{}}}`,
		`{"type":"invoice.updated","id":"evt_-","data":{"object":{"merchant_id":{},"environment":[]}}}`, `{}`, `null`, ``,
	} {
		f.Add([]byte(body))
	}
	s := pepaytest.NewServer(f, pepaytest.WithRetention(10))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := request(t, s, http.MethodPost, controlEvents, string(body), "x-api-key", s.APIKey(), "Content-Type", "application/json")
		if err != nil {
			t.Fatal(err)
		}
		switch r.status {
		case http.StatusOK: // then it can be listed
			listEvents(t, s, "")
			if ev := decode[struct{ Data pepay.Event }](t, r).Data; ev.ID == "" || ev.Created.IsZero() {
				t.Errorf("%q: %s", body, r.body)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%q: %d %s", body, r.status, r.body)
		}
	})
}

func FuzzStreamQuery(f *testing.F) {
	for _, query := range []string{"types=invoice.*", "since=evt_1-1&format=event_v1", "types=%zz", "environment=devnet&a=b", "token=a.b.c", ";", "types=.*"} {
		f.Add(query)
	}
	s := pepaytest.NewServer(f)
	f.Fuzz(func(t *testing.T, query string) {
		u := url.URL{Path: merchantPath, RawQuery: query}
		if _, err := http.NewRequest(http.MethodGet, u.String(), http.NoBody); err != nil || strings.ContainsAny(query, "#\r\n ") {
			t.Skip("no client could send it")
		}
		r, err := request(t, s, http.MethodGet, u.String(), "", "x-api-key", s.APIKey())
		if err == nil && r.status != http.StatusUpgradeRequired && r.status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", query, r.status, r.body)
		}
	})
}
