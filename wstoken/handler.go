package wstoken

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	maxBody        = 4 << 10
	maxUpstream    = 16 // sources asked at the same time
	defaultMinLife = 10 * time.Second
)

// handler answers with a token. What it refuses, it refuses with a code that
// says nothing about Pepay or the key.
type handler struct {
	src       func(pepay.WSTokenScope) Source
	authorize func(*http.Request) (pepay.WSTokenScope, error)
	origins   origins
	limit     *rateLimit
	minLife   time.Duration
	logger    *slog.Logger
	upstream  chan struct{} // a place for each source that is asked
}

// HandlerOption configures [Handler]. A value that cannot be meant makes Handler
// panic, with the option's name: it is a mistake in the program.
type HandlerOption func(*handler)

// WithMinLife sets the life a token must have left to be handed out, 10 s by
// default. A [Cache] that holds less is invalidated and asked once more.
func WithMinLife(d time.Duration) HandlerOption {
	return func(h *handler) {
		if d < 0 {
			panic("wstoken: WithMinLife: must not be negative")
		}
		h.minLife = d
	}
}

// WithLogger says what went wrong: the client is not told. Records hold no
// token, key or header. The default is silence.
func WithLogger(l *slog.Logger) HandlerOption {
	return func(h *handler) {
		if l == nil {
			panic("wstoken: WithLogger: the logger is nil")
		}
		h.logger = l
	}
}

// Handler serves ws_tokens to a merchant's own signed-in browser and mobile
// clients, at a path of the merchant's choice.
//
// A token of scope merchant reads the events of the whole account: every
// customer's invoices, payments and wallets. Hand it to the merchant's staff, on
// a dashboard, never to shoppers. A token of scope commerce does the same for
// commerce orders.
//
// authorize decides, for every request, who asks: a scope to mint, or an error,
// which answers 403 and says nothing more. src gives the source for a scope, best
// a [Cache]; it is asked by 16 requests at a time at most.
//
// The handler answers POST with
//
//	{"token": "…", "scope": "merchant", "expires_at": 1766320496, "ws_url": "wss://…"}
//
// never to be stored, and with a Date header, so that a page computes the life
// that is left without trusting its own clock. Requests from other origins are
// refused (403) unless [WithAllowedOrigins] lists them; a request without Origin
// and Sec-Fetch-Site does not come from a browser and is let through to authorize.
// A body of more than 4 KiB is 413, another method 405. When Pepay does not give a
// token, the answer is 502 {"error":"ws_token_unavailable"}, or 429 with
// Retry-After; a panic in authorize or src is 500. It is safe for concurrent use.
//
// Reading the request is bounded in size and not in time: set ReadTimeout on the
// [http.Server].
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token.
func Handler(src func(pepay.WSTokenScope) Source, authorize func(*http.Request) (pepay.WSTokenScope, error), opts ...HandlerOption) http.Handler {
	if src == nil || authorize == nil {
		panic("wstoken: Handler: src and authorize must not be nil")
	}
	h := &handler{
		src:       src,
		authorize: authorize,
		origins:   newOrigins(),
		minLife:   defaultMinLife,
		logger:    slog.New(slog.DiscardHandler),
		upstream:  make(chan struct{}, maxUpstream),
	}
	for _, opt := range opts {
		opt(h)
	}
	return h
}

// refusal is an answer that is not a token.
type refusal struct {
	status     int
	code       string
	retryAfter time.Duration
}

