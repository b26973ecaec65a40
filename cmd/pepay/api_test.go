package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	invoiceID   = "550e8400-e29b-41d4-a716-446655440000"
	createdJSON = `{"invoice_id":"` + invoiceID + `","payment_url":"https://pay.example/pay?session=pst_secret&signature=sig_secret","expires_at":1766322000,"session_token":"pst_secret","signature":"sig_secret","payment_session_headers":{"x-session-token":"pst_secret","x-signature":"sig_secret"}}`
)

func TestAPI(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data.json")
	if err := os.WriteFile(file, []byte("{\n  \"from\": \"a file\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{
		"/x":                        `{"success":true,"data":{"id":"a\u009b","n":12345678901234567890.10}}`,
		"/x?q=a%2Cb&q=c%3Dd":        `{"message":"ok"}`,
		"/x?a=1&q=2":                `[1,2]`,
		"/nothing":                  ``,
		"/list":                     `{"object":"list","data":[{"id":"1"},{"id":"2"}],"has_more":true}`,
		"/list?starting_after=2":    `{"object":"list","data":[{"id":"3"}],"has_more":false}`,
		"/endless":                  `{"data":[{"id":"1"}],"has_more":true}`,
		"/endless?starting_after=1": `{"data":[{"id":"1"}],"has_more":true}`,
		"/plain":                    `{"id":"a"}`,
	}
	const shown = `{"id":"a\u009b","n":12345678901234567890.10}` + "\n"
	for _, c := range []struct {
		name, stdin string
		args        []string
		asked       string // requests, with newlines between
		stdout      string
	}{
		{"data of an envelope", "", []string{"GET", "/x"}, "GET /x", shown},
		{"whole answer", "", []string{"get", "/x", "--query", "q=a,b", "--query", "q=c=d"}, "GET /x?q=a%2Cb&q=c%3Dd", `{"message":"ok"}` + "\n"},
		{"query in the path", "", []string{"GET", "/x?a=1", "--query", "q=2"}, "GET /x?a=1&q=2", "[1,2]\n"},
		{"literal", "", []string{"POST", "/x", "--data", ` { "a" : 1.50 } `}, `POST /x {"a":1.50}`, shown},
		{"file", "", []string{"PUT", "/x", "--data", "@" + file}, `PUT /x {"from":"a file"}`, shown},
		{"standard input", "[1]", []string{"PATCH", "/x", "--data", "-"}, "PATCH /x [1]", shown},
		{"no content", "", []string{"DELETE", "/nothing"}, "DELETE /nothing", ""},
		{"flags first", "", []string{"--query", "a=1", "--query", "q=2", "GET", "/x"}, "GET /x?a=1&q=2", "[1,2]\n"},
		{"pages", "", []string{"GET", "/list", "--paginate"}, "GET /list\nGET /list?starting_after=2", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n"},
		{"the rest of a list", "", []string{"GET", "/list?starting_after=2", "--paginate"}, "GET /list?starting_after=2", "{\"id\":\"3\"}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, answers)
			r := pepayWith(t, strings.NewReader(c.stdin), at(api.URL), append([]string{"api"}, c.args...)...)
			r.wantDone(t)
			if got := strings.Join(api.asked(), "\n"); got != c.asked {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			if r.stdout != c.stdout || r.stderr != "" {
				t.Errorf("%+v", r)
			}
		})
	}
	api := newFakeAPI(t, answers)
	r := pepayRun(t, at(api.URL), "api", "GET", "/endless", "--paginate")
	if r.code != exitFailed || r.stdout != "{\"id\":\"1\"}\n" || r.stderr != "pepay: the list does not end: a page came a second time, after 1 elements\n" {
		t.Errorf("%+v", r)
	}
	r = pepayRun(t, at(api.URL), "api", "GET", "/list", "--paginate", "--limit", "2")
	if r.code != exitDone || strings.Count(r.stdout, "\n") != 2 || r.stderr != "there are more than 2 elements; --limit prints more\n" {
		t.Errorf("%+v", r)
	}
	pepayRun(t, at(api.URL), "api", "GET", "/plain", "--paginate").wantError(t, exitFailed, "--paginate: the answer has no list")
	pepayRun(t, at(api.URL), "api", "GET", "/none").wantError(t, exitFailed, "GET /none: 404 NOT_FOUND: no such thing")
}

// An operation of the contract gets the credential and the Idempotency-Key that it asks for.
func TestAPIOfTheSimulator(t *testing.T) {
	t.Parallel()
	server := account(t)
	for range 5 {
		happen(t, server, pepay.EventInvoiceUpdated)
	}
	r := pepayRun(t, at(server.URL()), "api", "GET", "/api/v1/events", "--query", "limit=2", "--query", "type=invoice.*", "--paginate")
	r.wantDone(t)
	if got := idsOf(t, r.stdout); len(got) != 5 || got[0] != server.Events()[4].ID || got[4] != server.Events()[0].ID {
		t.Errorf("%v", got)
	}
	r = pepayRun(t, at(server.URL()), "api", "POST", "/api/v1/ws/token", "--data", `{"scope":"merchant","ttl_seconds":30}`)
	r.wantDone(t)
	if token := decodeToken(t, r.stdout); token["scope"] != "merchant" || token["token"] == "" {
		t.Errorf("%s", r.stdout)
	}
	pepayRun(t, append(at(server.URL()), "PEPAY_API_KEY="), "api", "GET", "/api/v1/events").wantError(t, exitRefused, "no API key; set PEPAY_API_KEY")
	server.Faults().On("listEvents", pepaytest.StatusRetryAfter(http.StatusTooManyRequests, "3600"), pepaytest.Always())
	pepayRun(t, at(server.URL()), "api", "GET", "/api/v1/events").wantError(t, exitFailed, "try again in 1h0m0s")
}

func TestAPIWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, "say a method and a path"},
		{"only a path", []string{"/api/v1/events"}, "say a method and a path"},
		{"three arguments", []string{"GET", "/x", canary}, "say a method and a path"},
		{"no method", []string{canary, "/x"}, "METHOD: write one of GET, HEAD"},
		{"another host", []string{"GET", "https://pepay.example/x"}, "PATH: begin with one slash"},
		{"another host without a scheme", []string{"GET", "//pepay.example/x"}, "PATH: begin with one slash"},
		{"no slash", []string{"GET", "api/v1/events"}, "PATH: begin with one slash"},
		{"up and away", []string{"GET", "/api/../x"}, "path: a segment"},
		{"broken query", []string{"GET", "/x?a=%zz"}, "PATH: the query is not valid"},
		{"parameter without a value", []string{"GET", "/x", "--query", canary}, "--query: write NAME=VALUE"},
		{"parameter without a name", []string{"GET", "/x", "--query", "=1"}, "--query: write NAME=VALUE"},
		{"no JSON", []string{"POST", "/x", "--data", "{" + canary}, "--data: is not JSON"},
		{"two values", []string{"POST", "/x", "--data", "1 2"}, "--data: is not JSON"},
		{"no data", []string{"POST", "/x", "--data="}, "--data: is not JSON"},
		{"no file", []string{"POST", "/x", "--data", "@/nosuch/" + canary}, "--data: no such file"},
		{"a write in pages", []string{"POST", "/x", "--paginate"}, "--paginate: goes with GET only"},
		{"the other direction", []string{"GET", "/x?ending_before=a", "--paginate"}, "--paginate: goes to older elements"},
		{"limit of a page", []string{"GET", "/x", "--limit", "5"}, "--limit: is for --paginate"},
		{"no limit", []string{"GET", "/x", "--paginate", "--limit", "0"}, "--limit: write a number from 1 up"},
		{"idempotency key for what takes none", []string{"GET", "/api/v1/events", "--idempotency-key", "123e4567-e89b-42d3-a456-556642440000"}, "--idempotency-key: "},
		{"timeout", []string{"GET", "/x", "--timeout", "0s"}, "--timeout: write a duration above 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"api"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}

// The payor's operations get the session of a file, and no key.
func TestAPIAsThePayor(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"invoice": createdJSON,
		"order":   checkedOut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, map[string]string{"/api/v1/payments/session-details": `{"invoice_id":"inv_1"}`})
			r := pepayWith(t, strings.NewReader(content), api.env(), "api", "GET", "/api/v1/payments/session-details", "--session-file", "-")
			r.wantDone(t)
			if r.stdout != `{"invoice_id":"inv_1"}`+"\n" {
				t.Errorf("%s", r.stdout)
			}
			for header, want := range map[string]string{"x-session-token": "pst_secret", "x-signature": "sig_secret", "x-api-key": "", "x-commerce-api-key": "", "Authorization": ""} {
				if got := api.sent(header)[0]; got != want {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
		})
	}
	api := newFakeAPI(t, nil)
	for stdin, want := range map[string]string{"{}": "--session-file: has no session_token and signature", "x" + canary: "--session-file: has no session_token"} {
		pepayWith(t, strings.NewReader(stdin), api.env(), "api", "GET", "/api/v1/payments/session-details", "--session-file", "-").wantError(t, exitUsage, want)
	}
	pepayRun(t, api.env(), "api", "GET", "/api/v1/payments/session-details").wantError(t, exitRefused, "no payment session; use --session-file")
	pepayRun(t, api.env(), "api", "POST", "/api/v1/payments/submit-form", "--data", "-", "--session-file", "-").wantError(t, exitUsage, "--session-file: --data reads standard input already")
	pepayRun(t, api.env(), "api", "GET", "/x", "--session-file", "a", "--api-key-file", "b").wantError(t, exitUsage, "--session-file: excludes --api-key-file")
}
