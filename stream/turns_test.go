package stream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// line is a replica's connection to the lease, which can be cut.
type line struct {
	Lease
	mu    sync.Mutex
	cut   bool // calls get no answer and have no effect
	fails error
}

func (l *line) set(cut bool, fails error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut, l.fails = cut, fails
}

func (l *line) pass(ctx context.Context) error {
	l.mu.Lock()
	cut, fails := l.cut, l.fails
	l.mu.Unlock()
	if cut {
		<-ctx.Done()
		return ctx.Err()
	}
	return fails
}

func (l *line) Acquire(ctx context.Context, holder string, life time.Duration) (Term, error) {
	if err := l.pass(ctx); err != nil {
		return Term{}, err
	}
	return l.Lease.Acquire(ctx, holder, life)
}

func (l *line) Renew(ctx context.Context, t Term, life time.Duration) error {
	if err := l.pass(ctx); err != nil {
		return err
	}
	return l.Lease.Renew(ctx, t, life)
}

func (l *line) Save(ctx context.Context, t Term, id string) error {
	if err := l.pass(ctx); err != nil {
		return err
	}
	return l.Lease.Save(ctx, t, id)
}

func (l *line) Release(ctx context.Context, t Term) error {
	if err := l.pass(ctx); err != nil {
		return err
	}
	return l.Lease.Release(ctx, t)
}

// replica is one stream of a group, in a program of its own.
type replica struct {
	*line
	*Stream
	cancel context.CancelFunc
	done   chan struct{}
	handle func(*pepay.Event) bool // false leaves the loop

	mu     sync.Mutex
	ids    []string
	states []State
	leases []LeaseState
	at     []time.Time // of leases
	err    error
}

func join(t *testing.T, w *world, lease Lease, opts Options) *replica {
	r := &replica{line: &line{Lease: lease}, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	opts.Lease = r.line
	opts.Backoff = Backoff{Base: 50 * time.Millisecond, Max: time.Second}
	opts.Observer.OnState = func(s State, _ error) { r.mu.Lock(); r.states = append(r.states, s); r.mu.Unlock() }
	opts.Observer.OnLease = func(s LeaseState) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.leases, r.at = append(r.leases, s), append(r.at, time.Now())
	}
	r.Stream = Merchant(w.Client, opts)
	r.start(ctx)
	t.Cleanup(func() { r.cancel(); <-r.done })
	return r
}

// again ranges once more, after the loop has ended.
func (r *replica) again(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	r.start(ctx)
}

func (r *replica) start(ctx context.Context) {
	r.done = make(chan struct{})
	go func() {
		defer close(r.done)
		for ev, err := range r.Events(ctx) {
			if err != nil {
				r.err = err
				return
			}
			r.mu.Lock()
			r.ids = append(r.ids, ev.ID)
			handle := r.handle
			r.mu.Unlock()
			if handle != nil && !handle(ev) {
				return
			}
		}
	}()
}

// die ends the replica as kill -9 would: nothing of it reaches the lease any more.
func (r *replica) die() {
	r.set(true, nil)
	r.cancel()
	<-r.done
}

func (r *replica) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

func (r *replica) onEvent(handle func(*pepay.Event) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handle = handle
}

func emitted(w *world, n int) (ids []string) {
	for range n {
		ids = append(ids, w.emit(0, false).id)
		time.Sleep(10 * time.Millisecond)
	}
	return ids
}

func (r *replica) want(t *testing.T, ids []string) {
	t.Helper()
	if got := r.got(); !slices.Equal(got, ids) {
		t.Errorf("got %v\nwant %v", got, ids)
	}
}

func TestLeaseOptions(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]Options{
		"with a cursor":   {Lease: MemoryLease(), Cursor: &memoryCursor{}},
		"a short life":    {Lease: MemoryLease(), LeaseLife: 99 * time.Millisecond},
		"a negative life": {Lease: MemoryLease(), LeaseLife: -time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, worldRules{})
				for _, err := range Merchant(w.Client, opts).Events(t.Context()) {
					if !errors.Is(err, wrapper.ErrInvalidArgument) {
						t.Error(err)
					}
				}
				if w.dials != 0 {
					t.Error("it was dialled")
				}
			})
		})
	}
}

