package wstoken

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// A token that nobody can use counts as a failed mint: it is asked for no more
// often than during any other outage.
func TestTokensThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) func() *pepay.WSToken {
		return func() *pepay.WSToken {
			return &pepay.WSToken{Token: "canary", ExpiresAt: pepay.Timestamp{Time: time.Now().Add(d)}}
		}
	}
	for _, c := range []struct {
		name  string
		token func() *pepay.WSToken
		want  error
	}{
		{"expired a second ago", at(-time.Second), ErrExpiredToken},
		{"expires just now", at(0), ErrExpiredToken},
		{"expired in 1970", func() *pepay.WSToken {
			return &pepay.WSToken{Token: "canary", ExpiresAt: pepay.Timestamp{Time: time.Unix(1, 0)}}
		}, ErrExpiredToken},
		{"without ExpiresAt", func() *pepay.WSToken { return &pepay.WSToken{Token: "canary"} }, errNoExpiry},
		{"without a value", func() *pepay.WSToken { return &pepay.WSToken{ExpiresAt: at(time.Hour)().ExpiresAt} }, errNoToken},
		{"none", func() *pepay.WSToken { return nil }, errNoToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				mints := 0
				cache := NewCache(SourceFunc(func(context.Context) (*pepay.WSToken, error) { mints++; return c.token(), nil }))
				for range 6000 { // a call every 10 ms for a minute
					token, err := cache.Token(t.Context())
					if token != nil || !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "wstoken: ") || strings.Contains(err.Error(), "canary") {
						t.Fatalf("got %v, %v, want %v", token, err, c.want)
					}
					time.Sleep(10 * time.Millisecond)
				}
				if mints < 12 || mints > 30 {
					t.Errorf("%d mints in a minute", mints)
				}
			})
		})
	}
}

// A renewal that returns an expired token leaves the valid one in place.
func TestExpiredRenewalLeavesTheValidToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute}
		cache := NewCache(src)
		value(t, cache)
		src.life = -time.Second
		for range 59 {
			time.Sleep(time.Second)
			if got := value(t, cache); got != "token-1" {
				t.Fatalf("got %s", got)
			}
		}
		time.Sleep(time.Second)
		if _, err := cache.Token(t.Context()); !errors.Is(err, ErrExpiredToken) {
			t.Errorf("after its life: %v", err)
		}
		src.life = time.Minute
		time.Sleep(maxPause)
		value(t, cache)
	})
}

type waits time.Duration

func (w waits) Error() string             { return "a source of another kind" }
func (w waits) RetryAfter() time.Duration { return time.Duration(w) }

// A failure with a Retry-After is remembered for that long, whatever its status.
func TestFailureIsRememberedForItsRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want time.Duration
	}{
		{"429", &wrapper.Error{StatusCode: 429, RetryAfter: 90 * time.Second}, 90 * time.Second},
		{"503", &wrapper.Error{StatusCode: 503, RetryAfter: time.Hour}, time.Hour},
		{"403", &wrapper.Error{StatusCode: 403, RetryAfter: time.Minute}, time.Minute},
		{"wrapped", fmt.Errorf("mint: %w", &wrapper.Error{StatusCode: 429, RetryAfter: 2 * time.Minute}), 2 * time.Minute},
		{"of another source", waits(3 * time.Minute), 3 * time.Minute},
		{"of another source, wrapped", fmt.Errorf("mint: %w", waits(3*time.Minute)), 3 * time.Minute},
		{"a year", waits(365 * 24 * time.Hour), maxRetryAfter},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := &mint{life: time.Hour}
				src.fail(c.err)
				cache := NewCache(src)
				for range 100 { // up to a second before its end
					if _, err := cache.Token(t.Context()); !errors.Is(err, c.err) {
						t.Fatal(err)
					}
					time.Sleep((c.want - time.Second) / 100)
				}
				if n := src.count.Load(); n != 1 {
					t.Errorf("%d mints in %s", n, c.want)
				}
				src.err.Store(nil)
				time.Sleep(time.Second + 100*time.Nanosecond) // the division above rounds
				value(t, cache)
			})
		})
	}
}

// A Retry-After of zero or less is ignored.
func TestRetryAfterThatSaysNothing(t *testing.T) {
	t.Parallel()
	for _, err := range []error{waits(0), waits(-time.Hour), &wrapper.Error{StatusCode: 429}} {
		synctest.Test(t, func(t *testing.T) {
			src := &mint{life: time.Hour}
			src.fail(err)
			cache := NewCache(src)
			if _, got := cache.Token(t.Context()); !errors.Is(got, err) {
				t.Fatal(got)
			}
			src.err.Store(nil)
			time.Sleep(2 * minPause)
			value(t, cache)
		})
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		for range 100 {
			if pause := pauseAfter(n); pause < minPause || pause > maxPause {
				t.Fatalf("after %d failures the pause is %s", n, pause)
			}
		}
	}
}

