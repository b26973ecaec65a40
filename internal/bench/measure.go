package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// contestant does the thing to compare, once per call of run, and returns an
// error unless the outcome is right: a fast error path would win every race.
type contestant struct {
	name string
	run  func(context.Context) error
}

// result is what one contestant took, each figure the median of all rounds. The
// ratio is to the first contestant, the floor, within the same round: what slows
// the machine down for a while slows both.
type result struct {
	name                string
	nsPerOp             float64
	ratio, least, most  float64
	allocsPerOp, bPerOp uint64
}

// sample is one contestant's figures in one round.
type sample struct {
	nsPerOp             float64
	allocsPerOp, bPerOp uint64
}

// compare runs the contestants in turns. The order rotates, so that nobody is
// always the one after the heaviest.
func compare(ctx context.Context, contestants []contestant, o options) ([]result, error) {
	counts := make([]int, len(contestants))
	for i, c := range contestants {
		n, err := calibrate(ctx, c, o.benchtime)
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	samples := make([][]sample, len(contestants))
	for round := range o.rounds {
		for turn := range contestants {
			i := (round + turn) % len(contestants)
			s, err := measure(ctx, contestants[i], counts[i])
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], s)
		}
	}
	results := make([]result, len(contestants))
	for i, c := range contestants {
		results[i] = summarize(c.name, samples[i], samples[0])
	}
	return results, nil
}

// calibrate finds how many calls fill the time, and warms up on the way.
func calibrate(ctx context.Context, c contestant, benchtime time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		s, err := measure(ctx, c, n)
		if err != nil {
			return 0, err
		}
		if took := time.Duration(s.nsPerOp * float64(n)); took >= benchtime/4 {
			return max(1, int(float64(n)*float64(benchtime)/float64(took))), nil
		}
	}
}

func measure(ctx context.Context, c contestant, n int) (sample, error) {
	if err := ctx.Err(); err != nil { // not every contestant looks
		return sample{}, err
	}
	var before, after runtime.MemStats
	runtime.GC() // nobody pays for what the one before left behind
	runtime.ReadMemStats(&before)
	started := time.Now()
	for range n {
		if err := c.run(ctx); err != nil {
			return sample{}, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	took := time.Since(started)
	runtime.ReadMemStats(&after)
	return sample{
		nsPerOp:     float64(took) / float64(n),
		allocsPerOp: (after.Mallocs - before.Mallocs) / uint64(n),
		bPerOp:      (after.TotalAlloc - before.TotalAlloc) / uint64(n),
	}, nil
}

func summarize(name string, samples, floor []sample) result {
	var times, ratios []float64
	var allocs, bytes []uint64
	for round, s := range samples {
		times = append(times, s.nsPerOp)
		ratios = append(ratios, s.nsPerOp/floor[round].nsPerOp)
		allocs = append(allocs, s.allocsPerOp)
		bytes = append(bytes, s.bPerOp)
	}
	return result{
		name:        name,
		nsPerOp:     median(times),
		ratio:       median(ratios),
		least:       slices.Min(ratios),
		most:        slices.Max(ratios),
		allocsPerOp: median(allocs),
		bPerOp:      median(bytes),
	}
}

// median returns the middle value, the upper one of two.
func median[T float64 | uint64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
