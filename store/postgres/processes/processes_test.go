// Package processes tests several replicas as real processes: a program that follows
// Pepay's stream through a lease in PostgreSQL and takes webhooks through an inbox, three
// times, while the replicas are killed and stopped, the network is cut and the servers are
// restarted.
package processes

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

var (
	eventCount = flag.Int("events", 2500, "how many `events` each seed of TestProcesses emits")
	eventRate  = flag.Int("rate", 100, "how many `events` come in a second, when there are more than the default number")
	seedCount  = flag.Int("seeds", 2, "how many `seeds` TestProcesses runs; every second one goes through PgBouncer")
)

// The test binary is also the replica.
func TestMain(m *testing.M) {
	program, run := "replica", runReplica
	switch {
	case os.Getenv(envReplica) != "":
	case os.Getenv(envParent) != "":
		program, run = "parent", runParent
	default:
		leakcheck.Main(m)
		return
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		os.Exit(1)
	}
}

// Whatever happens to the replicas, the servers and the network between them, each event
// has its effect once, the cursor never goes back, and another replica takes over from one
// that is gone within seconds. More of it, by hand:
//
//	go test -run TestProcesses -v -timeout 1h . -args -events 50000 -seeds 3
//
// The take-overs are figures of the log (-v); what the test insists on does not depend on
// the speed of the machine.
func TestProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills replicas for a minute")
	}
	for seed := range *seedCount {
		bouncer := seed%2 == 1
		t.Run(fmt.Sprintf("seed %d, PgBouncer %t", seed, bouncer), func(t *testing.T) {
			t.Parallel()
			runSeed(t, uint64(seed), bouncer)
		})
	}
}

// acts are the two parts of a run. So many events come in a second that a slow machine
// can keep up with them.
func acts(events, rate int) []act {
	first, second := events*6/10, events*4/10
	return []act{{
		name: "default settings", beat: 8 * time.Second,
		events: first, within: max(36*time.Second, time.Duration(first/rate)*time.Second),
		others: []func(*run, context.Context, act){(*run).stopHolder, (*run).restartPostgres, (*run).cutHolder, nil, (*run).crashPostgres, (*run).cutPepay},
	}, {
		name: "a life of 500 ms", life: 500 * time.Millisecond, beat: time.Second,
		events: second, within: max(20*time.Second, time.Duration(second/rate)*time.Second),
		others: []func(*run, context.Context, act){nil, (*run).stopHolder, nil, (*run).cutHolder, nil, (*run).crashPostgres, nil, (*run).cutPepay, nil, (*run).restartPostgres},
	}}
}

func runSeed(t *testing.T, seed uint64, bouncer bool) {
	w := newRun(t, *eventCount, bouncer)
	random := rand.New(rand.NewPCG(seed, 14))
	for i, a := range acts(*eventCount, max(1, *eventRate)) {
		started, from := time.Now(), len(w.disturbances)
		w.deploy(t.Context(), a.life)
		if i == 0 {
			w.eventually(t.Context(), "the group does not begin", func(ctx context.Context) bool {
				n, err := w.count(ctx, countMovesAfter, 0)
				return err == nil && n > 1 // the second is the mark of the beginning
			})
		}
		emitting, emitted := context.WithCancel(t.Context())
		go func() {
			defer emitted()
			w.emit(t.Context(), a.events, a.within, random)
		}()
		w.disturb(emitting, a)
		<-emitting.Done()
		w.finish()
		w.report(a, w.disturbances[from:], time.Since(started))
	}
	w.end()
	if problems := w.verdict(); len(problems) > 0 {
		for _, problem := range problems {
			t.Error(problem)
		}
		t.Log(w.logs())
	}
}

// finish waits until every event was handled, for as long as there is progress.
func (w *run) finish() {
	w.t.Helper()
	handled, since := 0, time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := w.count(w.t.Context(), countHandled)
		if err == nil && n > handled {
			handled, since = n, time.Now()
		}
		if n >= len(w.emissions) || time.Since(since) > patience {
			return // the verdict says what is missing
		}
		<-tick.C
	}
}

// end stops the replicas, looks for what they left behind and reads the database.
func (w *run) end() {
	w.t.Helper()
	ctx := w.t.Context()
	delivering, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := w.hooks.Wait(delivering); err != nil {
		w.t.Errorf("webhooks are still being delivered: %v", err)
	}
	for _, e := range slices.Backward(w.emissions) {
		if e.kind == webhookOnly {
			continue
		}
		w.eventually(ctx, "the cursor does not come to the last event of the stream", func(ctx context.Context) bool {
			n, err := w.count(ctx, countMovesTo, e.id)
			return err == nil && n > 0
		})
		break
	}
	for _, p := range w.places {
		w.check(p.process.stop())
	}
	var locks, busy int
	w.eventually(ctx, "locks or transactions are left in the database", func(ctx context.Context) bool {
		return w.db.QueryRow(ctx, countLeft).Scan(&locks, &busy) == nil && locks+busy == 0
	})
	if err := w.read(ctx, w.db); err != nil {
		w.t.Fatal(err)
	}
	var holder string
	if err := w.db.QueryRow(ctx, holderOf, group).Scan(&holder, new(int64)); !errors.Is(err, pgx.ErrNoRows) {
		w.t.Errorf("%q has the lease although every replica has ended (%v)", holder, err)
	}
}

// report gives the figures of an act.
func (w *run) report(a act, disturbances []disturbance, took time.Duration) {
	w.t.Helper()
	if err := w.read(w.t.Context(), w.db); err != nil {
		w.t.Fatal(err)
	}
	times := map[string]int{}
	for _, d := range disturbances {
		times[d.what]++
	}
	var did []string
	for what, n := range times {
		did = append(did, fmt.Sprintf("%s %d×", what, n))
	}
	slices.Sort(did)
	w.t.Logf("%s: %d events in %.0f s, %s", a.name, a.events, took.Seconds(), strings.Join(did, ", "))
	of := history{effects: w.effects, moves: w.moves, disturbances: disturbances}
	kills := of.takeOvers(killed)
	for _, what := range []string{killed, stopped, cut, deployed} {
		if all := of.takeOvers(what); len(all) > 0 {
			middle, longest := all[len(all)/2], all[len(all)-1]
			w.t.Logf("%s: %d times taken over after %s: lease after %s (median), first event after %s (median), %s (longest)",
				a.name, len(all), what, ms(middle.leased), ms(middle.handled), ms(longest.handled))
		}
	}
	// How long the first event takes depends on the machine. The lease does not, or not much.
	slices.SortFunc(kills, func(a, b takeOver) int { return cmp.Compare(a.leased, b.leased) })
	if limit := 4*a.leaseLife() + 5*time.Second; len(kills) > 0 && kills[len(kills)/2].leased > limit {
		w.t.Errorf("%s: the median time until another replica has the lease is above %s", a.name, limit)
	}
}

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
