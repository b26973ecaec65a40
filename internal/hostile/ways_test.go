package hostile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// way is a way into the SDK: something that a program does and an attacker can reach.
type way struct {
	name   string
	prefix string // of the paths that are attacked
	run    func(ctx context.Context, client *wrapper.Client) error
	// requests and within bound what the way does when nobody gives it a deadline.
	requests int64
	within   time.Duration
	// follows: the way goes on until its context ends, and within is how long it may. It
	// does not give up before: then it has asked at least so often.
	follows bool
	least   int64
	// answers: the error is one of the wrapper, with its sentinels.
	answers bool
	// limit is the most that the client reads of an answer; 0 for the client's own.
	limit int64
}

const (
	attempts = 3 // of a call
	// defaultLimit is the most that a client reads of an answer. One way keeps it. The
	// others have a smaller one: they read by the same code, and some of them often.
	defaultLimit = 8 << 20
	limit        = 1 << 20
)

// options are those of the way's client.
func (w way) options() []wrapper.Option {
	if w.limit == 0 {
		return nil
	}
	return []wrapper.Option{wrapper.WithMaxResponseBytes(w.limit)}
}

func ways() []way {
	const (
		// Three timeouts of 30 s, and the longest pauses between them.
		patience = 3*30*time.Second + 500*time.Millisecond + time.Second
		watched  = 10 * time.Minute
	)
	return []way{
		{name: "a read", prefix: "/api/", requests: attempts, within: patience, answers: true, run: func(ctx context.Context, client *wrapper.Client) error {
			_, err := client.Invoices.Get(ctx, invoiceID, wrapper.InvoiceExpand{})
			return err
		}},
		{name: "a write", limit: limit, prefix: "/api/", requests: attempts, within: patience, answers: true, run: func(ctx context.Context, client *wrapper.Client) error {
			_, err := client.Invoices.Create(ctx, newInvoice())
			return err
		}},
		{name: "the generated client", limit: limit, prefix: "/api/", requests: attempts, within: patience, answers: true, run: func(ctx context.Context, client *wrapper.Client) error {
			_, err := client.API().GetEventWithResponse(ctx, "evt_1")
			return err
		}},
		{name: "a walk over pages", limit: limit, prefix: "/api/", requests: attempts, within: patience, answers: true, run: func(ctx context.Context, client *wrapper.Client) error {
			for _, err := range client.Events.All(ctx, wrapper.EventParams{}) {
				return err
			}
			return nil
		}},
		// A mint has 10 s of its own, whoever waits for it.
		{name: "a cached token", limit: limit, prefix: "/api/", requests: attempts, within: 10 * time.Second, answers: true, run: func(ctx context.Context, client *wrapper.Client) error {
			cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{}))
			_, err := cache.Token(ctx)
			return err
		}},
		{name: "the endpoint for browsers", limit: limit, prefix: "/api/", requests: attempts, within: 10 * time.Second, run: tokenEndpoint},
		// The first dial and one after each pause, which is 30 s in the end.
		{name: "a stream that dials", limit: limit, prefix: "/ws/", requests: 80, within: watched, follows: true, least: 9, run: follow(stream.Options{})},
		// A list is asked for again for 25 s, then the connection is dialled again; after 2 min
		// the stream goes on without it.
		{name: "a stream that lists what was missed", limit: limit / 8, prefix: "/api/v1/events", requests: 160, within: watched, follows: true, run: catchUp},
	}
}

// tokenEndpoint asks our endpoint for browsers, and makes an error of what it answers.
func tokenEndpoint(ctx context.Context, client *wrapper.Client) error {
	cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{}))
	handler := wstoken.Handler(
		func(pepay.WSTokenScope) wstoken.Source { return cache },
		func(*http.Request) (pepay.WSTokenScope, error) { return pepay.WSTokenScopeMerchant, nil },
	)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", http.NoBody))
	switch text := strings.TrimSpace(w.Body.String()); {
	case w.Code == http.StatusOK:
		return nil
	case ctx.Err() != nil: // nobody waits for the answer
		return ctx.Err()
	case w.Code != http.StatusBadGateway && w.Code != http.StatusTooManyRequests && w.Code != http.StatusServiceUnavailable, len(text) > 100:
		return fmt.Errorf("%w: %d %s", errUnexpected, w.Code, text)
	default:
		return fmt.Errorf("answered %d %s", w.Code, text)
	}
}

var errUnexpected = errors.New("unexpected")

// catchUp is follow after a cursor. Whatever happens to the list, the stream goes on, by
// the end of the time that it tries to get it.
func catchUp(ctx context.Context, client *wrapper.Client) error {
	live := false
	err := follow(stream.Options{Since: "evt_1700000000000-1", Observer: stream.Observer{
		OnState: func(s stream.State, _ error) { live = live || s == stream.StateLive },
	}})(ctx, client)
	if !live && ctx.Err() == context.DeadlineExceeded {
		return fmt.Errorf("%w: still not live: %w", errUnexpected, err)
	}
	return err
}

func follow(o stream.Options) func(context.Context, *wrapper.Client) error {
	return func(ctx context.Context, client *wrapper.Client) error {
		for ev, err := range stream.Merchant(client, o).Events(ctx) {
			if err != nil {
				return err
			}
			return fmt.Errorf("%w: event %s", errUnexpected, ev.ID)
		}
		return nil
	}
}
