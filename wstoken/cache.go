package wstoken

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const defaultMintTimeout = 10 * time.Second

// ErrExpiredToken is a token that had expired already when the source returned it.
// Most likely, the clock of one of the two machines is wrong.
var ErrExpiredToken = errors.New("wstoken: the token had expired when it arrived")

var (
	errNoToken  = errors.New("wstoken: the source returned no token")
	errNoExpiry = errors.New("wstoken: the source returned a token without ExpiresAt; a Cache cannot tell how long it lives")
	errNoReturn = errors.New("wstoken: the source did not return")
)

// Cache reuses a token for most of its life. It is safe for concurrent use; a
// read that finds a token takes no lock and allocates nothing.
//
// From a point between 60 and 75 % of the observed life, the token is renewed in
// the background while it is still handed out. From 90 %, or from 2 s before the
// end when the life is 20 s or more, callers wait for the new one. At most one
// renewal runs at a time, whatever the number of callers. A wall clock that jumped
// backwards is noticed: the token's ExpiresAt is wrong by then, so it is renewed.
//
// A failed renewal does not take a token away that is still valid. Without one,
// a failure that may pass is remembered for 250 ms to 5 s, so that callers do not
// turn an outage into a storm; a token that has expired on arrival
// ([ErrExpiredToken]) is such a failure. Where the failure has a Retry-After, it is
// remembered for that long, at most a day: a [wrapper.Error] has one, and so does
// any error with a method RetryAfter() time.Duration. A refusal without it (400,
// 401, 403, no credential) is asked for again on the next call, because a key may
// have been rotated.
type Cache struct {
	src         Source
	mintTimeout time.Duration
	clock       func() instant // for tests; nil is the real one
	started     time.Time      // the monotonic clock counts from here

	current atomic.Pointer[entry]

	mu     sync.Mutex
	flight *flight
	failed failure
}

// flight is one renewal. token and err are set once done is closed.
type flight struct {
	done  chan struct{}
	token *pepay.WSToken
	err   error
}

// CacheOption configures a [Cache]. An impossible value is a mistake in the
// program: the option panics and names itself.
type CacheOption func(*Cache)

// WithMintTimeout bounds one renewal, 10 s by default. A renewal outlives the
// caller that began it, since others may be waiting for it.
func WithMintTimeout(d time.Duration) CacheOption {
	if d <= 0 {
		panic("wstoken: WithMintTimeout: must be positive")
	}
	return func(c *Cache) { c.mintTimeout = d }
}

// NewCache makes a Cache of tokens from src. It panics when src is nil.
func NewCache(src Source, opts ...CacheOption) *Cache {
	if src == nil {
		panic("wstoken: NewCache: the source is nil")
	}
	c := &Cache{src: src, mintTimeout: defaultMintTimeout, started: time.Now()}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Token returns a valid token, minting one when it must. The token is shared:
// do not change it. A cancelled ctx ends the wait of this caller alone. Errors
// are those of the source, and [ErrExpiredToken].
func (c *Cache) Token(ctx context.Context) (*pepay.WSToken, error) {
	if e := c.current.Load(); e != nil && e.fresh(c.now()) {
		return e.token, nil
	}
	return c.renewed(ctx)
}

// atHand returns a valid token if that needs no waiting, else nil. It may begin a
// renewal in the background.
func (c *Cache) atHand(ctx context.Context) *pepay.WSToken {
	now := c.now()
	e := c.current.Load()
	if e == nil || e.mustWait(now) {
		return nil
	}
	if !e.fresh(now) {
		_, _, _ = c.renew(ctx)
	}
	return e.token
}

// renewed is Token where the token is missing or due for renewal.
func (c *Cache) renewed(ctx context.Context) (*pepay.WSToken, error) {
	e, f, err := c.renew(ctx)
	if f == nil {
		if e != nil {
			return e.token, nil
		}
		return nil, err
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		if e.alive(c.now()) {
			return e.token, nil
		}
		return nil, ctx.Err()
	}
	if f.err != nil && e.alive(c.now()) {
		return e.token, nil
	}
	return f.token, f.err
}

// renew returns the token at hand, if any, and the renewal to wait for, if any.
// With neither, err is the failure that is being remembered.
func (c *Cache) renew(ctx context.Context) (*entry, *flight, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	e := c.current.Load()
	if !e.alive(now) {
		e = nil
	}
	if e != nil && e.fresh(now) {
		return e, nil, nil // another caller was faster
	}
	if c.flight == nil {
		if c.failed.remembered(now, e != nil) {
			return e, nil, c.failed.err
		}
		c.flight = &flight{done: make(chan struct{})}
		go c.mint(context.WithoutCancel(ctx), c.flight)
	}
	if e != nil && !e.mustWait(now) {
		return e, nil, nil
	}
	return e, c.flight, nil
}

// mint asks the source under a time limit of its own and publishes the outcome, also
// when the source panics: callers are waiting.
func (c *Cache) mint(ctx context.Context, f *flight) {
	ctx, cancel := context.WithTimeout(ctx, c.mintTimeout)
	f.err = errNoReturn
	defer func() {
		if p := recover(); p != nil {
			f.token, f.err = nil, fmt.Errorf("wstoken: the source panicked: %v", p)
		}
		cancel()
		c.finish(f)
		close(f.done)
	}()
	f.token, f.err = c.src.Token(ctx)
}

// finish keeps the token of a renewal, or remembers why there is none.
func (c *Cache) finish(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight = nil
	now := c.now()
	if f.err == nil {
		f.err = c.keep(f.token, now)
	}
	if f.err != nil {
		f.token = nil
		c.failed.add(f.err, now)
		return
	}
	c.failed = failure{}
}

func (c *Cache) keep(token *pepay.WSToken, now instant) error {
	switch {
	case token == nil || token.Token == "":
		return errNoToken
	case token.ExpiresAt.IsZero():
		return errNoExpiry
	}
	e := newEntry(token, now)
	if !e.alive(now) {
		return ErrExpiredToken
	}
	c.current.Store(e)
	return nil
}

// Invalidate drops the cached token if it is the one that was rejected, and
// reports whether it did. When the cache holds another one by now, that one may
// well be good. It does not mint; the next call of Token does.
func (c *Cache) Invalidate(rejected *pepay.WSToken) bool {
	e := c.current.Load()
	if rejected == nil || e == nil || e.token.Token != rejected.Token {
		return false
	}
	return c.current.CompareAndSwap(e, nil)
}

// replaceable reports whether a token minted in place of this one may live for so
// long: this one did when it arrived.
func (c *Cache) replaceable(token *pepay.WSToken, life time.Duration) bool {
	e := c.current.Load()
	return e == nil || e.token != token || e.life >= int64(life)
}
