package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestObserver(t *testing.T) {
	t.Parallel()
	const noCreated = `{"id":"evt_2","type":"t"}`
	failure := errors.New("database down")
	ok := func(context.Context, *pepay.Event) error { return nil }
	says := func(err error) func(context.Context, *pepay.Event) error {
		return func(context.Context, *pepay.Event) error { return fmt.Errorf("says: %w", err) }
	}
	known := Delivery{EventID: "evt_1700000002000-789", Type: "invoice.updated", Age: 123 * time.Millisecond}
	with := func(o Outcome, duplicate bool, err error) Delivery {
		d := known
		d.Outcome, d.Duplicate, d.Err = o, duplicate, err
		return d
	}
	for _, c := range []struct {
		name    string
		fn      func(context.Context, *pepay.Event) error
		deduper Deduper
		method  string
		content string
		reader  io.Reader
		want    []Delivery
	}{
		{name: "handled", want: []Delivery{with(OutcomeHandled, false, nil)}},
		{name: "handled before", deduper: &scripted{claims: []any{Done}}, want: []Delivery{with(OutcomeHandled, true, nil)}},
		{name: "in progress", deduper: &scripted{claims: []any{InProgress}}, want: []Delivery{with(OutcomeInProgress, true, nil)}},
		{name: "fn fails", fn: func(_ context.Context, ev *pepay.Event) error { ev.ID = "changed"; return failure }, want: []Delivery{with(OutcomeFailed, false, failure)}},
		{name: "fn finds a duplicate", fn: says(ErrDuplicate), want: []Delivery{with(OutcomeHandled, true, nil)}},
		{name: "fn finds it in progress", fn: says(ErrInProgress), want: []Delivery{with(OutcomeInProgress, true, nil)}},
		{name: "fn lacks its database", fn: says(ErrUnavailable), want: []Delivery{with(OutcomeUnavailable, false, ErrUnavailable)}},
		{name: "fn finds a duplicate, and the claim is lost", fn: says(ErrDuplicate), deduper: &scripted{commits: []error{ErrClaimLost}}, want: []Delivery{with(OutcomeUnavailable, true, ErrClaimLost)}},
		{name: "the claim was lost", deduper: &scripted{commits: []error{ErrClaimLost}}, want: []Delivery{with(OutcomeUnavailable, false, ErrClaimLost)}},
		{name: "the deduper fails", deduper: &scripted{claims: []any{failure, failure}}, want: []Delivery{with(OutcomeUnavailable, false, failure)}},
		{name: "no event", content: `{"id":7}`, want: []Delivery{{Outcome: OutcomeRefused, Err: ErrMalformedEvent}}},
		{name: "forged", content: "-", want: []Delivery{{Outcome: OutcomeRefused, Err: ErrBadSignature}}},
		{name: "broke off", reader: &pieces{end: io.ErrUnexpectedEOF}, want: []Delivery{{Outcome: OutcomeUnavailable, Err: ErrBodyIncomplete}}},
		{name: "no time", content: noCreated, want: []Delivery{{EventID: "evt_2", Type: "t"}}},
		{name: "no delivery", method: http.MethodGet},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var told []Delivery
			opts := []HandlerOption{WithObserver(Observer{OnDelivery: func(d Delivery) { told = append(told, d) }})}
			if c.deduper != nil {
				opts = append(opts, WithDeduper(c.deduper))
			}
			if c.fn == nil {
				c.fn = ok
			}
			signed := c.content
			switch c.content {
			case "":
				c.content, signed = body, body
			case "-":
				c.content = body
			}
			if c.method == "" {
				c.method = http.MethodPost
			}
			if c.reader == nil {
				c.reader = strings.NewReader(c.content)
			}
			r := httptest.NewRequest(c.method, "/", c.reader)
			r.Header = Sign(current, at, []byte(signed))
			verifier(t, current).Handler(c.fn, opts...).ServeHTTP(httptest.NewRecorder(), r)
			if len(told) != len(c.want) {
				t.Fatalf("told %+v, want %+v", told, c.want)
			}
			for i, want := range c.want {
				got := told[i]
				if !errors.Is(got.Err, want.Err) {
					t.Errorf("told %v, want %v", got.Err, want.Err)
				}
				got.Err, want.Err = nil, nil
				if got != want {
					t.Errorf("told %+v, want %+v", got, want)
				}
			}
		})
	}
}

// The event is handled by the time the observer hears of it: its panic must not
// make Pepay deliver again.
func TestObserverThatPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil },
		WithObserver(Observer{OnDelivery: func(Delivery) { panic("metrics down") }}), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if w := deliver(h, "POST", body, Sign(current, at, []byte(body))); w.Code != 200 || !strings.Contains(log.String(), "metrics down") {
		t.Errorf("%d, logged %s", w.Code, log.String())
	}
}

func TestOutcomeNames(t *testing.T) {
	t.Parallel()
	for o, want := range map[Outcome]string{
		OutcomeHandled: "handled", OutcomeInProgress: "in progress", OutcomeRefused: "refused", OutcomeFailed: "failed",
		OutcomeUnavailable: "unavailable", 9: "Outcome(9)", -1: "Outcome(-1)",
	} {
		if got := o.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A field that cannot be read does not refuse the delivery, and is logged.
func TestDeliveryWithOddFields(t *testing.T) {
	t.Parallel()
	const odd = `{"id":"evt_1","type":"t","created":1700000002123,"livemode":"yes","request":"req_1","data":7}`
	var log bytes.Buffer
	var got pepay.Event
	h := verifier(t, current).Handler(func(_ context.Context, ev *pepay.Event) error { got = *ev; return nil }, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	w := deliver(h, "POST", odd, Sign(current, at, []byte(odd)))
	if w.Code != 200 || got.Request.ID != "req_1" || !got.Created.Equal(at) || string(got.Raw()) != odd {
		t.Errorf("%d, %+v", w.Code, got)
	}
	if !strings.Contains(log.String(), `fields="[livemode data]"`) {
		t.Errorf("logged %s", log.String())
	}
}
