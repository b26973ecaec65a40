package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

func TestDashboardOfTheDemo(t *testing.T) {
	t.Parallel()
	simulator := pepaytest.NewServer(t)
	client, err := demoClient(simulator)
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[pepay.WSTokenScope]*wstoken.Cache{}
	for _, scope := range scopes() {
		tokens[scope] = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: scope}))
	}
	page, err := serveDashboard(t.Context(), simulator, tokens)
	if err != nil {
		t.Fatal(err)
	}
	defer page.close()
	for _, eventType := range []string{pepay.EventInvoiceUpdated, pepay.EventCommerceOrderCreated} {
		event, err := pepaytest.NewEvent(eventType)
		if err != nil {
			t.Fatal(err)
		}
		simulator.Emit(event)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()

	for _, c := range []struct {
		name, method, path string
		header             [2]string
		status             int
		body               string
	}{
		{"page", "GET", "", [2]string{}, 200, "<!doctype html>"},
		{"script", "GET", "static/pepay-stream.js", [2]string{}, 200, "export class PepayStream"},
		{"streams", "GET", "", [2]string{}, 200, `data-scope="commerce"`},
		{"simulator", "GET", "", [2]string{}, 200, "nothing here is real money"},
		{"no sign-out", "GET", "sign-out", [2]string{}, 404, ""},
		{"merchant history", "GET", "history?scope=merchant", [2]string{}, 200, `"type":"invoice.updated"`},
		{"commerce history", "GET", "history?scope=commerce", [2]string{}, 200, `"type":"commerce.order.created"`},
		{"merchant token", "POST", "ws-token?scope=merchant", [2]string{}, 200, `"scope":"merchant"`},
		{"commerce token", "POST", "ws-token?scope=commerce", [2]string{}, 200, `"scope":"commerce"`},
		{"no scope", "POST", "ws-token", [2]string{}, 403, ""},
		{"another origin", "POST", "ws-token?scope=merchant", [2]string{"Origin", "https://evil.example"}, 403, ""},
		{"another name", "GET", "", [2]string{"Host", "evil.example"}, 421, ""},
		{"nothing else", "GET", "static/", [2]string{}, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), c.method, page.url+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if name, value := c.header[0], c.header[1]; name == "Host" {
				req.Host = value
			} else if name != "" {
				req.Header.Set(name, value)
			}
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.body) {
				t.Errorf("%s, %v: %s", resp.Status, err, body)
			}
			if policy := resp.Header.Get("Content-Security-Policy"); c.status != 421 && !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; ") {
				t.Errorf("policy: %s", policy)
			}
		})
	}
}

func TestDemoOpenAndOnce(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "demo", "--once", "--open")
	if r.code != exitUsage || !strings.Contains(r.stderr, "--open") {
		t.Errorf("%d: %s", r.code, r.stderr)
	}
}
