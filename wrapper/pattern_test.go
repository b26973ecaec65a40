package wrapper

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

var documentedPaths = []string{
	"/api/v1/invoices/{invoiceId}/status",
	"/api/v1/invoices/customer/{customerId}", // conflicts with the one above in http.ServeMux
	"/api/v1/invoices/totals",
	"/api/v1/invoices/{invoiceId}",
	"/api/v1/invoices",
	"/api/v1/{kind}/{id}/status",
	"/api/v1/orders/{id}",
	"/api/v1/orders/{id}:cancel",
	"/api/v1/orders/{id}:{verb}",
	"/api/v1/orders/{id}/",
	"/api/v1/files/{name}",
	"/api/v1/files/{name}.json",
	"/api/v1/files/report-{day}.json",
	"/api/v1/files/{from}..{to}",
	"/api/v1/files/{from}-{to}.json",
	"/api/v1/Größe/{id}",
	"/",
}

func TestFind(t *testing.T) {
	t.Parallel()
	for range 20 { // whatever the order in the document
		var operations []pepay.Operation
		for _, i := range rand.Perm(len(documentedPaths)) {
			operations = append(operations, pepay.Operation{ID: documentedPaths[i], Method: "GET", Path: documentedPaths[i]})
		}
		operations = append(operations, pepay.Operation{ID: "create", Method: "POST", Path: "/api/v1/invoices"})
		index := newContractIndex(operations, nil, nil)
		for _, c := range []struct{ method, path, want string }{
			{"GET", "/api/v1/invoices", "/api/v1/invoices"},
			{"POST", "/api/v1/invoices", "create"},
			{"GET", "/api/v1/invoices/totals", "/api/v1/invoices/totals"},
			{"GET", "/api/v1/invoices/inv_1", "/api/v1/invoices/{invoiceId}"},
			{"GET", "/api/v1/invoices/inv%2F1", "/api/v1/invoices/{invoiceId}"},
			{"GET", "/api/v1/invoices/inv_1/status", "/api/v1/invoices/{invoiceId}/status"},
			{"GET", "/api/v1/invoices/customer/status", "/api/v1/invoices/customer/{customerId}"},
			{"GET", "/api/v1/things/o_1/status", "/api/v1/{kind}/{id}/status"},
			{"GET", "/api/v1/orders/o_1", "/api/v1/orders/{id}"},
			{"GET", "/api/v1/orders/o_1:cancel", "/api/v1/orders/{id}:cancel"},
			{"GET", "/api/v1/orders/o_1%3Acancel", "/api/v1/orders/{id}:cancel"},
			{"GET", "/api/v1/orders/o_1:pay", "/api/v1/orders/{id}:{verb}"},
			{"GET", "/api/v1/orders/:cancel", "/api/v1/orders/{id}"},
			{"GET", "/api/v1/orders/o_1:", "/api/v1/orders/{id}"},
			{"GET", "/api/v1/orders/o_1/", "/api/v1/orders/{id}/"},
			{"GET", "/api/v1/files/a", "/api/v1/files/{name}"},
			{"GET", "/api/v1/files/a.json", "/api/v1/files/{name}.json"},
			{"GET", "/api/v1/files/.json", "/api/v1/files/{name}"},
			{"GET", "/api/v1/files/a-b.json", "/api/v1/files/{from}-{to}.json"},
			{"GET", "/api/v1/files/report-7.json", "/api/v1/files/report-{day}.json"},
			{"GET", "/api/v1/files/1..2", "/api/v1/files/{from}..{to}"},
			{"GET", "/api/v1/files/1...2", "/api/v1/files/{from}..{to}"},
			{"GET", "/api/v1/Gr%C3%B6%C3%9Fe/1", "/api/v1/Größe/{id}"},
			{"GET", "/", "/"},
			{"GET", "/api/v1/invoices/", ""},
			{"GET", "/api/v1/invoices//status", ""},
			{"GET", "/api/v1/invoices/inv_1/status/more", ""},
			{"DELETE", "/api/v1/invoices/inv_1", ""},
			{"GET", "api/v1/invoices/inv_1", ""},
			{"GET", "x/api/v1/invoices/inv_1", ""},
			{"GET", "/api/v1/invoices/{invoiceId}/x", ""},
			{"GET", "", ""},
		} {
			got := ""
			if op := index.find(c.method, c.path); op != nil {
				got = op.ID
			}
			if got != c.want {
				t.Errorf("%s %q found %q, want %q", c.method, c.path, got, c.want)
			}
		}
	}
}

