package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// A list that fails for a while is no gap: frames are held back, and after 25 s the
// connection is dialled again. After 2 min the stream goes on, and says so.
func TestListOutage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		status   int
		lasts    time.Duration // 0: for ever
		times    int           // or so many requests
		header   string        // Retry-After
		second   bool          // but the first page of a walk is there
		stop     bool
		gap      string        // in the reason
		min, max time.Duration // until the missed event comes, or the stream ends
		dials    int           // in all, 0: any
	}{
		{name: "20 s of 503", status: 503, lasts: 20 * time.Second, min: 20 * time.Second, max: 27 * time.Second, dials: 2},
		{name: "20 s of 503, StopOnGap", status: 503, lasts: 20 * time.Second, stop: true, min: 20 * time.Second, max: 27 * time.Second, dials: 2},
		{name: "a minute of 500", status: 500, lasts: time.Minute, min: time.Minute, max: 70 * time.Second},
		{name: "a minute of 429, StopOnGap", status: 429, lasts: time.Minute, stop: true, min: time.Minute, max: 70 * time.Second},
		{name: "500 for ever", status: 500, gap: "could not be asked", min: 115 * time.Second, max: 150 * time.Second},
		{name: "500 for ever, StopOnGap", status: 500, stop: true, gap: "could not be asked", min: 115 * time.Second, max: 150 * time.Second},
		{name: "a Retry-After that is longer than the patience", status: 503, times: 1, header: "40", min: 40 * time.Second, max: 43 * time.Second, dials: 3},
		{name: "a Retry-After of an hour, for ever", status: 429, header: "3600", gap: "could not be asked", min: 115 * time.Second, max: 190 * time.Second, dials: 3},
		{name: "a Retry-After beyond all bounds, for ever", status: 429, header: "99999999999999999999", gap: "could not be asked", min: 115 * time.Second, max: 190 * time.Second, dials: 3},
		{name: "500 for every second page", status: 500, second: true, gap: "could not be asked", min: 115 * time.Second, max: 150 * time.Second},
		{name: "400 for every second page, StopOnGap", status: 400, second: true, stop: true, gap: "could not be asked", min: 115 * time.Second, max: 150 * time.Second},
		{name: "401 once", status: 401, times: 1, max: 2 * time.Second, dials: 2},
		{name: "404 once", status: 404, times: 1, max: 2 * time.Second, dials: 2},
		{name: "401 for ever", status: 401, gap: "no credential", max: 2 * time.Second, dials: 2},
		{name: "403 for ever, StopOnGap", status: 403, stop: true, gap: "no credential", max: 2 * time.Second, dials: 2},
		{name: "400 for ever", status: 400, gap: "could not be asked", max: 2 * time.Second, dials: 2},
		{name: "501 for ever", status: 501, gap: "could not be asked", max: 2 * time.Second, dials: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, worldRules{latency: time.Millisecond})
				first, missed := w.emit(0, false), w.emit(0, false)
				for i := 0; c.second && i < 150; i++ {
					w.emit(0, false)
				}
				began := time.Now()
				requests := 0
				w.refuse = func(r *http.Request) int {
					if c.second && r.URL.Query().Get("starting_after") == "" {
						return 0
					}
					requests++
					if c.times > 0 && requests > c.times || c.lasts > 0 && time.Since(began) >= c.lasts {
						return 0
					}
					return c.status
				}
				w.retryAfter = c.header
				user := &consumer{t: t, rng: rand.New(rand.NewPCG(1, 2))}
				opts := Options{Since: first.id, StopOnGap: c.stop, Backoff: Backoff{Base: 100 * time.Millisecond, Max: time.Second}, Observer: user.observe()}
				user.open = func() *Stream { return Merchant(w.Client, opts) }
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				err := user.run(ctx, func() bool { return true })
				if took := time.Since(began); took < c.min || took > c.max {
					t.Errorf("it took %s, want %s to %s", took, c.min, c.max)
				}
				if stopped := errors.Is(err, ErrGap); stopped != (c.stop && c.gap != "") || err != nil && !stopped {
					t.Errorf("ended with %v", err)
				}
				gaps := fmt.Sprint(user.gaps())
				if c.gap == "" && gaps != "[]" || !strings.Contains(gaps, c.gap) || len(user.resumes) != 1 {
					t.Errorf("the observer heard %+v, want the reason %q once", user.resumes, c.gap)
				}
				if want := c.dials; want != 0 && w.dials != want-1 && w.dials != want {
					t.Errorf("%d dials", w.dials)
				}
				_ = missed
			})
		})
	}
}

// What an outage is remembered for: the next resume does not wait for 2 min again,
// until the list has worked.
func TestListOutageIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{dropAfter: 1})
		w.refuse = func(*http.Request) int { return 500 }
		first := w.emit(0, false)
		began := time.Now()
		user := &consumer{t: t, rng: rand.New(rand.NewPCG(1, 2))}
		opts := Options{Since: first.id, Backoff: Backoff{Base: 100 * time.Millisecond, Max: time.Second}, Observer: user.observe()}
		user.open = func() *Stream { return Merchant(w.Client, opts) }
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for range 10 {
				w.emit(0, false)
				time.Sleep(time.Second)
			}
		}()
		n := 0
		if err := user.run(ctx, func() bool { n++; return n == 10 }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 4*time.Minute || len(user.gaps()) < 2 {
			t.Errorf("ten connections took %s, gaps %v", took, user.gaps())
		}
	})
}

// A client without a key for the list knows at once that it cannot have it.
func TestNoCredentialForTheList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{})
		first := w.emit(0, false)
		w.emit(0, false)
		keyless, err := w.With(wrapper.WithCredential("wsToken", "unused-credential"))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		user := &consumer{t: t, rng: rand.New(rand.NewPCG(1, 2))}
		opts := Options{Since: first.id, Source: fixedToken{}, Observer: user.observe()}
		user.open = func() *Stream { return Merchant(keyless, opts) }
		if err := user.run(t.Context(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		if gaps := user.gaps(); time.Since(began) > time.Second || w.lists != 0 || len(gaps) != 1 || !strings.Contains(gaps[0], "no credential") {
			t.Errorf("after %s and %d requests: %v", time.Since(began), w.lists, gaps)
		}
	})
}
