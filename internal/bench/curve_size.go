package main

import (
	"context"
	"fmt"
	"strconv"
)

const (
	// curveRounds are the rounds of a point of a curve, which has many points.
	curveRounds = 10
	// A call of a contestant receives so many bytes, or 8 events.
	sizedBatch = 2 << 20
)

// eventSizes are in bytes: the plain event, and that event with metadata.
func eventSizes() []int {
	return []int{frameLength, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10}
}

// sizedReceivers are those of the row "stream" whose limits and queues allow large events.
func sizedReceivers() []openReceiver {
	return []openReceiver{
		{"bufio frame parser + encoding/json", receiveBare},
		{"pepay-go stream", receiveStream},
		{"gorilla/websocket + encoding/json", receiveGorilla},
	}
}

// eventSize shows what an event costs to receive and decode as it grows.
func eventSize(ctx context.Context, o options) ([]table, error) {
	return eventSizeOf(ctx, o, eventSizes())
}

func eventSizeOf(ctx context.Context, o options, sizes []int) ([]table, error) {
	kilobytes := axis{name: "KB per event", format: func(v float64) string {
		return strconv.FormatFloat(v, 'g', max(1, len(strconv.Itoa(int(v)))), 64)
	}}
	took := &chart{
		name: "event-size-time", title: "time to receive and decode an event, by its size",
		about: "Every contestant receives the same events over loopback TCP, from a server in a process of its own, and decodes each to a typed event that keeps data.object as it was sent. " +
			"The time is the processor's, of the receiving process. It grows with the bytes. The line of pepay-go is below the others where its decoder goes through an event once; " +
			"encoding/json checks the whole event first and then goes through it again.",
		x: kilobytes, y: axis{name: "µs per event", format: twoDigits, log: true},
	}
	allocated := &chart{
		name: "event-size-bytes", title: "memory allocated to receive and decode an event, by its size",
		about: "This is what the garbage collector has to clear away later. It cannot be less than the event itself, which the program may keep. " +
			"What is above that was copied on the way: to a buffer that grows, for instance.",
		x: kilobytes, y: axis{name: "KB allocated per event", format: twoDigits, log: true},
	}
	allocations := &chart{title: "allocations to receive and decode an event, by its size", x: kilobytes}
	var last []result
	for _, size := range sizes {
		at := float64(size) / 1024
		results, err := measureSize(ctx, o, size)
		if err != nil {
			return nil, fmt.Errorf("%d bytes: %w", size, err)
		}
		o.note("events of %s bytes", thousands(float64(size)))
		took.add(at, results, func(r result) float64 { return r.nsPerOp / 1000 })
		allocated.add(at, results, func(r result) float64 { return float64(r.bPerOp) / 1024 })
		allocations.add(at, results, func(r result) float64 { return float64(r.allocsPerOp) })
		last = results
	}
	const ours = 1
	largest := last[ours]
	numbers := allocations.table(allocsAtMost(largest, 6))
	numbers.chart = nil // its lines are level
	return []table{
		took.table(timeAtMost(largest, 0.9)),
		allocated.table(sizeAtMost(largest, sizes[len(sizes)-1], 1.1)),
		numbers,
	}, nil
}

// sizeAtMost is a bar for the bytes that are allocated for an event of a size.
func sizeAtMost(r result, size int, limit float64) bar {
	times := float64(r.bPerOp) / float64(size)
	return bar{r.name + ", memory", fmt.Sprintf("≤ %.2f× the event", limit), fmt.Sprintf("%.2f×", times), times < limit+0.005}
}

// measureSize compares the contestants with events of one size.
func measureSize(ctx context.Context, o options, size int) ([]result, error) {
	list := sizedReceivers()
	if o.shape {
		var contestants []contestant
		for _, r := range list {
			contestants = append(contestants, contestant{name: r.name})
		}
		return unmeasured(contestants), nil
	}
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	receivers, err := openReceivers(ctx, list, base, sizedCustomer+strconv.Itoa(size))
	defer closeAll(receivers)
	if err != nil {
		return nil, err
	}
	batch := min(framesBatch, max(8, sizedBatch/size))
	var contestants []contestant
	for _, r := range receivers {
		contestants = append(contestants, contestant{r.name, func(context.Context) error { return r.receive(batch) }})
	}
	o.rounds = min(o.rounds, curveRounds)
	results, err := compare(ctx, processorTime, contestants, o)
	for i := range results {
		results[i].per(batch)
	}
	return results, err
}
