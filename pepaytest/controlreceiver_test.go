package pepaytest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

type receivedList struct {
	Mode  string
	Items []struct {
		Number   int
		EventID  string `json:"event_id"`
		Type     string
		Accepted bool
		Steps    []struct {
			Name   string
			OK     bool
			Detail string
		}
	}
}

func TestControlReceiver(t *testing.T) {
	t.Parallel()
	s := newConsole(t, pepaytest.WithWebhookRetry(1, 0), pepaytest.WithClock(fixedClock))
	feed := followChanges(t.Context(), t, s)
	if e := controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"receiver"}`); e.URL != "receiver" {
		t.Errorf("%+v", e)
	}
	want := func(outcome, detail string) {
		t.Helper()
		idle(t, s, feed)
		r := controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items[0]
		d := controlled[deliveryList](t, s, http.MethodGet, "webhooks/1/deliveries", "").Items[0]
		if r.Accepted != (d.State == "delivered") {
			t.Errorf("accepted %v, the delivery is %s: %+v", r.Accepted, d.State, d.Attempts)
		}
		for i, step := range r.Steps {
			if r.EventID != d.EventID || r.Type != d.Type {
				t.Errorf("%s %s, want %s %s", r.Type, r.EventID, d.Type, d.EventID)
			}
			if !step.OK && (r.Accepted || i != len(r.Steps)-1) {
				t.Errorf("step %d failed: %+v", i, r)
			}
		}
		last := r.Steps[len(r.Steps)-1]
		if got := fmt.Sprint(r.Accepted, " ", last.Name); got != outcome || !strings.Contains(last.Detail, detail) {
			t.Errorf("%s: %s, want %s: %s", got, last.Detail, outcome, detail)
		}
	}
	ev := emit(s, pepay.EventInvoiceUpdated)
	want("true seen before", "no")
	controlled[struct{}](t, s, http.MethodPost, "webhooks/1/redeliver", `{"event_id":"`+ev.ID+`"}`)
	want("true seen before", "yes")
	controlled[receivedList](t, s, http.MethodPost, "receiver/mode", `{"mode":"fail"}`)
	emit(s, pepay.EventInvoiceUpdated)
	want("false handled", "500")
	controlled[receivedList](t, s, http.MethodPost, "receiver/mode", `{"mode":"wrong_secret"}`)
	emit(s, pepay.EventInvoiceUpdated)
	want("false signature matches", "wrong secret")
	if mode := controlled[receivedList](t, s, http.MethodPost, "receiver/mode", `{"mode":"accept"}`).Mode; mode != "accept" {
		t.Errorf("mode %q", mode)
	}
	controlled[webhookItem](t, s, http.MethodPost, "webhooks/1/rotate", "")
	emit(s, pepay.EventInvoiceUpdated)
	want("true seen before", "no")
	s.Advance(24 * time.Hour) // signatures keep the real time
	emit(s, pepay.EventInvoiceUpdated)
	want("true seen before", "no")
	kept := controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items
	for i, item := range kept {
		if item.Number != len(kept)-i {
			t.Errorf("item %d is number %d", i, item.Number)
		}
	}
	controlled[receivedList](t, s, http.MethodPost, "receiver/mode", `{"mode":"fail"}`)
	s.Reset()
	if r := controlled[receivedList](t, s, http.MethodGet, "receiver", ""); r.Mode != "accept" || len(r.Items) != 0 {
		t.Errorf("after a reset: %+v", r)
	}
	controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"receiver"}`)
	if again := emit(s, pepay.EventInvoiceUpdated); again.ID != ev.ID {
		t.Fatalf("%s, want %s again", again.ID, ev.ID)
	}
	idle(t, s, feed)
	if r := controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items[0]; !r.Accepted || r.Steps[len(r.Steps)-1].Detail != "no" {
		t.Errorf("an id that comes again after a reset: %+v", r)
	}
	for _, body := range []string{`{"mode":"broken"}`, `{}`, `{"mode":1}`} {
		if r := control(t, s, http.MethodPost, "receiver/mode", body); r.status != http.StatusBadRequest || !strings.Contains(r.body, "mode") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

// Deliveries from elsewhere are checked too, here with signing of the test's own.
func TestControlReceiverChecks(t *testing.T) {
	t.Parallel()
	const secret, previous, body = "the-secret-of-the-endpoint", "the-secret-before", `{"id":"evt_1-1","type":"test.ping","data":{"object":{}}}`
	s := newConsole(t, pepaytest.WithClock(fixedClock))
	sign := func(secret, timestamp, body string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(timestamp + "." + body))
		return hex.EncodeToString(mac.Sum(nil))
	}
	deliver := func(headers []string, body string) reply {
		t.Helper()
		r, err := request(t, s, http.MethodPost, "/_pepaytest/receiver", body, append([]string{"X-Pepay-Event", "test.ping", "X-Pepay-Event-ID", "evt_1-1"}, headers...)...)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	at := func(after time.Duration) string { return strconv.FormatInt(fixedClock().Add(after).UnixMilli(), 10) }
	signed := func(timestamp, signature string) []string {
		return []string{"X-Pepay-Timestamp", timestamp, "X-Pepay-Signature", signature}
	}
	by := func(secret, timestamp, body string) []string { return signed(timestamp, sign(secret, timestamp, body)) }
	now := at(0)
	if r := deliver(by(secret, now, body), body); r.status != http.StatusBadRequest || !strings.Contains(r.body, "no endpoint") {
		t.Errorf("%d %s", r.status, r.body)
	}
	controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"receiver","secret":"`+previous+`"}`)
	controlled[webhookItem](t, s, http.MethodPost, "webhooks/1/rotate", `{"secret":"`+secret+`"}`)
	seconds := strconv.FormatInt(fixedClock().Unix(), 10)
	for name, c := range map[string]struct {
		headers []string
		body    string
		status  int
		detail  string
	}{
		"signed":                     {by(secret, now, body), body, 200, "current secret of endpoint 1"},
		"in capitals":                {signed(now, strings.ToUpper(sign(secret, now, body))), body, 200, "current secret"},
		"by the secret before":       {by(previous, now, body), body, 200, "previous secret of endpoint 1"},
		"at the edge":                {by(secret, at(-5*time.Minute), body), body, 200, "5m0s old"},
		"no headers":                 {nil, body, 400, "missing: X-Pepay-Timestamp, X-Pepay-Signature"},
		"too old":                    {by(secret, at(-5*time.Minute-time.Millisecond), body), body, 400, "5m0.001s old"},
		"from the future":            {by(secret, at(6*time.Minute), body), body, 400, "6m0s in the future"},
		"seconds":                    {by(secret, seconds, body), body, 400, "looks like seconds"},
		"a number with a sign":       {by(secret, "+"+now, body), body, 400, "not a number"},
		"another secret":             {by("another", now, body), body, 400, "another secret signed it"},
		"another body":               {by(secret, now, body), body + " ", 400, "the body is not the one that was signed"},
		"no hexadecimal digits":      {signed(now, "zz"), body, 400, "hexadecimal"},
		"half a signature":           {signed(now, sign(secret, now, body)[:32]), body, 400, "64 hexadecimal digits"},
		"signed, but no event":       {by(secret, now, "[]"), "[]", 400, "event is decoded false"},
		"signed, and without a type": {by(secret, now, `{"id":"a"}`), `{"id":"a"}`, 400, "event is decoded false"},
	} {
		t.Run(name, func(t *testing.T) {
			r := deliver(c.headers, c.body)
			shown := control(t, s, http.MethodGet, "receiver", "").body
			latest := controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items[0]
			if r.status != c.status || latest.Accepted != (c.status == 200) || !strings.Contains(fmt.Sprint(latest.Steps), c.detail) {
				t.Errorf("%d %s, steps %v", r.status, r.body, latest.Steps)
			}
			for _, hidden := range []string{secret, previous, sign(secret, now, body)} {
				if strings.Contains(shown+r.body, hidden) {
					t.Errorf("%q is told", hidden)
				}
			}
		})
	}
	if r := deliver(by(secret, now, body), strings.Repeat("x", 2<<20)); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d %s", r.status, r.body)
	}
	for range 300 {
		deliver(nil, "")
	}
	if n := len(controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items); n != 200 {
		t.Errorf("%d are kept", n)
	}
}

// The receiver gets deliveries over a network in memory too, and is there after a restart.
func TestControlReceiverAfterARestart(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := newConsole(t, pepaytest.WithStateFile(path))
	added := controlled[webhookItem](t, s, http.MethodPost, "webhooks", `{"url":"receiver","events":["invoice.*"]}`)
	closeServer(t, s)
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		feed := followChanges(t.Context(), t, s)
		e := controlled[webhookItems](t, s, http.MethodGet, "webhooks", "").Items
		if len(e) != 1 || e[0].URL != "receiver" || e[0].SecretLast4 != added.SecretLast4 {
			t.Fatalf("%+v", e)
		}
		ev := emit(s, pepay.EventInvoiceUpdated)
		idle(t, s, feed)
		if got := controlled[receivedList](t, s, http.MethodGet, "receiver", "").Items; len(got) != 1 || !got[0].Accepted || got[0].EventID != ev.ID {
			t.Errorf("%+v", got)
		}
	}, pepaytest.WithConsole(consoleToken, http.NotFoundHandler()), pepaytest.WithStateFile(path))
}
