package doctor

import (
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A server whose clock is another one, in all that it says.
func TestClockOfServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		ahead  time.Duration
		status Status
		texts  []string
	}{
		{"an hour ahead", time.Hour, Failed, []string{"this machine's is 1 h behind Pepay's", "webhooks are refused", "longer-lived than it is", "NTP"}},
		{"an hour behind", -time.Hour, Failed, []string{"this machine's is 1 h ahead of Pepay's", "webhooks are refused", "expired when it is new"}},
		{"two minutes ahead", 2 * time.Minute, Warning, []string{"behind Pepay's", "longer-lived than it is"}},
		{"half a minute behind", -30 * time.Second, Warning, []string{"ahead of Pepay's", "shorter-lived than it is"}},
		{"two seconds behind", -2 * time.Second, OK, []string{"agrees with Pepay's"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := simulator(t, pepaytest.WithClock(func() time.Time { return time.Now().Add(c.ahead) }))
			all := run(t, config(t, server.URL(), merchantKey))
			all.want(t, "network.clock", c.status, c.texts...)
			if c.status != OK {
				all.wantOnly(t, "network.clock")
			}
			// The life of a token is told by Pepay's clock, as far as a second can tell.
			all.want(t, "PEPAY_API_KEY.token", OK, "expires by itself in ")
		})
	}
}

// A proxy that changes Date and nothing else.
func TestClockOfProxy(t *testing.T) {
	t.Parallel()
	shifted := before(t, simulator(t).URL(), nil, func(r *http.Response) {
		r.Header.Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	})
	all := run(t, config(t, shifted, merchantKey))
	all.want(t, "network.clock", Failed, "this machine's is 1 h behind Pepay's")
	all.want(t, "PEPAY_API_KEY.token", Failed, "by this machine's clock, and has expired by the Date", "a proxy on the way changes Date")
	all.wantOnly(t, "network.clock", "PEPAY_API_KEY.token")
}

func TestSkew(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name         string
		began, ended time.Duration
		want         time.Duration
	}{
		{"the same second", 200 * time.Millisecond, 900 * time.Millisecond, 0},
		{"the answer took long", -10 * time.Second, 10 * time.Second, 0},
		{"ours is behind", -20 * time.Second, -10 * time.Second, 10 * time.Second},
		{"ours is ahead", 20 * time.Second, 30 * time.Second, -19 * time.Second},
	} {
		if got := skew(noon, noon.Add(c.began), noon.Add(c.ended)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	silent := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.WriteHeader(http.StatusUnauthorized)
	})
	run(t, config(t, silent, merchantKey)).want(t, "network.clock", Skipped, "has no Date")
}