// pass lets time pass, until everybody waits again.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestTurns(t *testing.T) {
	t.Parallel()
	const life = defaultLeaseLife
	for _, c := range []struct {
		name string
		run  func(t *testing.T, w *world, lease Lease)
	}{
		{"one follows, the other stands by", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			pass(time.Minute)
			ids := emitted(w, 3)
			pass(time.Second)
			a.want(t, ids)
			b.want(t, nil)
			if a.State() != StateLive || b.State() != StateStandby || slices.Contains(a.states, StateStandby) || len(b.states) != 1 {
				t.Errorf("%v, %v", a.states, b.states)
			}
			if w.dials != 1 || len(a.leases) != 1 || !a.leases[0].Held || a.leases[0].Fence != 1 || len(b.leases) != 0 {
				t.Errorf("%d dials, %+v, %+v", w.dials, a.leases, b.leases)
			}
		}},
		{"the holder dies", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			before := emitted(w, 3)
			pass(time.Second)
			a.die()
			died := time.Now()
			after := emitted(w, 3)
			pass(time.Minute)
			a.want(t, before)
			b.want(t, after)
			if took := b.at[0].Sub(died); took > life+maxStandby || took < life/2 {
				t.Errorf("taken over after %s", took)
			}
		}},
		{"the holder leaves", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			before := emitted(w, 3)
			a.cancel()
			<-a.done
			left := time.Now()
			after := emitted(w, 3)
			pass(time.Minute)
			a.want(t, before)
			b.want(t, after)
			if took := b.at[0].Sub(left); took > maxStandby {
				t.Errorf("taken over after %s", took)
			}
			if last := a.leases[len(a.leases)-1]; last.Held || last.Err != nil || !errors.Is(a.err, context.Canceled) {
				t.Errorf("%+v, %v", last, a.err)
			}
		}},
		{"the holder dies before the first event is handled", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			a.die()
			ids := emitted(w, 3) // while nobody follows
			pass(time.Minute)
			b.want(t, ids)
		}},
		{"the holder dies with the first event in hand", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			a.onEvent(func(*pepay.Event) bool { a.set(true, nil); a.cancel(); return false })
			pass(time.Second)
			b := join(t, w, lease, Options{})
			ids := emitted(w, 3)
			pass(time.Minute)
			a.want(t, ids[:1])
			b.want(t, ids)
			if b.Cursor() != ids[2] {
				t.Errorf("the cursor is %q", b.Cursor())
			}
		}},
		{"a long handler keeps the lease", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			a.onEvent(func(*pepay.Event) bool { time.Sleep(10 * life); return true })
			pass(time.Second)
			b := join(t, w, lease, Options{})
			ids := emitted(w, 2)
			pass(9 * life)
			if lag := a.Lag(); lag < 9*life-2*time.Second || lag > 9*life+2*time.Second {
				t.Errorf("the lag is %s", lag)
			}
			pass(life * 20)
			a.want(t, ids)
			b.want(t, nil)
			if a.Lag() != 0 || b.Lag() != 0 {
				t.Errorf("the lag is %s, on standby %s", a.Lag(), b.Lag())
			}
		}},
		{"the holder is cut off from the lease", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			before := emitted(w, 3)
			pass(time.Second)
			a.set(true, nil)
			cut := time.Now()
			pass(life)
			if a.State() != StateStandby {
				t.Errorf("it is %s", a.State())
			}
			after := emitted(w, 3)
			pass(time.Minute)
			a.want(t, before)
			b.want(t, after)
			var lost int
			for i, l := range a.leases {
				if errors.Is(l.Err, ErrLeaseLost) {
					lost++
					if took := a.at[i].Sub(cut); took > life || l.Held {
						t.Errorf("%+v after %s", l, took)
					}
				}
			}
			if lost != 1 {
				t.Errorf("%+v", a.leases)
			}
			b.die()
			a.set(false, nil)
			again := emitted(w, 2)
			pass(time.Minute)
			a.want(t, slices.Concat(before, again))
		}},
		{"an outage of the lease", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			ids := emitted(w, 3)
			a.onEvent(func(*pepay.Event) bool { a.set(true, nil); return true }) // handled, and not saved
			ids = append(ids, emitted(w, 1)...)
			pass(3 * life)
			ids = append(ids, emitted(w, 3)...)
			a.onEvent(nil)
			a.set(false, nil)
			pass(time.Minute)
			a.want(t, ids) // none twice, as nobody else had the lease
		}},
		{"an outage in which nothing follows", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			a.onEvent(func(*pepay.Event) bool { a.set(true, nil); return true })
			pass(time.Second)
			ids := emitted(w, 1)
			pass(3 * life)
			a.set(false, nil)
			pass(life)
			a.die()
			b := join(t, w, lease, Options{})
			pass(time.Minute)
			a.want(t, ids)
			b.want(t, nil) // the cursor was saved in the end
		}},
		{"errors of the lease that pass", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			a.set(false, errors.New("connection refused"))
			ids := emitted(w, 1)
			pass(life / 2)
			a.set(false, nil)
			ids = append(ids, emitted(w, 2)...)
			pass(time.Minute)
			a.want(t, ids)
			if len(a.leases) != 1 || w.dials != 1 {
				t.Errorf("%+v, %d dials", a.leases, w.dials)
			}
		}},
		{"a lease that cannot be asked for", func(t *testing.T, w *world, lease Lease) {
			failure := errors.New("no such table")
			broken := &line{Lease: lease}
			broken.set(false, failure)
			a := join(t, w, broken, Options{})
			pass(time.Minute)
			if a.State() != StateStandby || len(a.leases) != 1 || !errors.Is(a.leases[0].Err, failure) || w.dials != 0 {
				t.Errorf("%s, %+v, %d dials", a.State(), a.leases, w.dials)
			}
			broken.set(false, nil)
			pass(maxStandby)
			if len(a.leases) != 2 || !a.leases[1].Held {
				t.Errorf("%+v", a.leases)
			}
		}},
		{"the loop is left and begun again", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			a.onEvent(func(*pepay.Event) bool { return false })
			pass(time.Second)
			ids := emitted(w, 3)
			<-a.done
			a.again(t) // with the first event in hand
			<-a.done
			a.onEvent(nil)
			a.again(t)
			pass(time.Minute)
			a.want(t, slices.Concat(ids[:1], ids[:1], ids))
			if len(a.leases) != 5 || a.leases[4].Fence != 3 {
				t.Errorf("%+v", a.leases)
			}
		}},
		{"another had it in between", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			before := emitted(w, 2)
			pass(time.Second)
			a.cancel()
			<-a.done
			b := join(t, w, lease, Options{})
			between := emitted(w, 2)
			pass(time.Second)
			b.cancel()
			<-b.done
			a.again(t)
			pass(time.Minute)
			a.want(t, before)
			b.want(t, between)
		}},
		{"a gap", func(t *testing.T, w *world, lease Lease) {
			term, err := lease.Acquire(t.Context(), "x", life)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(lease.Save(t.Context(), term, "evt_unknown"), lease.Release(t.Context(), term)); err != nil {
				t.Fatal(err)
			}
			a := join(t, w, lease, Options{StopOnGap: true})
			<-a.done
			if !errors.Is(a.err, ErrGap) {
				t.Error(a.err)
			}
			if _, err := lease.Acquire(t.Context(), "y", life); err != nil {
				t.Errorf("it was not given back: %v", err)
			}
		}},
		{"woken on standby", func(t *testing.T, w *world, lease Lease) {
			a := join(t, w, lease, Options{})
			pass(time.Second)
			b := join(t, w, lease, Options{})
			pass(time.Second)
			a.cancel()
			<-a.done
			began := time.Now()
			b.Wake()
			synctest.Wait()
			if len(b.leases) != 1 || !b.at[0].Equal(began) {
				t.Errorf("%+v at %v", b.leases, b.at)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, worldRules{})
				c.run(t, w, MemoryLease())
			})
		})
	}
}

