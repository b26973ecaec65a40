package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/pepaylabs/pepay-go"
)

// retryLater is the Retry-After of an answer that asks Pepay to come again.
const retryLater = "5"

type handler struct {
	verifier *Verifier
	fn       func(context.Context, *pepay.Event) error
	deduper  Deduper
	maxBytes int64
	logger   *slog.Logger
}

// HandlerOption configures [Verifier.Handler]. A value that cannot be meant makes
// it panic, with the option's name: it is a mistake in the program.
type HandlerOption func(*handler)

// WithDeduper sets who sees to it that an event is handled once. The default
// remembers in memory; see [NewMemoryDeduper].
func WithDeduper(d Deduper) HandlerOption {
	return func(h *handler) {
		if d == nil {
			panic("webhook: WithDeduper: the deduper is nil")
		}
		h.deduper = d
	}
}

// WithMaxBytes sets the most bytes a body may have, 1 MiB by default.
func WithMaxBytes(n int64) HandlerOption {
	return func(h *handler) {
		if n <= 0 {
			panic("webhook: WithMaxBytes: must be positive")
		}
		h.maxBytes = n
	}
}

// WithLogger says why deliveries were refused or failed. Records hold event ids
// and errors, never a body, a signature or a secret. The default is silence.
func WithLogger(l *slog.Logger) HandlerOption {
	return func(h *handler) {
		if l == nil {
			panic("webhook: WithLogger: the logger is nil")
		}
		h.logger = l
	}
}

// Handler verifies deliveries, decodes them and runs fn once per event, within
// what the [Deduper] remembers. fn is called concurrently for different events; it
// acknowledges by returning nil, so return only when the event is handled or
// durably queued.
//
//	200  {"ok":true}: fn returned nil, now or before
//	400  invalid_signature, timestamp_out_of_range or malformed_event
//	405  another method than POST
//	413  a body beyond the limit
//	500  fn failed or panicked; Pepay delivers again
//	503  with Retry-After: another delivery of the event is being handled, or the deduper failed
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
		refuse(w, http.StatusMethodNotAllowed, "method_not_allowed")
		return
	}
	body, err := readBody(r, h.maxBytes)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	ev, err := h.verifier.Parse(r.Header, body)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	h.handle(r.Context(), w, ev)
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.logger.WarnContext(r.Context(), "webhook: refused", slog.String("error", err.Error()))
	status, code := reason(err)
	refuse(w, status, code)
}

// handle runs fn under a claim.
func (h *handler) handle(ctx context.Context, w http.ResponseWriter, ev *pepay.Event) {
	id := ev.ID // fn may change the event
	logger := h.logger.With(slog.String("event", id), slog.String("type", ev.Type))
	claim, err := h.deduper.Claim(ctx, id)
	switch {
	case err != nil:
		logger.ErrorContext(ctx, "webhook: claim failed", slog.String("error", err.Error()))
		later(w)
	case claim == Done:
		accept(w)
	case claim == InProgress:
		later(w)
	case claim != Claimed:
		logger.ErrorContext(ctx, "webhook: unknown claim", slog.Int("claim", int(claim)))
		later(w)
	default:
		err := h.run(ctx, ev)
		uncancelled := context.WithoutCancel(ctx) // Pepay hanging up must not leave a claim behind
		if err != nil {
			logger.ErrorContext(ctx, "webhook: handler failed", slog.String("error", err.Error()))
			if err := h.deduper.Release(uncancelled, id); err != nil {
				logger.ErrorContext(ctx, "webhook: release failed", slog.String("error", err.Error()))
			}
			refuse(w, http.StatusInternalServerError, "handler_failed")
			return
		}
		if err := h.deduper.Commit(uncancelled, id); err != nil {
			logger.ErrorContext(ctx, "webhook: commit failed", slog.String("error", err.Error()))
			later(w)
			return
		}
		accept(w)
	}
}

// run calls fn and makes an error of a panic.
func (h *handler) run(ctx context.Context, ev *pepay.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h.fn(ctx, ev)
}

func accept(w http.ResponseWriter) { writeJSON(w, http.StatusOK, map[string]bool{"ok": true}) }

func later(w http.ResponseWriter) {
	w.Header().Set("Retry-After", retryLater)
	refuse(w, http.StatusServiceUnavailable, "try_again")
}

func refuse(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a sender that is gone will come again
}
