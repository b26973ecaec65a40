package pepaytest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

type webhookItem struct {
	Number      int64
	URL         string
	Events      []string
	SecretLast4 string `json:"secret_last4"`
	Rotating    bool
	Pending     int
	Secret      string
}

type webhookItems struct{ Items []webhookItem }

type deliveryList struct {
	Items []struct {
		Number   int64
		EventID  string `json:"event_id"`
		Type     string
		State    string
		Attempts []struct {
			At         time.Time
			Status     int
			Error      string
			DurationUS int64 `json:"duration_us"`
			Answer     string
		}
	}
	More bool
}

// idle waits until no delivery is pending.
func idle(t *testing.T, s *pepaytest.Server, feed *changeFeed) {
	t.Helper()
	for {
		pending := 0
		for _, e := range controlled[webhookItems](t, s, http.MethodGet, "webhooks", "").Items {
			pending += e.Pending
		}
		if pending == 0 {
			return
		}
		feed.next()
	}
}

func TestControlWebhooks(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusInternalServerError)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = io.WriteString(w, strings.Repeat("x", 5000))
	}))
	t.Cleanup(endpoint.Close)
	s := newConsole(t, pepaytest.WithWebhookRetry(2, time.Millisecond))
	feed := followChanges(t.Context(), t, s)
	added := controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"`+endpoint.URL+`/hook?token=canary-0123456789","events":["invoice.*"]}`)
	if added.Number != 1 || added.SecretLast4 == "" || !strings.HasSuffix(added.Secret, added.SecretLast4) || len(added.Secret) < 20 || fmt.Sprint(added.Events) != "[invoice.*]" {
		t.Errorf("%+v", added)
	}
	ev := emit(s, pepay.EventInvoiceUpdated)
	emit(s, pepay.EventCommerceOrderUpdated)
	idle(t, s, feed)
	list := controlled[deliveryList](t, s, http.MethodGet, "webhooks/1/deliveries", "")
	if len(list.Items) != 1 || list.Items[0].EventID != ev.ID || list.Items[0].State != "given up" || len(list.Items[0].Attempts) != 2 {
		t.Fatalf("%+v", list)
	}
	if a := list.Items[0].Attempts[1]; a.Status != 500 || a.Answer != strings.Repeat("x", 4096) || a.DurationUS <= 0 || a.At.IsZero() {
		t.Errorf("%+v", a)
	}
	status.Store(http.StatusOK)
	controlled[struct{}](t, s, http.MethodPost, "webhooks/1/redeliver", `{"event_id":"`+ev.ID+`"}`)
	idle(t, s, feed)
	ping := controlled[consoleEvents](t, s, http.MethodPost, "webhooks/1/ping", "")
	idle(t, s, feed)
	list = controlled[deliveryList](t, s, http.MethodGet, "webhooks/1/deliveries?limit=2", "")
	if len(list.Items) != 2 || !list.More || list.Items[0].EventID != ping.Events[0].ID || list.Items[0].Type != "test.ping" || list.Items[1].EventID != ev.ID || list.Items[1].State != "delivered" {
		t.Errorf("%+v", list)
	}
	if older := controlled[deliveryList](t, s, http.MethodGet, "webhooks/1/deliveries?before=2", ""); len(older.Items) != 1 || older.Items[0].Number != 1 || older.More {
		t.Errorf("%+v", older)
	}
	rotated := controlled[webhookItem](t, s, http.MethodPost, "webhooks/1/rotate", "")
	if rotated.Secret == added.Secret || !rotated.Rotating {
		t.Errorf("%+v", rotated)
	}
	if ended := controlled[webhookItem](t, s, http.MethodPost, "webhooks/1/end_rotation", ""); ended.Rotating {
		t.Errorf("%+v", ended)
	}
	shown := control(t, s, http.MethodGet, "webhooks", "").body + control(t, s, http.MethodGet, "webhooks/1/deliveries", "").body
	for _, secret := range []string{added.Secret, rotated.Secret, "canary"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is in %s", secret, shown)
		}
	}
	endpoint.Close()
	controlled[consoleEvents](t, s, http.MethodPost, "webhooks/1/ping", "")
	idle(t, s, feed)
	if failed := control(t, s, http.MethodGet, "webhooks/1/deliveries?limit=1", "").body; !strings.Contains(failed, "refused") || strings.Contains(failed, "canary") {
		t.Errorf("%s", failed)
	}
	controlled[struct{}](t, s, http.MethodDelete, "webhooks/1", "")
	feed.until("delivery 1")
	if left := controlled[webhookItems](t, s, http.MethodGet, "webhooks", ""); len(left.Items) != 0 {
		t.Errorf("%+v", left)
	}
	for _, path := range []string{"rotate", "end_rotation", "redeliver", "ping"} {
		wantError(t, control(t, s, http.MethodPost, "webhooks/1/"+path, ""), http.StatusNotFound, "NOT_FOUND")
	}
	wantError(t, control(t, s, http.MethodDelete, "webhooks/1", ""), http.StatusNotFound, "NOT_FOUND")
}

func TestControlWebhookAddresses(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	remote := newConsole(t, pepaytest.WithRemoteWebhooks())
	for url, here := range map[string]bool{
		"http://127.0.0.1:4242/hook": true, "https://localhost/hook": true, "http://LOCALHOST:1": true, "http://[::1]:1/": true, "http://127.9.9.9/": true, "http://[::ffff:127.0.0.1]/": true,
		"https://example.com/hook": false, "http://10.0.0.1/": false, "http://169.254.169.254/latest/meta-data/": false, "http://0.0.0.0:1/": false, "http://[::]:1/": false,
		"http://localhost.evil.example/": false, "http://127.0.0.1.nip.io/": false, "http://127.1/": false, "http://0x7f000001/": false, "http://2130706433/": false,
		"http://localhost./": false, "http://[::1%25eth0]/": false, "http://[fe80::1]/": false,
	} {
		body := `{"url":"` + url + `"}`
		if r := control(t, s, http.MethodPost, "webhooks", body); (r.status == http.StatusOK) != here || !here && !strings.Contains(r.body, "url: ") {
			t.Errorf("%s: %d %s", url, r.status, r.body)
		}
		if r := control(t, remote, http.MethodPost, "webhooks", body); r.status != http.StatusOK {
			t.Errorf("%s with WithRemoteWebhooks: %d %s", url, r.status, r.body)
		}
	}
}

func TestControlWebhooksRefused(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	for body, names := range map[string]string{
		``: "url", `{}`: "url", `{"url":"ftp://127.0.0.1"}`: "url", `{"url":"http://"}`: "url", `{"url":"http://user:pass@127.0.0.1/"}`: "password", `{"url":"file:///etc/passwd"}`: "url",
		`{"url":"//127.0.0.1/"}`: "url", `{"url":"http://127.0.0.1/#a"}`: "fragment", `{"url":1}`: "url", `{"url":"RECEIVER"}`: "url",
		`{"url":"http://127.0.0.1/","events":["refund.*"]}`: "refund.*", `{"url":"http://127.0.0.1/","events":"invoice.*"}`: "events",
		`{"url":"http://127.0.0.1/","secret":" x"}`: "secret", `{"url":"http://127.0.0.1/","secret":"a\nb"}`: "secret", `{"url":"http://127.0.0.1/","secret":"a\u0085b"}`: "secret", `{"url":"http://127.0.0.1/","secret":"  "}`: "secret", `{"url":"http://127.0.0.1/","number":1}`: "number",
	} {
		if r := control(t, s, http.MethodPost, "webhooks", body); r.status != http.StatusBadRequest || !strings.Contains(r.body, names) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	added := controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"receiver","secret":"a-secret-that-was-given"}`)
	rotated := controlled[webhookItem](t, s, http.MethodPost, fmt.Sprintf("webhooks/%d/rotate", added.Number), `{"secret":"another-that-was-given"}`)
	if added.SecretLast4 != "iven" || added.Secret != "" || rotated.Secret != "" {
		t.Errorf("a secret that was given is told again: %+v %+v", added, rotated)
	}
	number := added.Number
	for body, names := range map[string]string{``: "event_id", `{"event_id":"evt_none"}`: "evt_none", `{"event":"x"}`: "event"} {
		if r := control(t, s, http.MethodPost, fmt.Sprintf("webhooks/%d/redeliver", number), body); r.status != http.StatusBadRequest || !strings.Contains(r.body, names) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	for i := range 100 {
		r := control(t, s, http.MethodPost, "webhooks", `{"url":"receiver"}`)
		if want := map[bool]int{false: http.StatusOK, true: http.StatusConflict}[i == 99]; r.status != want {
			t.Errorf("endpoint %d: %d %s", i+2, r.status, r.body)
		}
	}
}
