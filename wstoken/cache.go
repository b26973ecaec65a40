package wstoken

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	defaultMintTimeout = 10 * time.Second

	// A failure is remembered between these, growing with each in a row.
	minPause = 250 * time.Millisecond
	maxPause = 5 * time.Second
)

// Cache reuses a token for most of its life. It is safe for concurrent use; a
// read that finds a token takes no lock and allocates nothing.
//
// From a point between 60 and 75 % of the observed life, the token is renewed in
// the background while it is still handed out. From 90 %, or from 2 s before the
// end when the life is 20 s or more, callers wait for the new one. At most one
// renewal runs at a time, whatever the number of callers.
//
// A failed renewal does not take a token away that is still valid. Without one,
// failures that can pass are remembered for 250 ms to 5 s, so that an outage is
// not answered with a storm; a refusal (400, 401, 403, no credential) is asked
// for again on the next call, because a key may have been rotated.
type Cache struct {
	src         Source
	mintTimeout time.Duration

	current atomic.Pointer[entry]

	mu       sync.Mutex
	flight   *flight
	failures int       // in a row
	failed   error     // the last one
	pause    time.Time // no renewal before
}

// entry is a token and when to renew it, in Unix milliseconds: the wall
// clock, because the monotonic one stops while a machine sleeps.
type entry struct {
	token           *pepay.WSToken
	soon, now, dead int64
}

// flight is one renewal, and what became of it once done is closed.
type flight struct {
	done  chan struct{}
	token *pepay.WSToken
	err   error
}

// CacheOption configures a [Cache].
type CacheOption func(*Cache)

// WithMintTimeout bounds one renewal, 10 s by default. A renewal outlives the
// caller that began it, since others may be waiting for it. A duration that is
// not positive is ignored.
func WithMintTimeout(d time.Duration) CacheOption {
	return func(c *Cache) {
		if d > 0 {
			c.mintTimeout = d
		}
	}
}

// NewCache makes a Cache of tokens from src.
func NewCache(src Source, opts ...CacheOption) *Cache {
	c := &Cache{src: src, mintTimeout: defaultMintTimeout}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Token returns a valid token, minting one when it must. The token is shared:
// do not change it. A cancelled ctx ends the wait of this caller alone. Errors
// are those of the source.
func (c *Cache) Token(ctx context.Context) (*pepay.WSToken, error) {
	if e := c.current.Load(); e != nil && time.Now().UnixMilli() < e.soon {
		return e.token, nil
	}
	return c.renewed(ctx)
}

// renewed is Token when there is something to renew.
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
		if e.alive() {
			return e.token, nil
		}
		return nil, ctx.Err()
	}
	if f.err != nil && e.alive() {
		return e.token, nil
	}
	return f.token, f.err
}

// renew returns the token at hand, if any, and the renewal to wait for, if any.
// With neither, err is the failure that is being remembered.
func (c *Cache) renew(ctx context.Context) (*entry, *flight, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	e := c.current.Load()
	if !e.alive() {
		e = nil
	}
	if e != nil && now.UnixMilli() < e.soon {
		return e, nil, nil // another caller was faster
	}
	if c.flight == nil {
		if now.Round(0).Before(c.pause) && (e != nil || !permanent(c.failed)) {
			return e, nil, c.failed
		}
		c.flight = &flight{done: make(chan struct{})}
		go c.fly(context.WithoutCancel(ctx), c.flight)
	}
	if e != nil && now.UnixMilli() < e.now {
		return e, nil, nil
	}
	return e, c.flight, nil
}

// fly mints under a limit of its own and publishes the outcome, also when the
// source panics: callers are waiting.
func (c *Cache) fly(ctx context.Context, f *flight) {
	ctx, cancel := context.WithTimeout(ctx, c.mintTimeout)
	f.err = errors.New("wstoken: the source did not return")
	defer func() {
		if p := recover(); p != nil {
			f.token, f.err = nil, fmt.Errorf("wstoken: the source panicked: %v", p)
		}
		cancel()
		c.land(f)
		close(f.done)
	}()
	token, err := c.src.Token(ctx)
	if err == nil && token == nil {
		err = errors.New("wstoken: the source returned no token")
	}
	f.token, f.err = token, err
}

func (c *Cache) land(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight = nil
	now := time.Now().Round(0)
	if f.err != nil {
		c.failed = f.err
		c.pause = now.Add(pauseAfter(c.failures))
		c.failures++
		return
	}
	c.failed, c.failures, c.pause = nil, 0, time.Time{}
	if e := newEntry(f.token, now); e.alive() {
		c.current.Store(e)
	}
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

// newEntry decides when to renew, by the life that is left when the token comes.
func newEntry(token *pepay.WSToken, now time.Time) *entry {
	const longLife, margin = 20 * time.Second, 2 * time.Second
	life := token.ExpiresAt.Sub(now)
	wait := life / 10 * 9
	if life >= longLife {
		wait = life - margin
	}
	early := time.Duration(float64(life) * (0.60 + 0.15*rand.Float64()))
	return &entry{
		token: token,
		soon:  now.Add(early).UnixMilli(),
		now:   now.Add(wait).UnixMilli(),
		dead:  token.ExpiresAt.UnixMilli(),
	}
}

func (e *entry) alive() bool { return e != nil && time.Now().UnixMilli() < e.dead }

// pauseAfter draws how long a failure is remembered, n others having come
// before it.
func pauseAfter(n int) time.Duration {
	ceiling := maxPause
	if n < 4 {
		ceiling = 2 * minPause << n
	}
	return ceiling/2 + rand.N(ceiling/2+1)
}

// permanent reports a refusal, which waiting does not change.
func permanent(err error) bool {
	for _, refusal := range []error{
		wrapper.ErrInvalidRequest, wrapper.ErrUnauthorized, wrapper.ErrForbidden,
		wrapper.ErrNoCredential, wrapper.ErrInvalidArgument,
	} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}
