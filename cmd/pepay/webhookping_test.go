package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestWebhookPing(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t, func(n int) int { return []int{200, 204, 500, 302}[n-1] })
	ping := func(args ...string) result {
		return pepayRun(t, signing([]string{"PEPAY_API_KEY="}), append([]string{"webhook", "ping"}, args...)...)
	}
	r := ping("--header", "X-A: 1, 2", hook.URL+"/hook")
	r.wantDone(t)
	if want := regexp.MustCompile(`^→ test\.ping evt_\d+-\d+\n← 200 \d+ms\n$`); !want.MatchString(r.stdout) || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	ping(strings.TrimPrefix(hook.URL, "http://")).wantDone(t)
	for _, status := range []string{"500 Internal Server Error", "302 Found"} {
		if r := ping(hook.URL); r.code != exitFailed || !strings.Contains(r.stderr, "was not accepted after 1 attempt: the answer was "+status) {
			t.Errorf("%+v", r)
		}
	}
	ids := map[string]bool{}
	for _, d := range hook.all() {
		if d.err != nil || d.ev.Type != "test.ping" || d.header.Get("X-Pepay-Event") != "test.ping" || d.header.Get("X-Pepay-Event-ID") != d.ev.ID || d.ev.Created.IsZero() {
			t.Errorf("%+v", d)
		}
		ids[d.ev.ID] = true
	}
	if len(ids) != 4 || hook.all()[0].header.Get("X-A") != "1, 2" {
		t.Errorf("%v", hook.all())
	}
	hook.Close()
	if r := ping(hook.URL); r.code != exitFailed || !strings.Contains(r.stderr, "after 1 attempt: ") {
		t.Errorf("%+v", r)
	}
}

func TestWebhookPingWrongUsage(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t, always(http.StatusOK))
	for _, c := range []struct {
		name, env string
		args      []string
		want      string
	}{
		{"no address", "", nil, "'pepay webhook ping' takes one address"},
		{"two addresses", "", []string{"3000", canary}, "'pepay webhook ping' takes one address"},
		{"not an address", "", []string{canary + "://x"}, "the address: "},
		{"http on the internet", "", []string{"example.com"}, "the address: must use https"},
		{"no secret", "PEPAY_WEBHOOK_SECRET=", []string{hook.URL}, "no signing secret; set PEPAY_WEBHOOK_SECRET"},
		{"no header", "", []string{"--header", canary, hook.URL}, "--header: write 'Name: value'"},
		{"no timeout", "", []string{"--timeout", "0s", hook.URL}, "--timeout: write a duration above 0"},
		{"skip-verify over http", "", []string{"--skip-verify", hook.URL}, "--skip-verify: is for an https address"},
		{"a secret file that is not there", "", []string{"--secret-file", "none-such", hook.URL}, "--secret-file: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, append(signing(nil), c.env), append([]string{"webhook", "ping"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
	t.Cleanup(func() {
		if n := len(hook.all()); n > 0 {
			t.Errorf("%d deliveries", n)
		}
	})
}
