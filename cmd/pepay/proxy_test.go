package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

func TestDirectNearby(t *testing.T) {
	t.Parallel()
	elsewhere := &url.URL{Scheme: "http", Host: "proxy.example"}
	proxy := directNearby(func(*http.Request) (*url.URL, error) { return elsewhere, nil })
	for address, direct := range map[string]bool{
		"http://localhost:3000":          true,
		"http://app:8080":                true,
		"https://10.1.2.3":               true,
		"https://172.16.0.1":             true,
		"https://192.168.0.1:8443":       true,
		"https://169.254.1.1":            true,
		"https://[fd00::1]":              true,
		"https://[fe80::1%25eth0]":       true,
		"https://[::ffff:10.0.0.1]":      true,
		"https://0.0.0.0:3000":           true,
		"https://[::]:3000":              true,
		"https://shop.test":              true,
		"https://SHOP.Internal.":         true,
		"https://printer.local":          true,
		"https://a.localhost":            true,
		"https://api-beta.pepay.io":      false,
		"https://8.8.8.8":                false,
		"https://172.32.0.1":             false,
		"https://[2001:4860::8888]":      false,
		"https://local.example.com":      false,
		"https://10.0.0.1.example.com":   false,
		"https://localhost.example.com":  false,
		"https://shop.test.example.com/": false,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		got, err := proxy(r)
		if err != nil || (got == nil) != direct {
			t.Errorf("%s goes through %v (%v), want direct: %v", address, got, err, direct)
		}
	}
}

// A proxy of the environment is used for the internet, and sees nothing else.
func TestProxy(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	var asked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(proxy.Close)
	through := []string{"HTTPS_PROXY=" + proxy.URL, "HTTP_PROXY=" + proxy.URL}
	for _, c := range []struct {
		name    string
		env     []string
		args    []string
		through bool
	}{
		{"deliveries nearby", signing(at(server.URL())), []string{"events", "resend", ev.ID, "--retry", "0", "--forward-to", "http://0.0.0.0:1"}, false},
		{"deliveries nearby over https", signing(at(server.URL())), []string{"events", "resend", ev.ID, "--retry", "0", "--forward-to", "https://0.0.0.0:1"}, false},
		{"deliveries elsewhere", signing(at(server.URL())), []string{"events", "resend", ev.ID, "--retry", "0", "--forward-to", "https://pepay.example/w"}, true},
		{"the API nearby", at("https://0.0.0.0:1"), []string{"token", "--timeout", "300ms"}, false},
		{"the API elsewhere", at("https://pepay.example"), []string{"token", "--timeout", "300ms"}, true},
		{"a stream nearby", at("https://0.0.0.0:1"), []string{"listen", "--timeout", "300ms"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := asked.Load()
			if r := pepayRun(t, append(c.env, through...), c.args...); r.code == exitDone || strings.Contains(r.stderr, "panic") {
				t.Errorf("%+v", r)
			}
			if got := asked.Load() > before; got != c.through {
				t.Errorf("through the proxy: %v, want %v", got, c.through)
			}
		})
	}
}
