package pepaytest_test

import (
	"bytes"
	"fmt"
	"go/format"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// hostile is text that a shell or Go would take for something else, were it not quoted.
const hostile = "it's `id` $(touch /tmp/pwned) \\ \"quoted\" !x %s ${HOME} \n--next ; # \t"

// A curl snippet sends the same request again, and nothing in it is run.
func TestCurlSnippets(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl on this machine")
	}
	s := newConsole(t)
	invoice := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	bearer := s.BearerToken() // each call makes another one, a second later
	cases := []struct {
		name, method, path, body string
		headers                  []string
	}{
		{"get", "GET", "/api/v1/events?limit=2&type=invoice.*", "", []string{"x-api-key", s.APIKey()}},
		{"post", "POST", invoicesPath, `{"amount_usd": 10.50, "description": "Two mugs"}`, []string{"x-api-key", s.APIKey(), "Idempotency-Key", aUUID}},
		{"commerce key", "GET", "/api/v1/events", "", []string{"x-commerce-api-key", s.CommerceAPIKey()}},
		{"commerce key in the other header", "GET", "/api/v1/events", "", []string{"x-api-key", s.CommerceAPIKey()}},
		{"bearer", "GET", "/api/v1/events", "", []string{"Authorization", "Bearer " + bearer}},
		{"payor", "GET", "/api/v1/payments/session-details", "", []string{"x-session-token", invoice.SessionToken, "x-signature", invoice.Signature}},
		{"nobody", "DELETE", "/nowhere", "", nil},
		{"no JSON type", "POST", "/x", `{}`, []string{"Content-Type", "text/plain"}},
		{"a hostile body", "POST", "/x", hostile, nil},
		{"a body like a file", "POST", "/x", "@/etc/passwd", nil},
		{"a body with controls", "POST", "/x", "a\x1b[31m\r\n\x00b", nil},
		{"a body that is no text", "POST", "/x", "{\"a\":\"\u202e\u200b\"}", nil},
		{"a hostile path", "POST", "/a'b/$(id)/`id`/../[1-3]{a,b}", "", nil},
		{"a hostile query", "POST", "/x?a='$(id)'&b=`id`&c=%0a", "", nil},
		{"a hostile key", "POST", "/x", "{}", []string{"Idempotency-Key", "'$(id)` \""}},
		{"a hostile method", "'$X`|&", "/x", "", nil},
	}
	for i, tc := range cases {
		if _, err := request(t, s, tc.method, tc.path, tc.body, tc.headers...); err != nil {
			t.Fatal(err)
		}
		cases[i].name = fmt.Sprint(len(s.Requests()), " ", tc.name)
	}
	sent := s.Requests()
	for _, tc := range cases {
		number, name, _ := strings.Cut(tc.name, " ")
		t.Run(name, func(t *testing.T) {
			snippet := controlled[requestDetail](t, s, http.MethodGet, "requests/"+number, "").Snippets.Curl
			cmd := exec.CommandContext(t.Context(), "sh", "-c", snippet)
			cmd.Env = append(os.Environ(), "PEPAY_API_KEY="+s.APIKey(), "PEPAY_COMMERCE_API_KEY="+s.CommerceAPIKey(), "PEPAY_JWT="+bearer,
				"PEPAY_SESSION_TOKEN="+invoice.SessionToken, "PEPAY_SESSION_SIGNATURE="+invoice.Signature, "no_proxy=*")
			cmd.Dir = t.TempDir()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, snippet)
			}
			all := s.Requests()
			index, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			want, got := sent[index-1], all[len(all)-1]
			if got.Method != want.Method || got.Path != want.Path || got.Query.Encode() != want.Query.Encode() || !bytes.Equal(got.Body, want.Body) || got.Status != want.Status {
				t.Errorf("sent %s %s %v %q %d\nwant %s %s %v %q %d\n%s", got.Method, got.Path, got.Query, got.Body, got.Status, want.Method, want.Path, want.Query, want.Body, want.Status, snippet)
			}
			for _, header := range []string{"x-api-key", "x-commerce-api-key", "Authorization", "x-session-token", "x-signature", "Idempotency-Key"} {
				if got.Header.Get(header) != want.Header.Get(header) {
					t.Errorf("%s: %q, want %q", header, got.Header.Get(header), want.Header.Get(header))
				}
			}
			if want.Header.Get("Content-Type") != "" && got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
				t.Errorf("Content-Type %q, want %q", got.Header.Get("Content-Type"), want.Header.Get("Content-Type"))
			}
			if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
				t.Errorf("the command made %v", left)
			}
			for _, secret := range []string{s.APIKey(), s.CommerceAPIKey(), invoice.SessionToken, invoice.Signature, "\x1b", "\x00", "\u202e"} {
				if strings.Contains(snippet, secret) {
					t.Errorf("%q is in the snippet:\n%s", secret, snippet)
				}
			}
		})
	}
}

