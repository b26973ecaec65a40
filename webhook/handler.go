package webhook

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// maxLogged is the most bytes of an id or a type in a log record.
const maxLogged = 200

type handler struct {
	verifier *Verifier
	fn       func(context.Context, *pepay.Event) error
	deduper  Deduper
	maxBytes int64
	logger   *slog.Logger
	observer Observer
}

// Handler verifies deliveries, decodes them and runs fn once per event, within
// what the [Deduper] remembers. fn is called concurrently for different events; it
// acknowledges by returning nil, so return only when the event is handled or
// durably queued.
//
//	200  {"ok":true}: fn returned nil, now or before
//	400  invalid_signature, timestamp_out_of_range or malformed_event
//	405  another method than POST
//	413  a body beyond the limit, or that of an http.MaxBytesReader around the handler
//	500  fn failed or panicked; Pepay delivers again
//	503  with Retry-After: another delivery of the event is being handled, the body
//	     broke off, the deduper failed, or the claim was lost ([ErrClaimLost])
//
// A function that keeps its own record of events can return [ErrDuplicate],
// [ErrInProgress] or [ErrUnavailable], to be answered as if the deduper had found it.
// Package inbox does: it keeps the record in the transaction of the event's effects.
//
// The body of a delivery without a usable signature and timestamp is not read, but
// for a first small piece that tells whether the delivery broke off. Reading a body
// is bounded in size and not in time: set ReadTimeout on the [http.Server].
//
// See https://docs-alpha.pepay.io/api-spec/webhooks.
func (v *Verifier) Handler(fn func(ctx context.Context, ev *pepay.Event) error, opts ...HandlerOption) http.Handler {
	if fn == nil {
		panic("webhook: Handler: the function is nil")
	}
	h := &handler{verifier: v, fn: fn, maxBytes: defaultMaxBytes, logger: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		opt(h)
	}
	if h.deduper == nil {
		h.deduper = NewMemoryDeduper()
	}
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, http.StatusMethodNotAllowed, "method_not_allowed")
		return
	}
	var delivery Delivery
	if ev, err := h.verifier.event(r, h.maxBytes); err != nil {
		if !errors.Is(err, ErrBodyTooLarge) {
			if broken := brokeOff(r); broken != nil {
				err = broken
			}
		}
		delivery = h.refuse(w, r, err)
	} else {
		delivery = h.handle(r.Context(), w, ev)
	}
	h.observe(r.Context(), delivery)
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) Delivery {
	h.logger.WarnContext(r.Context(), "webhook: refused", slog.String("error", err.Error()))
	if errors.Is(err, ErrBodyIncomplete) {
		writeTryAgain(w)
		return Delivery{Outcome: OutcomeUnavailable, Err: err}
	}
	status, code := refusal(err)
	writeError(w, status, code)
	return Delivery{Outcome: OutcomeRefused, Err: err}
}

// handle runs fn under a claim and answers.
func (h *handler) handle(ctx context.Context, w http.ResponseWriter, ev *pepay.Event) Delivery {
	d := Delivery{EventID: ev.ID, Type: ev.Type} // fn may change the event
	if !ev.Created.IsZero() {
		d.Age = h.verifier.now().Sub(ev.Created.Time)
	}
	logger := h.logger.With(slog.String("event", wire.OneLine(ev.ID, maxLogged)), slog.String("type", wire.OneLine(ev.Type, maxLogged)))
	if fields := ev.UndecodedFields(); fields != nil {
		logger.WarnContext(ctx, "webhook: event has fields that could not be read", slog.Any("fields", fields))
	}
	c := &claim{deduper: h.deduper, eventID: ev.ID, holder: rand.Text()}
	d.Outcome, d.Duplicate, d.Err = h.once(ctx, c, ev)
	if d.Err != nil {
		logger.ErrorContext(ctx, "webhook: not handled", slog.String("outcome", d.Outcome.String()), slog.String("error", d.Err.Error()))
	}
	switch d.Outcome {
	case OutcomeHandled:
		writeOK(w)
	case OutcomeFailed:
		writeError(w, http.StatusInternalServerError, "handler_failed")
	default:
		writeTryAgain(w)
	}
	return d
}

// once claims the event, runs fn and commits. If fn fails, it releases the claim
// before the answer makes Pepay deliver again.
func (h *handler) once(ctx context.Context, c *claim, ev *pepay.Event) (outcome Outcome, duplicate bool, err error) {
	defer func() { // also when fn ends its goroutine
		if release := c.end(ctx); release != nil {
			err = fmt.Errorf("%w; release: %w", err, release)
		}
	}()
	switch answer, err := c.take(ctx); {
	case err != nil:
		return OutcomeUnavailable, false, err
	case answer == Done:
		return OutcomeHandled, true, nil
	case answer == InProgress:
		return OutcomeInProgress, true, nil
	}
	err = h.run(ctx, ev)
	duplicate = errors.Is(err, ErrDuplicate)
	switch {
	case err == nil, duplicate:
	case errors.Is(err, ErrInProgress):
		return OutcomeInProgress, true, nil
	case errors.Is(err, ErrUnavailable):
		return OutcomeUnavailable, false, err
	default:
		return OutcomeFailed, false, err
	}
	if err := c.commit(ctx); err != nil {
		return OutcomeUnavailable, duplicate, err
	}
	return OutcomeHandled, duplicate, nil
}

// run calls fn and turns a panic into an error.
func (h *handler) run(ctx context.Context, ev *pepay.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("webhook: the function panicked: %v", p)
		}
	}()
	return h.fn(ctx, ev)
}