// A path that looks like a template is looked up as any other.
func TestFindOfATemplate(t *testing.T) {
	t.Parallel()
	index := newContractIndex([]pepay.Operation{{ID: "get", Method: "GET", Path: "/a/{id}"}}, nil, nil)
	if op := index.find("GET", "/a/{id}"); op == nil || op.ID != "get" {
		t.Errorf("found %v", op)
	}
}

// compare is a total order: different patterns are never equal, and it is transitive.
func TestPatternsAreInOneOrder(t *testing.T) {
	t.Parallel()
	var patterns []pattern
	for _, path := range append(slices.Clone(documentedPaths), "/a/{b}/c", "/{a}/b/c", "/a/b/{c}", "/{a}/{b}/c", "/a/x{b}", "/a/{b}x", "/a/{b}{c}", "/a/{b}{c}x") {
		patterns = append(patterns, newPattern(path))
	}
	for _, a := range patterns {
		for _, b := range patterns {
			if a.compare(b) != -b.compare(a) || (a.compare(b) == 0) != slices.EqualFunc(a, b, slices.Equal[segment]) {
				t.Errorf("%q and %q: %d and %d", a, b, a.compare(b), b.compare(a))
			}
			for _, c := range patterns {
				if a.compare(b) < 0 && b.compare(c) < 0 && a.compare(c) >= 0 {
					t.Errorf("%q, %q and %q are in no order", a, b, c)
				}
			}
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path          string
		values        []string
		want, escaped string
		invalid       string // part of the error
	}{
		{"/a", nil, "/a", "", ""},
		{"/a/{id}", []string{"evt_1"}, "/a/evt_1", "", ""},
		{"/a/{id}/b/{other}", []string{"1", "2"}, "/a/1/b/2", "", ""},
		{"/a/{id}:cancel", []string{"1"}, "/a/1:cancel", "", ""},
		{"/a/{name}.json", []string{"."}, "", "", "name: "},
		{"/a/{id}/", []string{"1"}, "/a/1/", "", ""},
		{"/a/{id}", []string{"x/y?z#é %"}, "/a/x/y?z#é %", "/a/x%2Fy%3Fz%23%C3%A9%20%25", ""},
		{"/a/{id}", []string{"%2e%2e"}, "/a/%2e%2e", "/a/%252e%252e", ""},
		{"/a/{id}", []string{""}, "", "", "id: is empty"},
		{"/a/{id}/b/{other}", []string{"1", ".."}, "", "", "other: "},
		{"/a/{id}/b/{other}", []string{"..", "1"}, "", "", ": id: "},
		{"/a/{id}", []string{"a/../../b"}, "", "", "id: "},
		{"/a/{id}", []string{"a\r\nX-Admin: 1"}, "", "", "control character"},
		{"/a/{id}", []string{"\u0085"}, "", "", "control character"},
		{"/a/{id}", []string{"\xff"}, "", "", "UTF-8"},
		{"/a/{id}", nil, "", "", "1 path parameters, not 0"},
		{"/a", []string{"1"}, "", "", "0 path parameters, not 1"},
	} {
		op := newOperation(&pepay.Operation{ID: "op", Path: c.path})
		path, escaped, err := op.expand(c.values)
		if c.invalid != "" {
			if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), c.invalid) {
				t.Errorf("%s %q: %v", c.path, c.values, err)
			}
			continue
		}
		if err != nil || path != c.want || escaped != c.escaped {
			t.Errorf("%s %q: %q, %q, %v", c.path, c.values, path, escaped, err)
		}
		if escaped == "" {
			escaped = path
		}
		if !op.pattern.matches(splitPath(escaped)) {
			t.Errorf("%s does not match what it expands to, %s", c.path, escaped)
		}
	}
}

