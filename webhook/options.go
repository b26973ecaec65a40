package webhook

import "log/slog"

// HandlerOption configures [Verifier.Handler]. An impossible value is a mistake in
// the program: the option panics and names itself.
type HandlerOption func(*handler)

// WithDeduper sets the [Deduper], which makes sure that an event is handled once.
// The default is a [NewMemoryDeduper] of the handler's own.
func WithDeduper(d Deduper) HandlerOption {
	if d == nil {
		panic("webhook: WithDeduper: the deduper is nil")
	}
	return func(h *handler) { h.deduper = d }
}

// WithMaxBytes sets the most bytes a body may have, 1 MiB by default.
func WithMaxBytes(n int64) HandlerOption {
	if n <= 0 {
		panic("webhook: WithMaxBytes: must be positive")
	}
	return func(h *handler) { h.maxBytes = n }
}

// WithLogger logs why deliveries were refused or failed, and which fields of an
// event could not be read. Records hold event ids, types and errors, never a body,
// a signature or a secret. The default logs nothing.
func WithLogger(l *slog.Logger) HandlerOption {
	if l == nil {
		panic("webhook: WithLogger: the logger is nil")
	}
	return func(h *handler) { h.logger = l }
}

// WithObserver tells o about every delivery. There is no observer by default.
func WithObserver(o Observer) HandlerOption {
	return func(h *handler) { h.observer = o }
}
