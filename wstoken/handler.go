package wstoken

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// maxBody is the most bytes a request may have.
const maxBody = 4 << 10

// ErrNotSignedIn is what the authorize function of [Handler] returns, or wraps,
// when nobody is signed in. The answer is 401 then, and 403 for any other error.
var ErrNotSignedIn = errors.New("wstoken: not signed in")

// handler answers with a token, or with an error code that reveals nothing about Pepay
// or the key.
type handler struct {
	src       func(pepay.WSTokenScope) Source
	authorize func(*http.Request) (pepay.WSTokenScope, error)
	origins   origins
	limit     *rateLimit
	minLife   time.Duration
	logger    *slog.Logger
	places    places
}

// Handler serves ws_tokens to a merchant's own signed-in browser and mobile
// clients, at a path of the merchant's choice.
//
// A token of scope merchant reads the events of the whole account: every
// customer's invoices, payments and wallets. Hand it to the merchant's staff, on
// a dashboard, never to shoppers. A token of scope commerce does the same for
// commerce orders.
//
// authorize is called for every request. It returns the scope of the token to hand
// out, or an error. It may read the body. src gives the source for a
// scope, best a [Cache]. Of each scope, 16 requests at a time wait for a source at
// most; a token that a Cache has at hand is handed out without waiting.
//
// The handler answers POST with
//
//	{"token": "…", "scope": "merchant", "expires_at": 1766320496, "expires_in": 57, "ws_url": "wss://…"}
//
// never to be stored. expires_in is the life that is left, in whole seconds, so
// that a page does not have to trust its own clock. Everything else is answered
// with {"error": code}:
//
//	400  bad_request: the body broke off
//	401  not_signed_in: authorize returned ErrNotSignedIn
//	403  forbidden: authorize returned another error
//	403  origin_not_allowed: a page of another origin asks, and WithAllowedOrigins does not list it
//	405  method_not_allowed
//	413  body_too_large: more than 4 KiB, or more than an http.MaxBytesReader around the handler lets through
//	429  rate_limited, with Retry-After: by WithRateLimit, or by Pepay
//	500  internal: authorize, src or the key function of WithRateLimit panicked
//	502  ws_token_unavailable: Pepay gave no token
//
// A request without Origin and Sec-Fetch-Site does not come from a browser, so that
// authorize alone decides. The handler is safe for concurrent use.
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
	}
	for _, opt := range opts {
		opt(h)
	}
	return h
}

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
	writeToken(w, token)
}

// serve handles a POST. It recovers panics of the merchant's functions.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) (token *pepay.WSToken, refused *refusal) {
	ctx := r.Context()
	defer h.rescue(ctx, &token, &refused)
	if err := h.origins.protection.Check(r); err != nil {
		return nil, refuseOrigin
	}
	if r, refused = withBody(w, r); refused != nil {
		return nil, refused
	}
	scope, err := h.authorize(r)
	if err != nil {
		h.logger.DebugContext(ctx, "wstoken: refused", slog.String("reason", err.Error()))
		if errors.Is(err, ErrNotSignedIn) {
			return nil, refuseSignIn
		}
		return nil, refusePerson
	}
	if wait := h.limit.take(r); wait > 0 {
		return nil, &refusal{http.StatusTooManyRequests, "rate_limited", wait}
	}
	token, err = h.token(ctx, scope)
	if err != nil {
		return nil, h.upstreamFailed(ctx, err)
	}
	return token, nil
}

// withBody returns the request with its whole body in memory, for authorize to
// read.
func withBody(w http.ResponseWriter, r *http.Request) (*http.Request, *refusal) {
	if r.Body == nil {
		return r, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge):
		return r, refuseBody
	case err != nil:
		return r, refuseBroken
	}
	replayed := *r // the caller's request stays as it is
	replayed.Body = io.NopCloser(bytes.NewReader(body))
	return &replayed, nil
}

// rescue turns a panic into an answer, but for http.ErrAbortHandler.
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

var (
	errNoSource  = errors.New("wstoken: there is no source for this scope")
	errShortLife = errors.New("wstoken: the token has less life left than WithMinLife asks for")
)

// token asks the source. Waiting for it takes a place among those of its scope.
func (h *handler) token(ctx context.Context, scope pepay.WSTokenScope) (*pepay.WSToken, error) {
	src := h.src(scope)
	if src == nil {
		return nil, errNoSource
	}
	if cache, ok := src.(interface {
		atHand(context.Context) *pepay.WSToken
	}); ok {
		if token := cache.atHand(ctx); h.lasts(token) {
			return token, nil
		}
	}
	giveBack, err := h.places.take(ctx, scope)
	if err != nil {
		return nil, err
	}
	defer giveBack()
	token, err := src.Token(ctx)
	if err != nil || h.lasts(token) {
		return token, err
	}
	if cache, ok := src.(interface {
		replaceable(*pepay.WSToken, time.Duration) bool
	}); ok && !cache.replaceable(token, h.minLife) {
		return nil, errShortLife // a new token would be no better, and each request would mint one
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

// upstreamFailed logs why there is no token, and tells the client nothing but how
// long to wait.
func (h *handler) upstreamFailed(ctx context.Context, err error) *refusal {
	attr := slog.String("error", err.Error())
	var failure *wrapper.Error
	if errors.As(err, &failure) {
		attr = slog.Any("error", failure)
	}
	h.logger.ErrorContext(ctx, "wstoken: no token", attr)
	wait := retryAfterOf(err)
	if errors.Is(err, wrapper.ErrRateLimited) {
		return &refusal{http.StatusTooManyRequests, "rate_limited", max(wait, time.Second)}
	}
	return &refusal{http.StatusBadGateway, "ws_token_unavailable", wait}
}
