package doctor

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// withWebhook checks a receiver, too.
func withWebhook(t *testing.T, receiver string) Config {
	t.Helper()
	c := config(t, simulator(t).URL(), merchantKey)
	target, err := url.Parse(receiver + "/hook?token=" + canary)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	c.Webhook = &Webhook{
		URL: target, Shown: receiver + "/hook", Secret: signingSecret, Ping: signedPing,
		Client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	return c
}

func parsed(v *webhook.Verifier, r *http.Request) (*pepay.Event, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return v.Parse(r.Header, body)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	verifier, err := webhook.NewVerifier(signingSecret)
	if err != nil {
		t.Fatal(err)
	}
	otherVerifier, err := webhook.NewVerifier("another secret")
	if err != nil {
		t.Fatal(err)
	}
	verifying := func(v *webhook.Verifier, refused, accepted int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if _, err := parsed(v, r); err != nil {
				w.WriteHeader(refused)
				return
			}
			w.WriteHeader(accepted)
		}
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	type want struct {
		status Status
		texts  []string
	}
	for _, c := range []struct {
		name         string
		handler      http.HandlerFunc
		bad, genuine want
	}{
		{"good", verifying(verifier, 400, 200),
			want{OK, []string{"refused with 400 Bad Request"}}, want{OK, []string{"accepted with 200 OK; your handler ran with test.ping evt_"}}},
		{"accepts everything", status(http.StatusNoContent),
			want{Failed, []string{"accepted with 204 No Content: anybody can forge a payment", "package webhook"}}, want{OK, []string{"accepted with 204"}}},
		{"always 500", status(http.StatusInternalServerError),
			want{Warning, []string{"answered 500 Internal Server Error", "answer 400 to a bad signature"}}, want{Failed, []string{"answered 500 Internal Server Error to test.ping evt_", "its log"}}},
		{"handler fails", verifying(verifier, 401, 500),
			want{OK, []string{"refused with 401"}}, want{Failed, []string{"answered 500"}}},
		{"another secret", verifying(otherVerifier, 400, 200),
			want{OK, []string{"refused with 400"}}, want{Failed, []string{"refused with 400 Bad Request, although test.ping evt_", "another secret"}}},
		{"another path", http.NotFound,
			want{Failed, []string{"404 Not Found: no handler takes POST"}}, want{Failed, []string{"answered 404"}}},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusPermanentRedirect) },
			want{Failed, []string{"308 Permanent Redirect"}}, want{Failed, []string{"308"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := run(t, withWebhook(t, serve(t, c.handler)))
			all.want(t, "webhook.reachable", OK)
			all.want(t, "webhook.bad-signature", c.bad.status, c.bad.texts...)
			all.want(t, "webhook.good-signature", c.genuine.status, c.genuine.texts...)
			if all.refused() {
				t.Error("a receiver that refuses is no refused credential")
			}
		})
	}
}

func TestWebhookIsNotThere(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	all := run(t, withWebhook(t, closed.URL))
	all.want(t, "webhook.reachable", Failed, "no answer: nothing listens there", "start the receiver")
	all.want(t, "webhook.bad-signature", Skipped, "not tried: reachable failed")
	all.want(t, "webhook.good-signature", Skipped)
	all.wantOnly(t, "webhook.reachable")
}

// Two deliveries, of two events.
func TestWebhookDeliveries(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var ids []string
	verifier, err := webhook.NewVerifier(signingSecret)
	if err != nil {
		t.Fatal(err)
	}
	run(t, withWebhook(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		ev, err := parsed(verifier, r)
		if err != nil {
			ids = append(ids, "forged")
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		ids = append(ids, ev.Type)
	})))
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(ids, []string{"forged", "test.ping"}) {
		t.Errorf("%v", ids)
	}
}