// A panic of the user's lease comes up in the loop, not on a goroutine of the
// stream's own.
func TestLeaseThatPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, worldRules{})
		lease := MemoryLease()
		s := Merchant(w.Client, Options{Lease: panickingLease{lease}})
		func() {
			defer func() {
				if p := recover(); p != "renewing" {
					t.Errorf("it panicked with %v", p)
				}
			}()
			for range s.Events(t.Context()) { //nolint:errcheck // it panics
			}
		}()
		if _, err := lease.Acquire(t.Context(), "other", time.Second); err != nil {
			t.Errorf("it was not given back: %v", err)
		}
	})
}

type panickingLease struct{ Lease }

func (panickingLease) Renew(context.Context, Term, time.Duration) error { panic("renewing") }

// Whichever clock ran further counts.
func TestInstantSince(t *testing.T) {
	t.Parallel()
	start := time.Now()
	at := func(monotonic, wall time.Duration) instant {
		return instant{start.Add(monotonic), start.Round(0).Add(wall)}
	}
	for _, c := range []struct {
		name string
		now  instant
		want time.Duration
	}{
		{"both", at(time.Second, time.Second), time.Second},
		{"suspended", at(time.Second, time.Hour), time.Hour},
		{"set back", at(time.Second, -time.Hour), time.Second},
	} {
		if got := c.now.since(at(0, 0)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		term := &term{life: 2 * time.Second, renewed: at(0, 0), now: func() instant { return c.now }, over: func(error) {}}
		if err := term.check(); (err != nil) != (c.want > 2*time.Second) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
