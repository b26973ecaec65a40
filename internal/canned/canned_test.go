package canned

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

func ask(t *testing.T, s *Server, method, path, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	want, err := fs.ReadFile(Files(), "mintWsToken/response.json")
	if err != nil {
		t.Fatal(err)
	}
	if status, got := ask(t, s, "POST", "/api/v1/ws/token?a=1", `{"scope":"merchant"}`); status != 200 || got != string(want) {
		t.Errorf("got %d %s", status, got)
	}
	if status, got := ask(t, s, "GET", "/api/v1/nothing", ""); status != 404 || !strings.Contains(got, "GET /api/v1/nothing") {
		t.Errorf("an unknown path: %d %s", status, got)
	}
	if status, got := ask(t, s, "GET", "/ws/merchant/events", ""); status != 501 || !strings.Contains(got, "openMerchantStream") {
		t.Errorf("a stream: %d %s", status, got)
	}
	if _, missing := example("mintWsToken", "response-x"); missing != "mintWsToken/response-x.json" {
		t.Errorf("missing is %q", missing)
	}
	requests := s.Requests()
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	first := requests[0]
	if first.Operation != "mintWsToken" || first.Method != "POST" || first.Path != "/api/v1/ws/token" || first.Query.Get("a") != "1" || string(first.Body) != `{"scope":"merchant"}` {
		t.Errorf("noted %+v", first)
	}
	if requests[1].Operation != "" {
		t.Errorf("an unknown path is %s", requests[1].Operation)
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	s := Start(t)
	s.Script("mintWsToken", "503", "response-old", "response")
	for i, want := range []string{`"CANNED_503"`, `"2025-12-21T12:34:56.000Z"`, "1766320496", "1766320496"} {
		if _, got := ask(t, s, "POST", "/api/v1/ws/token", ""); !strings.Contains(got, want) {
			t.Errorf("answer %d lacks %s: %s", i, want, got)
		}
	}
	for name, set := range map[string]func(){
		"an unknown operation": func() { s.Script("mintNothing", "response") },
		"a missing example":    func() { s.Script("mintWsToken", "response-x") },
		"a success status":     func() { s.Script("mintWsToken", "204") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is accepted", name)
				}
			}()
			set()
		}()
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	for _, op := range pepay.Operations() {
		if got := match(op.Method, parameter.ReplaceAllString(op.Path, "a%2Fb")); got == nil || got.ID != op.ID {
			t.Errorf("%s %s leads to %+v", op.Method, op.Path, got)
		}
		if empty := parameter.ReplaceAllString(op.Path, ""); empty != op.Path && match(op.Method, empty) != nil {
			t.Errorf("%s %s fits without a value", op.Method, empty)
		}
	}
}

func TestSuccess(t *testing.T) {
	t.Parallel()
	content := []string{"application/json"}
	for name, c := range map[string]struct {
		success []pepay.SuccessAnswer
		status  int
		hasBody bool
	}{
		"none":               {nil, 0, false},
		"200 with content":   {[]pepay.SuccessAnswer{{Status: "200", MediaTypes: content}}, 200, true},
		"the first":          {[]pepay.SuccessAnswer{{Status: "201", MediaTypes: content}, {Status: "202"}}, 201, true},
		"200 without":        {[]pepay.SuccessAnswer{{Status: "200"}}, 200, false},
		"204":                {[]pepay.SuccessAnswer{{Status: "204"}}, 204, false},
		"any, without":       {[]pepay.SuccessAnswer{{Status: "2XX"}}, 204, false},
		"any, with content":  {[]pepay.SuccessAnswer{{Status: "2XX", MediaTypes: content}}, 200, true},
		"204 cannot have it": {[]pepay.SuccessAnswer{{Status: "204", MediaTypes: content}}, 204, false},
	} {
		if status, hasBody := success(&pepay.Operation{Success: c.success}); status != c.status || hasBody != c.hasBody {
			t.Errorf("%s: %d, %v", name, status, hasBody)
		}
	}
}

// Every file is valid JSON under a name that means something, in the folder of an
// operation.
func TestFiles(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`^(request|response)(-[a-z0-9-]+)?\.json$`)
	seen := 0
	err := fs.WalkDir(Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == "README.md" {
			return err
		}
		seen++
		folder, name, _ := strings.Cut(path, "/")
		if folder != "events" && (operation(folder) == nil || !named.MatchString(name)) {
			t.Errorf("%s is not an example of an operation", path)
		}
		content, err := fs.ReadFile(Files(), path)
		if err != nil {
			return err
		}
		if !json.Valid(content) || bytes.Contains(content, []byte("…")) {
			t.Errorf("%s is not valid JSON without gaps", path)
		}
		return nil
	})
	if err != nil || seen < 10 {
		t.Errorf("%d files, %v", seen, err)
	}
}

func TestMoreSpecific(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ fixed, open string }{
		{"/invoices/totals", "/invoices/{id}"},
		{"/orders/{id}/payment", "/orders/{id}/{part}"},
		{"/orders/by-invoice/{id}", "/orders/{id}/payment"},
	} {
		if !moreSpecific(c.fixed, c.open) || moreSpecific(c.open, c.fixed) {
			t.Errorf("%s does not win over %s", c.fixed, c.open)
		}
	}
}

// Every operation that documents content has an example to answer with.
func TestEveryOperationHasAnExample(t *testing.T) {
	t.Parallel()
	answered := 0
	for _, op := range pepay.Operations() {
		if _, hasBody := success(&op); !hasBody {
			continue
		}
		answered++
		if _, missing := example(op.ID, ""); missing != "" {
			t.Errorf("there is no testdata/%s", missing)
		}
	}
	if answered < 50 {
		t.Errorf("%d operations document content", answered)
	}
}
