//go:build !windows

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Events of the simulator reach the endpoints that it was started with, signed.
func TestMockWebhook(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 10)
	answer := func(int) int { arrived <- struct{}{}; return http.StatusOK }
	first, second := newReceiver(t, answer), newReceiver(t, answer)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(signingCanary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := startMock(t, "--webhook", first.URL, "--webhook", second.URL, "--secret-file", secret)
	pepayRun(t, m.env(), "trigger", "commerce.order.updated").wantDone(t)
	for range 2 {
		select {
		case <-arrived:
		case <-time.After(time.Minute):
			t.Fatal("an endpoint got nothing")
		}
	}
	if rest := m.end(t, os.Interrupt); rest != "" {
		t.Errorf("stderr: %s", rest)
	}
	for _, r := range []*receiver{first, second} {
		if len(r.ids(t)) != 1 || r.all()[0].ev.Type != "commerce.order.updated" {
			t.Errorf("an endpoint got %d deliveries", len(r.all()))
		}
	}
}

func TestMockWebhookUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		text string
	}{
		"no secret":                {[]string{"--webhook", "8090"}, "no signing secret; set PEPAY_WEBHOOK_SECRET or use --secret-file"},
		"an address that leaks":    {[]string{"--webhook", "http://shop.example/"}, "--webhook: must use https"},
		"no address":               {[]string{"--webhook", "ftp://localhost"}, "--webhook: a webhook goes to an http or https address"},
		"a secret without webhook": {[]string{"--secret-file", "nowhere"}, "--secret-file: use it with --webhook"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, nil, append([]string{"mock", "--addr", "127.0.0.1:0"}, c.args...)...).wantError(t, exitUsage, c.text)
		})
	}
}
