package wstoken

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// mint is a source whose tokens are numbered, live as long as life says and take
// as long as delay says.
type mint struct {
	life, delay time.Duration
	count       atomic.Int64
	err         atomic.Pointer[error]
}

func (m *mint) Token(ctx context.Context) (*pepay.WSToken, error) {
	n := m.count.Add(1)
	if m.delay > 0 {
		select {
		case <-time.After(m.delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := m.err.Load(); err != nil {
		return nil, *err
	}
	return &pepay.WSToken{
		Token:     pepay.Secret(fmt.Sprint("token-", n)),
		ExpiresAt: pepay.Timestamp{Time: time.Now().Add(m.life)},
	}, nil
}

func (m *mint) fail(err error) { m.err.Store(&err) }

func value(t *testing.T, c *Cache) string {
	t.Helper()
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token.Token.Reveal()
}

func TestColdCacheMintsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute, delay: 50 * time.Millisecond}
		cache := NewCache(src)
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() {
				if token, err := cache.Token(t.Context()); err != nil || token.Token.Reveal() != "token-1" {
					t.Errorf("got %v, %v", token, err)
				}
			})
		}
		wg.Wait()
		if n := src.count.Load(); n != 1 {
			t.Errorf("%d mints", n)
		}
	})
}

// A token is renewed in the background first, and later callers wait for the new one.
func TestRefreshPoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		life       time.Duration
		quiet      time.Duration // no renewal up to here
		background time.Duration // renewal in the background at the latest here
		wait       time.Duration // callers wait from here on
	}{
		{10 * time.Second, 5900 * time.Millisecond, 7600 * time.Millisecond, 9050 * time.Millisecond},
		{time.Minute, 35 * time.Second, 46 * time.Second, 58*time.Second + time.Millisecond},
		{time.Hour, 35 * time.Minute, 46 * time.Minute, 59*time.Minute + 59*time.Second},
	} {
		t.Run(c.life.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := &mint{life: c.life}
				cache := NewCache(src)
				value(t, cache)
				time.Sleep(c.quiet)
				value(t, cache)
				synctest.Wait()
				if n := src.count.Load(); n != 1 {
					t.Fatalf("%d mints at %s", n, c.quiet)
				}
				time.Sleep(c.background - c.quiet)
				if got := value(t, cache); got != "token-1" {
					t.Errorf("at %s a caller waited for %s", c.background, got)
				}
				synctest.Wait()
				if n := src.count.Load(); n != 2 {
					t.Fatalf("%d mints at %s", n, c.background)
				}
				if got := value(t, cache); got != "token-2" {
					t.Errorf("after the renewal got %s", got)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				src := &mint{life: c.life}
				cache := NewCache(src)
				value(t, cache)
				time.Sleep(c.wait)
				if got := value(t, cache); got != "token-2" {
					t.Errorf("at %s got %s without waiting", c.wait, got)
				}
			})
		})
	}
}

func TestRefreshPointsAreJittered(t *testing.T) {
	t.Parallel()
	now := instant{wall: time.Unix(1766320496, 0).UnixNano(), mono: 77}
	first, last := int64(1<<62), int64(0)
	for range 1000 {
		e := newEntry(&pepay.WSToken{ExpiresAt: pepay.Timestamp{Time: time.Unix(1766320596, 0)}}, now)
		first, last = min(first, e.soon), max(last, e.soon)
	}
	if first < now.wall+int64(60*time.Second) || last > now.wall+int64(75*time.Second) || last-first < int64(10*time.Second) {
		t.Errorf("renewals start between %s and %s", time.Duration(first-now.wall), time.Duration(last-now.wall))
	}
}

func TestLifeBeyondEveryCalendar(t *testing.T) {
	t.Parallel()
	src := &mint{life: 1<<63 - 1}
	cache := NewCache(src)
	for range 3 {
		value(t, cache)
	}
	if n := src.count.Load(); n != 1 {
		t.Errorf("%d mints", n)
	}
}

func TestCancelledCallerFailsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute, delay: time.Second}
		cache := NewCache(src)
		impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() { // this one begins the renewal
			start := time.Now()
			if _, err := cache.Token(impatient); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 20*time.Millisecond {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if _, err := cache.Token(t.Context()); err != nil {
				t.Errorf("the patient caller: %v", err)
			}
		})
		wg.Wait()
		if n := src.count.Load(); n != 1 {
			t.Errorf("%d mints", n)
		}
	})
}

func TestMintTimeout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		opts []CacheOption
		want time.Duration
	}{{nil, 10 * time.Second}, {[]CacheOption{WithMintTimeout(time.Second)}, time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			cache := NewCache(&mint{life: time.Minute, delay: time.Hour}, c.opts...)
			start := time.Now()
			if _, err := cache.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != c.want {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		})
	}
}

func TestTransientFailureIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute}
		outage := errors.New("outage")
		src.fail(outage)
		cache := NewCache(src)
		// Callers come every 10 ms for a minute.
		for range 6000 {
			if _, err := cache.Token(t.Context()); !errors.Is(err, outage) {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		// At 2.5 to 5 s a pause, after a few shorter ones.
		if n := src.count.Load(); n < 12 || n > 30 {
			t.Errorf("%d mints in a minute of outage", n)
		}
		src.err.Store(nil)
		time.Sleep(maxPause)
		value(t, cache)
	})
}

func TestRefusalIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403} {
		synctest.Test(t, func(t *testing.T) {
			src := &mint{life: time.Minute}
			src.fail(&wrapper.Error{StatusCode: status})
			cache := NewCache(src)
			for want := range int64(3) {
				var refusal *wrapper.Error
				if _, err := cache.Token(t.Context()); !errors.As(err, &refusal) || refusal.StatusCode != status {
					t.Fatal(err)
				}
				if n := src.count.Load(); n != want+1 {
					t.Errorf("%d: %d mints after %d calls", status, n, want+1)
				}
			}
			src.err.Store(nil) // the key was rotated
			value(t, cache)
		})
	}
}

func TestValidTokenIsServedWhileRenewalFails(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"transient": errors.New("outage"),
		"permanent": &wrapper.Error{StatusCode: 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := &mint{life: time.Minute}
				cache := NewCache(src)
				value(t, cache)
				src.fail(failure)
				for range 5990 { // just under a minute
					time.Sleep(10 * time.Millisecond)
					if got := value(t, cache); got != "token-1" {
						t.Fatalf("got %s", got)
					}
				}
				if n := src.count.Load(); n < 4 || n > 30 {
					t.Errorf("%d mints while renewal failed", n)
				}
				time.Sleep(100 * time.Millisecond)
				if _, err := cache.Token(t.Context()); !errors.Is(err, failure) {
					t.Errorf("after the end of its life: %v", err)
				}
			})
		})
	}
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	src := &mint{life: time.Minute}
	cache := NewCache(src)
	if cache.Invalidate(nil) || cache.Invalidate(&pepay.WSToken{}) {
		t.Error("an empty cache holds nothing")
	}
	first, err := cache.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if cache.Invalidate(nil) || cache.Invalidate(&pepay.WSToken{Token: "another"}) {
		t.Error("only the token that is held is dropped")
	}
	sameValue := *first
	if !cache.Invalidate(&sameValue) || cache.Invalidate(first) {
		t.Error("it is dropped once, by value")
	}
	if value(t, cache) != "token-2" {
		t.Error("the next call mints")
	}
	if cache.Invalidate(first) {
		t.Error("a late rejection must not drop the token that replaced it")
	}
}

func TestSourceThatMisbehaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  SourceFunc
		want string
	}{
		"panic":         {func(context.Context) (*pepay.WSToken, error) { panic("boom") }, "panicked: boom"},
		"runtime error": {func(context.Context) (*pepay.WSToken, error) { return (*mint)(nil).Token(context.Background()) }, "panicked"},
		"exit":          {func(context.Context) (*pepay.WSToken, error) { runtime.Goexit(); return nil, nil }, "did not return"},
		"nothing":       {func(context.Context) (*pepay.WSToken, error) { return nil, nil }, "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cache := NewCache(c.src)
				var wg sync.WaitGroup
				for range 10 {
					wg.Go(func() {
						if _, err := cache.Token(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
							t.Errorf("got %v", err)
						}
					})
				}
				wg.Wait()
			})
		})
	}
}

// A source may call methods of the cache, because the cache holds no lock meanwhile.
func TestSourceMayCallBack(t *testing.T) {
	t.Parallel()
	var cache *Cache
	cache = NewCache(SourceFunc(func(context.Context) (*pepay.WSToken, error) {
		cache.Invalidate(&pepay.WSToken{Token: "x"})
		return &pepay.WSToken{Token: "t", ExpiresAt: pepay.Timestamp{Time: time.Now().Add(time.Minute)}}, nil
	}))
	value(t, cache)
}

func TestContextValuesReachTheSource(t *testing.T) {
	t.Parallel()
	type key struct{}
	cache := NewCache(SourceFunc(func(ctx context.Context) (*pepay.WSToken, error) {
		if ctx.Value(key{}) != "trace" {
			t.Error("the values of the caller's context are lost")
		}
		return &pepay.WSToken{Token: "t", ExpiresAt: pepay.Timestamp{Time: time.Now().Add(time.Minute)}}, nil
	}))
	if _, err := cache.Token(context.WithValue(t.Context(), key{}, "trace")); err != nil {
		t.Fatal(err)
	}
}

func TestCachedReadDoesNotAllocate(t *testing.T) {
	cache := NewCache(&mint{life: time.Hour})
	value(t, cache)
	if n := testing.AllocsPerRun(100, func() { _, _ = cache.Token(t.Context()) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	src := &mint{life: 20 * time.Millisecond}
	cache := NewCache(src)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 2000 {
				token, err := cache.Token(t.Context())
				if errors.Is(err, ErrExpiredToken) {
					continue // on a machine that is busy for 20 ms
				}
				if err != nil || token == nil {
					t.Errorf("got %v, %v", token, err)
					return
				}
				if i == 0 {
					cache.Invalidate(token)
				}
			}
		})
	}
	wg.Wait()
}