// clocks is a machine whose two clocks can be moved apart.
type clocks struct{ instant }

func (c *clocks) pass(d time.Duration) {
	c.wall += int64(d)
	c.mono += int64(d)
}
func (c *clocks) set(d time.Duration)   { c.wall += int64(d) }
func (c *clocks) sleep(d time.Duration) { c.wall += int64(d) }

// cacheOn is a cache of tokens that live a minute by the clocks' wall time.
func cacheOn(c *clocks) (*Cache, *mint) {
	src := &mint{}
	cache := NewCache(SourceFunc(func(ctx context.Context) (*pepay.WSToken, error) {
		token, err := src.Token(ctx)
		if err == nil {
			token.ExpiresAt = pepay.Timestamp{Time: time.Unix(0, c.wall).Add(time.Minute)}
		}
		return token, err
	}))
	cache.clock = func() instant { return c.instant }
	return cache, src
}

// The wall clock may be set while a token is held.
func TestWallClockThatIsSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		run   func(*clocks)
		mints int64 // in all, afterwards
	}{
		{"nothing happens", func(c *clocks) { c.pass(30 * time.Second) }, 1},
		{"an hour back", func(c *clocks) { c.pass(30 * time.Second); c.set(-time.Hour) }, 2},
		{"back, at once", func(c *clocks) { c.set(-time.Hour) }, 2},
		{"40 s back", func(c *clocks) { c.pass(50 * time.Second); c.set(-40 * time.Second) }, 2},
		{"back by 3.5 s", func(c *clocks) { c.pass(10 * time.Second); c.set(-3500 * time.Millisecond) }, 2},
		{"steered by 1 s", func(c *clocks) { c.pass(10 * time.Second); c.set(-time.Second) }, 1},
		{"forward, within its life", func(c *clocks) { c.pass(10 * time.Second); c.set(20 * time.Second) }, 1},
		{"forward, beyond its life", func(c *clocks) { c.pass(10 * time.Second); c.set(time.Hour) }, 2},
		{"the machine slept within its life", func(c *clocks) { c.pass(time.Second); c.sleep(20 * time.Second) }, 1},
		{"the machine slept beyond its life", func(c *clocks) { c.pass(time.Second); c.sleep(time.Hour) }, 2},
		{"back, and its life passes", func(c *clocks) { c.set(-time.Second); c.pass(time.Minute) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := &clocks{instant{wall: time.Unix(1766320496, 0).UnixNano(), mono: int64(5 * time.Second)}}
			cache, src := cacheOn(now)
			value(t, cache)
			c.run(now)
			if got, want := value(t, cache), fmt.Sprint("token-", c.mints); got != want || src.count.Load() != c.mints {
				t.Errorf("got %s after %d mints, want %s", got, src.count.Load(), want)
			}
		})
	}
}

// After the clock was set back, a token that cannot be renewed serves for the life
// it really has, and a failure is not remembered for the hour of the jump.
func TestWallClockSetBackWhileRenewalFails(t *testing.T) {
	t.Parallel()
	now := &clocks{instant{wall: time.Unix(1766320496, 0).UnixNano()}}
	cache, src := cacheOn(now)
	value(t, cache)
	src.fail(errors.New("outage"))
	now.pass(10 * time.Second)
	now.set(-time.Hour)
	if got := value(t, cache); got != "token-1" {
		t.Errorf("got %s", got)
	}
	now.pass(51 * time.Second)
	if token, err := cache.Token(t.Context()); err == nil {
		t.Errorf("61 s after it was minted for a minute: %s", token.Token.Reveal())
	}
	mints := src.count.Load()
	now.set(-time.Hour)
	now.pass(maxPause)
	src.err.Store(nil)
	value(t, cache)
	if src.count.Load() != mints+1 {
		t.Errorf("%d mints", src.count.Load()-mints)
	}
}

func TestImpossibleCacheOptionsPanic(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(){
		"WithMintTimeout":          func() { NewCache(&mint{}, WithMintTimeout(0)) },
		"WithMintTimeout: must be": func() { NewCache(&mint{}, WithMintTimeout(-time.Second)) },
		"NewCache":                 func() { NewCache(nil) },
	} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.HasPrefix(p, "wstoken: "+name) {
					t.Errorf("%s: %s", name, p)
				}
			}()
			build()
		}()
	}
}
