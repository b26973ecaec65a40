package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go/internal/bench/cputime"
)

const (
	apartStreams = "streams"

	// pacedEvents are received in a measurement, on all streams together, and pacedRounds on
	// each at least.
	pacedEvents = 1000
	pacedRounds = 4
	// pacedPatience is how long one contestant may take.
	pacedPatience = 5 * time.Minute
)

func streamCounts() []int { return []int{1, 10, 100, 1000, 5000} }

// decodingHolders are the contestants that hold a stream and decode its events.
func decodingHolders() []holder {
	return []holder{
		{"bufio frame parser + encoding/json", holdBare},
		{"pepay-go stream", holdStream},
		{"coder/websocket + encoding/json", holdCoder},
		{"gorilla/websocket + encoding/json", holdGorilla},
		{"gobwas/ws + encoding/json", holdGobwas},
	}
}

// manyStreams shows what a stream and its events cost as more streams are open.
func manyStreams(ctx context.Context, o options) ([]table, error) {
	return manyStreamsOf(ctx, o, streamCounts(), pacedEvents)
}

func manyStreamsOf(ctx context.Context, o options, counts []int, events int) ([]table, error) {
	memory := &chart{
		name: "streams-memory", title: "memory of an open stream, by how many there are",
		about: "Heap and stacks after a garbage collection, for each wss connection that has received and decoded an event and waits for the next one. " +
			"What a process needs once, such as pools and tables, is in the figure for one stream and is shared by many. A line that is level means that memory grows with the streams and no faster. " +
			"pepay-go has more to keep than the bare libraries: it remembers what it handed out, and resumes after a lost connection.",
		x: axis{name: "open streams"}, y: axis{name: "KB per stream", format: twoDigits, log: true},
	}
	processor := &chart{
		name: "streams-cpu", title: "time to receive an event, by how many streams are open",
		about: "Processor time of the receiving process, from the TLS record to the typed event, while every stream gets one event in each round. " +
			"On one stream, the process sleeps until the event comes, and waking it is most of the cost. On many, it finds the events of others waiting.",
		x: axis{name: "open streams"}, y: axis{name: "µs per event", format: twoDigits},
	}
	var ours []result
	for _, n := range counts {
		if most := connectionsAtMost(); !o.shape && n > most {
			o.note("%d streams are left out: the system lets this process have %d connections", n, most)
			continue
		}
		results, err := measureStreams(ctx, o, n, events)
		if err != nil {
			return nil, fmt.Errorf("%d streams: %w", n, err)
		}
		memory.add(float64(n), results, func(r result) float64 { return float64(r.bPerOp) / 1000 })
		processor.add(float64(n), results, func(r result) float64 { return r.nsPerOp / 1000 })
		ours = append(ours, results[1])
	}
	return []table{memory.table(flat(ours, memory.at)), processor.table()}, nil
}

// flat is the bar for memory that does not grow: with the most streams, a stream takes
// little more than with fewer of them.
func flat(ours []result, at []float64) bar {
	last := len(ours) - 1
	from := max(0, last-2) // with fewer streams, what the process needs once counts too much
	growth := float64(ours[last].bPerOp) / max(1, float64(ours[from].bPerOp))
	return bar{
		fmt.Sprintf("%s, memory of a stream with %s beside %s", ours[last].name, thousands(at[last]), thousands(at[from])),
		"≤ 1.25×", fmt.Sprintf("%.2f×", growth), growth < 1.255,
	}
}

// measureStreams returns the memory of a stream and the processor time of an event for
// each contestant, with n open streams. Few streams are opened several times, and the
// median counts.
func measureStreams(ctx context.Context, o options, n, events int) ([]result, error) {
	var results []result
	if o.shape {
		for _, h := range decodingHolders() {
			results = append(results, result{name: h.name})
		}
		return results, nil
	}
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	repeats := min(o.rounds, max(1, 9-2*len(strconv.Itoa(n)))) // 7, 5, 3, 1, 1
	for _, h := range decodingHolders() {
		r, err := medianOf(repeats, func() (result, error) {
			return measureApart(ctx, h.name, apartStreams, base, strconv.Itoa(n), strconv.Itoa(max(pacedRounds, events/n)))
		})
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	o.note("%s streams", thousands(float64(n)))
	return results, nil
}

// streamsApart measures a contestant by its name, with the streams of a server.
func streamsApart(ctx context.Context, args []string) (r result, err error) {
	name, base := args[0], args[1]
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return r, err
	}
	rounds, err := strconv.Atoi(args[3])
	if err != nil {
		return r, err
	}
	at, err := newSecureTarget(ctx, base)
	if err != nil {
		return r, err
	}
	at.customer, at.decodes = pacedCustomer, true
	all := decodingHolders()
	i := slices.IndexFunc(all, func(h holder) bool { return h.name == name })
	if i < 0 {
		return r, fmt.Errorf("there is no %q", name)
	}
	bytes, ns, err := all[i].measureEvents(ctx, at, base, n, rounds)
	return result{name: name, nsPerOp: ns, bPerOp: uint64(max(0, bytes))}, err
}

// measureEvents opens n streams and lets each receive events. It returns an error unless
// every stream got every one of them, in order.
func (h holder) measureEvents(ctx context.Context, at secureTarget, base string, n, rounds int) (bytes, ns float64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pacedPatience, fmt.Errorf("it took more than %s", pacedPatience))
	defer cancel()
	missing := int64(n * rounds)
	var got atomic.Int64
	all, failed := make(chan struct{}), make(chan error, 1)
	at.received = func(err error) {
		switch {
		case err != nil:
			select {
			case failed <- err: // later ones are of the end
			default:
			}
		case got.Add(1) == missing:
			close(all)
		}
	}
	kilobytes, _, err := h.measureAnd(ctx, at, n, func() error {
		before := cputime.Used()
		if _, err := exchange(ctx, http.MethodPost, base+pacedPath+"?rounds="+strconv.Itoa(rounds), ""); err != nil {
			return err
		}
		select {
		case <-all:
			ns = float64(cputime.Used()-before) / float64(missing)
			return nil
		case err := <-failed:
			return err
		case <-ctx.Done():
			return fmt.Errorf("%d of %d events came: %w", got.Load(), missing, context.Cause(ctx))
		}
	})
	if extra := got.Load() - missing; err == nil && extra != 0 {
		err = fmt.Errorf("%d events too many", extra)
	}
	return kilobytes * 1000, ns, err
}