// Go snippets are formatted, pass go vet, and do what they say.
func TestGoSnippets(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds programs")
	}
	t.Parallel()
	s := newConsole(t)
	invoice := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	createInvoice(t, s, "{\"amount_usd\":11,\"description\":\"a `quoted` word, \u202e\\u001b \"}", "8d8ac610-566d-4ef0-9c22-186b2a5ed793")
	ask(t, s, http.MethodGet, "/api/v1/events?limit=2&type=invoice.*", "")
	ask(t, s, http.MethodGet, invoicesPath+"/8d8ac610-566d-4ef0-9c22-186b2a5ed793", "")
	for _, headers := range [][]string{
		{"x-commerce-api-key", s.CommerceAPIKey()}, {"Authorization", "Bearer " + s.BearerToken()}, {"x-session-token", invoice.SessionToken, "x-signature", invoice.Signature},
	} {
		path := "/api/v1/events"
		if headers[0] == "x-session-token" {
			path = "/api/v1/payments/session-details"
		}
		if _, err := request(t, s, http.MethodGet, path, "", headers...); err != nil {
			t.Fatal(err)
		}
	}
	open(t, s, merchantPath+"?types=invoice.*,invoice_payment.created&customer_id=c", "x-api-key", s.APIKey())
	openCommerce(t, s, "")
	open(t, s, paymentPath+"?token="+s.PaymentToken("inv_1", 1<<40).Reveal())

	dir, err := os.MkdirTemp(".", "testsnippets") // inside of the module, which they import
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	write := func(name, text string) {
		t.Helper()
		formatted, err := format.Source([]byte(text))
		if err != nil || string(formatted) != text {
			t.Errorf("%s is not as gofmt writes it (%v):\n%s", name, err, text)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range controlled[requestList](t, s, http.MethodGet, "requests", "").Items {
		snippets := controlled[requestDetail](t, s, http.MethodGet, fmt.Sprint("requests/", r.Number), "").Snippets
		write(fmt.Sprintf("r%d/main.go", r.Number), snippets.Go)
		if strings.HasPrefix(r.Path, "/ws/") {
			continue
		}
		pkg := "all" // one binary for all
		if r.Status == http.StatusNotImplemented {
			pkg = "vetted"
		}
		write(fmt.Sprintf("%s/r%d_test.go", pkg, r.Number), strings.Replace(snippets.GoTest, "func Test", fmt.Sprintf("func Test%d", r.Number), 1))
	}
	for _, args := range [][]string{{"vet", "./" + dir + "/..."}, {"test", "-vet=off", "-count=1", "./" + dir + "/all"}} {
		if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
			t.Errorf("go %v: %v\n%s", args, err, out)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "./"+dir+"/r2")
	cmd.Env = append(os.Environ(), "PEPAY_API_KEY="+s.APIKey(), "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "invoice_id") {
		t.Errorf("%v\n%s", err, out)
	}
	if n := len(s.Requests()); s.Requests()[n-1].Operation != "createInvoice" {
		t.Errorf("the program sent %+v", s.Requests()[n-1])
	}
}

// What cannot be written as a snippet is left out.
func TestSnippetsLeftOut(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithConsole(consoleToken, http.NotFoundHandler()))
	for _, body := range []string{`{"a":"` + strings.Repeat("x", 65<<10) + `"}`, `no JSON`} {
		ask(t, s, http.MethodPost, "/x", body)
	}
	large := controlled[requestDetail](t, s, http.MethodGet, "requests/1", "").Snippets
	text := controlled[requestDetail](t, s, http.MethodGet, "requests/2", "").Snippets
	if large.Curl+large.Go+large.GoTest != "" || text.Curl == "" || text.Go+text.GoTest != "" {
		t.Errorf("large %d bytes, text %+v", len(large.Curl), text)
	}
}
