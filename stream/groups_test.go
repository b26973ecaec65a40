package stream

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// ledger is a lease that notes how the cursor moves.
type ledger struct {
	Lease
	cursor  func() string
	numbers func(id string) int

	mu      sync.Mutex
	last    int
	moves   int
	back    int
	regains int // terms
}

func (l *ledger) Acquire(ctx context.Context, holder string, life time.Duration) (Term, error) {
	t, err := l.Lease.Acquire(ctx, holder, life)
	if err == nil {
		l.mu.Lock()
		l.regains++
		l.mu.Unlock()
	}
	return t, err
}

func (l *ledger) Save(ctx context.Context, t Term, id string) error {
	l.mu.Lock() // in the order of the saves
	defer l.mu.Unlock()
	if err := l.Lease.Save(ctx, t, id); err != nil {
		return err
	}
	n := l.numbers(l.cursor())
	l.moves++
	if n < l.last {
		l.back++
	}
	l.last = n
	return nil
}

// obedient is a lease that saves whatever comes, whoever it comes from.
type obedient struct{ *memoryLease }

func (l obedient) Save(_ context.Context, _ Term, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cursor = id
	return nil
}

// slowLine is a network between a replica and the lease on which a request or an
// answer may be under way for longer than the lease lives, whatever the replica does.
type slowLine struct {
	Lease
	g *group
}

func (l slowLine) travel(ctx context.Context, call func(context.Context) error) error {
	there, back := l.g.delay(), l.g.delay()
	answer := make(chan error, 1)
	l.g.travelling.Go(func() {
		time.Sleep(there)
		err := call(context.WithoutCancel(ctx))
		time.Sleep(back)
		answer <- err
	})
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l slowLine) Acquire(ctx context.Context, holder string, life time.Duration) (t Term, err error) {
	got := make(chan Term, 1)
	err = l.travel(ctx, func(ctx context.Context) error {
		t, err := l.Lease.Acquire(ctx, holder, life)
		got <- t
		return err
	})
	if err == nil {
		t = <-got
	}
	return t, err
}

func (l slowLine) Renew(ctx context.Context, t Term, life time.Duration) error {
	return l.travel(ctx, func(ctx context.Context) error { return l.Lease.Renew(ctx, t, life) })
}

func (l slowLine) Save(ctx context.Context, t Term, id string) error {
	return l.travel(ctx, func(ctx context.Context) error { return l.Lease.Save(ctx, t, id) })
}

func (l slowLine) Release(ctx context.Context, t Term) error {
	return l.travel(ctx, func(ctx context.Context) error { return l.Lease.Release(ctx, t) })
}

// group is three replicas that are killed, pause and are cut off at random.
type group struct {
	mu         sync.Mutex
	rng        *rand.Rand
	calm       bool
	outage     time.Time // until then, nobody reaches the lease
	times      map[string]int
	travelling sync.WaitGroup
}

// delay is mostly short.
func (g *group) delay() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	down := max(0, time.Until(g.outage))
	switch {
	case g.calm:
		return time.Millisecond
	case g.rng.IntN(60) == 0:
		return down + time.Duration(g.rng.Int64N(int64(2*defaultLeaseLife)))
	}
	return down + time.Duration(g.rng.Int64N(int64(5*time.Millisecond)))
}

func (g *group) handle(ev *pepay.Event) {
	g.mu.Lock()
	g.times[ev.ID]++
	pause := time.Duration(g.rng.Int64N(int64(20 * time.Millisecond)))
	if !g.calm && g.rng.IntN(100) == 0 {
		pause = time.Duration(g.rng.Int64N(int64(2 * defaultLeaseLife)))
	}
	g.mu.Unlock()
	time.Sleep(pause)
}

// live is the life of one replica: it joins the group again after it was killed.
func (g *group) live(ctx context.Context, w *world, lease Lease) {
	for ctx.Err() == nil {
		g.mu.Lock()
		life := time.Duration(g.rng.Int64N(int64(12 * time.Second)))
		down := time.Duration(g.rng.Int64N(int64(3 * time.Second)))
		calm := g.calm
		g.mu.Unlock()
		if calm {
			life = time.Hour
		}
		own := &line{Lease: slowLine{lease, g}}
		living, cancel := context.WithTimeout(ctx, life)
		stop := context.AfterFunc(living, func() { own.set(true, nil) }) // as kill -9 would
		s := Merchant(w.Client, Options{Lease: own, Backoff: Backoff{Base: 50 * time.Millisecond, Max: time.Second}})
		for ev, err := range s.Events(living) {
			if err == nil {
				g.handle(ev)
			}
		}
		stop()
		cancel()
		_ = sleep(ctx, down, nil)
	}
}

// runGroup lets three replicas live through a few hundred events.
func runGroup(t *testing.T, seed uint64, strict bool) (lost, twice int, kept *ledger) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, worldRules{dropAfter: 60})
		numbers := map[string]int{}
		memory := MemoryLease().(*memoryLease)
		kept = &ledger{Lease: memory, cursor: func() string {
			memory.mu.Lock()
			defer memory.mu.Unlock()
			return memory.cursor
		}, numbers: func(id string) int {
			w.mu.Lock()
			defer w.mu.Unlock()
			return numbers[id]
		}}
		if !strict {
			kept.Lease = obedient{memory}
		}
		g := &group{rng: rand.New(rand.NewPCG(seed, 3)), times: map[string]int{}}
		ctx, cancel := context.WithCancel(t.Context())
		var replicas sync.WaitGroup
		for range 3 {
			replicas.Go(func() { g.live(ctx, w, kept) })
		}
		for {
			time.Sleep(10 * time.Millisecond)
			kept.mu.Lock()
			begun := kept.moves > 0 // the mark
			kept.mu.Unlock()
			if begun {
				break
			}
		}
		for range 400 {
			w.mu.Lock()
			e := w.add(0, false)
			numbers[e.id] = e.number
			w.mu.Unlock()
			time.Sleep(time.Duration(w.random() * float64(200*time.Millisecond)))
			if w.random() < 0.01 {
				g.mu.Lock()
				g.outage = time.Now().Add(time.Duration(g.rng.Int64N(int64(2 * defaultLeaseLife))))
				g.mu.Unlock()
			}
		}
		g.mu.Lock()
		g.calm = true
		g.mu.Unlock()
		w.heal()
		time.Sleep(2 * time.Minute)
		cancel()
		replicas.Wait()
		g.travelling.Wait()
		for _, e := range w.events {
			switch n := g.times[e.id]; {
			case n == 0:
				lost++
			case n > 1:
				twice++
			}
		}
	})
	return lost, twice, kept
}

// Whatever happens to the replicas and to the network between them and the lease,
// no event is lost, and the cursor never goes back.
func TestGroupsInRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range *seeds {
		lost, twice, kept := runGroup(t, seed, true)
		t.Logf("seed %d: %d terms, the cursor moved %d times; %d events came twice or more", seed, kept.regains, kept.moves, twice)
		if lost > 0 || kept.back > 0 {
			t.Errorf("seed %d: %d events were lost, the cursor went back %d times", seed, lost, kept.back)
		}
		if kept.regains < 3 {
			t.Errorf("seed %d: only %d terms", seed, kept.regains)
		}
	}
}

// The histories are such that the cursor goes back when a lease obeys requests that
// come late.
func TestGroupsOfAnObedientLease(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		if _, _, kept := runGroup(t, seed, false); kept.back > 0 {
			return
		}
	}
	t.Error("the cursor never went back")
}