var (
	refuseMethod   = &refusal{status: http.StatusMethodNotAllowed, code: "method_not_allowed"}
	refuseOrigin   = &refusal{status: http.StatusForbidden, code: "origin_not_allowed"}
	refusePerson   = &refusal{status: http.StatusForbidden, code: "forbidden"}
	refuseBody     = &refusal{status: http.StatusRequestEntityTooLarge, code: "body_too_large"}
	refuseBroken   = &refusal{status: http.StatusBadRequest, code: "bad_request"}
	refuseInternal = &refusal{status: http.StatusInternalServerError, code: "internal"}
	refuseUpstream = &refusal{status: http.StatusBadGateway, code: "ws_token_unavailable"}
)

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	h.origins.allow(header, r)
	switch {
	case r.Method == http.MethodOptions && h.origins.preflight(header, r):
		w.WriteHeader(http.StatusNoContent)
		return
	case r.Method == http.MethodOptions:
		refuseOrigin.write(w)
		return
	case r.Method != http.MethodPost:
		header.Set("Allow", "POST, OPTIONS")
		refuseMethod.write(w)
		return
	}
	token, refused := h.serve(w, r)
	if refused != nil {
		refused.write(w)
		return
	}
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat)) // the moment expires_at is to be compared with
	writeJSON(w, http.StatusOK, struct {
		Token     string             `json:"token"`
		Scope     pepay.WSTokenScope `json:"scope"`
		ExpiresAt int64              `json:"expires_at"`
		WSURL     string             `json:"ws_url"`
	}{token.Token.Reveal(), token.Scope, token.ExpiresAt.Unix(), token.WSURL})
}

// serve decides on a POST. It catches the panics of the functions it was given.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) (token *pepay.WSToken, refused *refusal) {
	defer h.rescue(r.Context(), &token, &refused)
	if err := h.origins.protection.Check(r); err != nil {
		return nil, refuseOrigin
	}
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, refuseBody
		}
		return nil, refuseBroken
	}
	scope, err := h.authorize(r)
	if err != nil {
		h.logger.DebugContext(r.Context(), "wstoken: refused", slog.String("reason", err.Error()))
		return nil, refusePerson
	}
	if wait := h.limit.take(r); wait > 0 {
		return nil, &refusal{http.StatusTooManyRequests, "rate_limited", wait}
	}
	token, err = h.token(r.Context(), h.src(scope))
	if err != nil {
		return nil, h.upstreamFailed(r, err)
	}
	return token, nil
}

// rescue makes an answer of a panic, unless it is the one that asks for none.
func (h *handler) rescue(ctx context.Context, token **pepay.WSToken, refused **refusal) {
	p := recover()
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	if p != nil {
		h.logger.ErrorContext(ctx, "wstoken: panic", slog.String("panic", fmt.Sprint(p)))
		*token, *refused = nil, refuseInternal
	}
}

var errShortLife = errors.New("the token is about to expire")

// token asks the source, with a bound on how many do so at a time.
func (h *handler) token(ctx context.Context, src Source) (*pepay.WSToken, error) {
	if src == nil {
		return nil, errors.New("there is no source for this scope")
	}
	select {
	case h.upstream <- struct{}{}:
		defer func() { <-h.upstream }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	token, err := src.Token(ctx)
	if err != nil || h.lasts(token) {
		return token, err
	}
	if cache, ok := src.(interface{ Invalidate(*pepay.WSToken) bool }); ok {
		cache.Invalidate(token)
		if token, err = src.Token(ctx); err != nil || h.lasts(token) {
			return token, err
		}
	}
	return nil, errShortLife
}

func (h *handler) lasts(token *pepay.WSToken) bool {
	return token != nil && time.Until(token.ExpiresAt.Time) >= h.minLife
}

// upstreamFailed tells the log why, and the client nothing.
func (h *handler) upstreamFailed(r *http.Request, err error) *refusal {
	attr := slog.String("error", err.Error())
	var failure *wrapper.Error
	if errors.As(err, &failure) {
		attr = slog.Any("error", failure)
	}
	h.logger.ErrorContext(r.Context(), "wstoken: no token", attr)
	if errors.Is(err, wrapper.ErrRateLimited) {
		wait := time.Second
		if failure != nil {
			wait = max(wait, failure.RetryAfter)
		}
		return &refusal{http.StatusTooManyRequests, "rate_limited", wait}
	}
	return refuseUpstream
}

func (f *refusal) write(w http.ResponseWriter) {
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retryAfter.Seconds()))))
	}
	writeJSON(w, f.status, map[string]string{"error": f.code})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that is gone is nobody to tell
}