// A wrong path value is refused on every way in, before anything is sent.
func TestWrongPathValues(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		t.Errorf("asked for %s", req.URL)
		return respond(404, ""), nil
	})
	for _, id := range []string{"", ".", "..", "../..", "a/../b", "a\n", "\x00", "\x7f", "\u009b"} {
		editor := func(_ context.Context, req *http.Request) error {
			req.URL.Path, req.URL.RawPath = "/api/v1/events/"+id, ""
			return nil
		}
		for way, call := range map[string]func() error{
			"method":        func() error { _, err := client.Events.Get(t.Context(), id); return err },
			"API":           func() error { _, err := client.API().GetEventWithResponse(t.Context(), id); return err },
			"API, raw":      func() error { resp, err := client.API().GetEvent(t.Context(), id); closeOf(resp); return err },
			"API, edited":   func() error { _, err := client.API().GetEventWithResponse(t.Context(), "evt_1", editor); return err },
			"Call":          func() error { return client.Call(t.Context(), "GET", "/api/v1/events/"+id, nil, nil) },
			"Call, unknown": func() error { return client.Call(t.Context(), "GET", "/api/v9/things/"+id+"/x", nil, nil) },
			"Authorize": func() error {
				req, err := http.NewRequestWithContext(t.Context(), "GET", "https://api.example/", nil)
				if err != nil {
					return err
				}
				req.URL.Path = "/api/v1/events/" + id
				return client.Authorize(req)
			},
		} {
			if err := call(); !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("%s(%q): %v", way, id, err)
			}
		}
	}
}

func closeOf(resp *http.Response) {
	if resp != nil {
		_ = resp.Body.Close()
	}
}

// An id that is odd but possible stays one segment.
func TestOddPathValues(t *testing.T) {
	t.Parallel()
	var asked string
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		asked = req.URL.EscapedPath()
		return respond(200, `{"success":true,"data":{"id":"x","type":"t"}}`), nil
	}, WithBaseURL("https://gateway.example/base%2Fpath"))
	for id, want := range map[string]string{"a b": "a%20b", "a/b": "a%2Fb", "..a": "..a", "a:cancel": "a:cancel", "%2e%2e": "%252e%252e", "ä?#": "%C3%A4%3F%23"} {
		if _, err := client.Events.Get(t.Context(), id); err != nil || asked != "/base%2Fpath/api/v1/events/"+want {
			t.Errorf("Get(%q): %v, asked for %s", id, err, asked)
		}
		asked = ""
		if _, err := client.API().GetEventWithResponse(t.Context(), id); err != nil || !strings.HasPrefix(asked, "/base%2Fpath/api/v1/events/") || strings.Count(asked, "/") != 5 {
			t.Errorf("API(%q): %v, asked for %s", id, err, asked)
		}
	}
}

// What is sent to a path that the contract lacks does not change when the
// contract grows.
func TestCredentialForAnUnknownPath(t *testing.T) {
	t.Parallel()
	var header http.Header
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		header = req.Header
		return respond(200, `{}`), nil
	}, WithCommerceAPIKey("key-2"))
	for _, path := range []string{"/x", "/api/commerce/products", "/api/v1/ws/token/", "/api/v1/events/evt_1/resend"} {
		if err := client.Call(t.Context(), "POST", path, nil, nil); err != nil {
			t.Fatal(err)
		}
		if header.Get("X-Api-Key") != "key-1" || header.Get("X-Commerce-Api-Key") != "" {
			t.Errorf("%s: sent %v", path, header)
		}
	}
}
