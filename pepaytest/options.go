package pepaytest

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// Option configures a [Server]. A bad value is an error of [Start] and fails the
// test in [NewServer].
type Option func(*config) error

type config struct {
	keys           map[string]Key
	keyLimit       int
	seed           string
	statePath      string
	stateErrors    func(error)
	accounts       map[int64]Account
	revocation     Revocation
	now            func() time.Time
	minTTL, maxTTL int64 // seconds; no maximum is 0
	paymentTTL     time.Duration
	quotes         map[int64]server.QuoteStatusCode // by token
	listener       net.Listener
	hosts          map[string]bool // names that a request may have as its Host
	ownClock       bool            // not the system's, so that no timer follows it
	retention      int
	oldCursor      OldCursorAnswer
	closeOnExpiry  bool
	notice         func(Notice) any
	requestLog     func(Request)
	consoleToken   pepay.Secret
	consolePage    http.Handler
	webhook        webhookConfig
	catalogue      catalogue
	commerce       CommerceRules
}

func newConfig(opts []Option) (*config, error) {
	c := &config{keys: defaultKeys(), keyLimit: defaultKeyLimit, now: time.Now, minTTL: 1, paymentTTL: defaultPaymentTokenTTL, retention: defaultRetention, notice: defaultNotice, webhook: defaultWebhooks(), catalogue: newCatalogue()}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("pepaytest: nil Option")
		}
		if err := opt(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// WithClock replaces the clock that dates answers, recorded requests, events,
// tokens and deliveries to webhooks, and by which tokens expire. The default is [time.Now]. It does not slow down or speed up [Latency] and retries. now is
// called from many goroutines at once.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("pepaytest: WithClock: nil clock")
		}
		c.now, c.ownClock = now, true
		return nil
	}
}

// WithTokenTTL sets the shortest and the longest life a ws_token may be asked
// for; anything outside answers 400. The default is at least 1 s and no maximum,
// because Pepay documents neither; a longest of 0 means no maximum. Lives are whole
// seconds, so shortest is rounded up and longest down. A request that names no life gets
// 60 s, or the bound closest to that. A negative bound, or a longest below shortest, is an
// error.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token
func WithTokenTTL(shortest, longest time.Duration) Option {
	return func(c *config) error {
		lo, hi := int64(shortest/time.Second), int64(longest/time.Second)
		if shortest%time.Second > 0 {
			lo++
		}
		switch {
		case shortest < 0 || longest < 0:
			return errors.New("pepaytest: WithTokenTTL: negative bound")
		case longest > 0 && (hi < lo || hi == 0): // 0 would mean no maximum
			return errors.New("pepaytest: WithTokenTTL: no whole second lies between the two bounds")
		}
		c.minTTL, c.maxTTL = lo, hi
		return nil
	}
}

// WithListener serves on l instead of a TCP port of its own: a listener in
// memory, for tests in a testing/synctest bubble. It wins over the address given
// to [Start], and the server closes it. When l has a method
//
//	DialContext(ctx context.Context, network, address string) (net.Conn, error)
//
// [Server.Client] dials with it.
func WithListener(l net.Listener) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("pepaytest: WithListener: nil listener")
		}
		c.listener = l
		return nil
	}
}
