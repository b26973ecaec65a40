package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const apartResume = "resume"

func missedCounts() []int { return []int{1000, 10_000, 100_000} }

// missedEvents shows how long it takes to catch up after an outage, and in how much memory.
func missedEvents(ctx context.Context, o options) ([]table, error) {
	return missedEventsOf(ctx, o, missedCounts())
}

func missedEventsOf(ctx context.Context, o options, counts []int) ([]table, error) {
	took := &chart{
		name: "missed-time", title: "time until all missed events are delivered",
		about: "The events are in a simulator of Pepay, in a process of its own, and come by the Events API in pages of 100. Every one of them is delivered once and in order, or the measurement fails. " +
			"pepay-go reads most pages a second time, since it keeps only the last 50 of them: that is the price of bounded memory. The time grows with the events, and no faster.",
		x: axis{name: "missed events"}, y: axis{name: "seconds", format: twoDigits, log: true},
	}
	memory := &chart{
		name: "missed-memory", title: "memory to deliver all missed events",
		about: "The highest heap above that at the start, garbage included, of a process that does nothing else. A client that lists everything before it begins needs memory for every event of an outage. " +
			"The line of pepay-go becomes level: an outage of any length takes as much as the 5,000 events that it keeps.",
		x: axis{name: "missed events"}, y: axis{name: "MB at most", format: twoDigits, log: true},
	}
	var last []result
	for _, n := range counts {
		results, err := measureMissed(ctx, o, n)
		if err != nil {
			return nil, fmt.Errorf("%d missed events: %w", n, err)
		}
		o.note("%s missed events", thousands(float64(n)))
		took.add(float64(n), results, func(r result) float64 { return r.nsPerOp / 1e9 })
		memory.add(float64(n), results, func(r result) float64 { return float64(r.bPerOp) / 1e6 })
		last = results
	}
	for _, c := range []*chart{took, memory} {
		c.lines[0].short, c.lines[0].role = "list, then dial", peer
	}
	return []table{took.table(), memory.table(megabytesAtMost(last[1], counts[len(counts)-1], 16))}, nil
}

func megabytesAtMost(r result, n int, limit float64) bar {
	megabytes := float64(r.bPerOp) / 1e6
	return bar{fmt.Sprintf("%s, memory for %s missed events", r.name, thousands(float64(n))), fmt.Sprintf("≤ %.0f MB", limit),
		fmt.Sprintf("%.1f MB", megabytes), megabytes < limit+0.05}
}

// measureMissed returns the time and the memory of each contestant. Few events are
// delivered several times, and the median counts.
func measureMissed(ctx context.Context, o options, n int) ([]result, error) {
	var results []result
	if o.shape {
		for _, r := range resumers() {
			results = append(results, result{name: r.name})
		}
		return results, nil
	}
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	text, err := exchange(ctx, http.MethodPost, base+missedPath+"?events="+strconv.Itoa(n), "")
	if err != nil {
		return nil, err
	}
	var from outage
	if _, err := fmt.Sscan(text, &from.base, &from.key, &from.cursor); err != nil {
		return nil, err
	}
	repeats := 5
	if n > 20_000 {
		repeats = 1
	}
	for _, r := range resumers() {
		result, err := medianOf(min(o.rounds, repeats), func() (result, error) {
			return measureApart(ctx, r.name, apartResume, from.base, from.key, from.cursor, strconv.Itoa(n))
		})
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

// resumeApart measures a contestant by its name, after an outage.
func resumeApart(ctx context.Context, args []string) (r result, err error) {
	from := outage{base: args[1], key: args[2], cursor: args[3]}
	if from.events, err = strconv.Atoi(args[4]); err != nil {
		return r, err
	}
	all := resumers()
	i := slices.IndexFunc(all, func(r resumer) bool { return r.name == args[0] })
	if i < 0 {
		return r, fmt.Errorf("there is no %q", args[0])
	}
	deliver, err := from.everyOne()
	if err != nil {
		return r, err
	}
	stop, began := heapPeak(), time.Now()
	err = all[i].resume(ctx, from, deliver)
	r = result{name: all[i].name, nsPerOp: float64(time.Since(began)), bPerOp: stop()}
	if errors.Is(err, errDelivered) {
		return r, nil
	}
	return r, fmt.Errorf("not everything was delivered: %w", err)
}
