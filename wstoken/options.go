package wstoken

import (
	"log/slog"
	"time"
)

const defaultMinLife = 10 * time.Second

// HandlerOption configures [Handler]. An impossible value is a mistake in the
// program: the option panics and names itself.
type HandlerOption func(*handler)

// WithMinLife sets the life a token must have left to be handed out, 10 s by
// default. A [Cache] that holds less is invalidated and asked once more.
func WithMinLife(d time.Duration) HandlerOption {
	if d < 0 {
		panic("wstoken: WithMinLife: must not be negative")
	}
	return func(h *handler) { h.minLife = d }
}

// WithLogger logs what went wrong, because the client is not told. Records hold no
// token, key or header. The default logs nothing.
func WithLogger(l *slog.Logger) HandlerOption {
	if l == nil {
		panic("wstoken: WithLogger: the logger is nil")
	}
	return func(h *handler) { h.logger = l }
}
