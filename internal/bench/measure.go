package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go/internal/bench/cputime"
)

// contestant does the thing to compare, once per call of run, and returns an
// error unless the result is right: otherwise a fast error path would win.
type contestant struct {
	name string
	run  func(context.Context) error
}

// meter returns how many nanoseconds one of n calls takes.
type meter func(n int, call func() error) (float64, error)

// processorTime is for code that only computes: the mean processor time of a call in
// this process, garbage collection included. Other programs do not count.
func processorTime(n int, call func() error) (float64, error) {
	started := cputime.Used()
	for range n {
		if err := call(); err != nil {
			return 0, err
		}
	}
	return float64(cputime.Used()-started) / float64(n), nil
}

// elapsedTime is for code that also waits: the median time of a call. The few calls
// that another program interrupts do not change it.
func elapsedTime(n int, call func() error) (float64, error) {
	times := make([]float64, n)
	for i := range times {
		started := time.Now()
		if err := call(); err != nil {
			return 0, err
		}
		times[i] = float64(time.Since(started))
	}
	return median(times), nil
}

// inParallel is elapsedTime on every processor at once: the mean of theirs.
func inParallel(n int, call func() error) (float64, error) {
	times, errs := make([]float64, runtime.GOMAXPROCS(0)), make([]error, runtime.GOMAXPROCS(0))
	var processors sync.WaitGroup
	for i := range times {
		processors.Go(func() { times[i], errs[i] = elapsedTime(n, call) })
	}
	processors.Wait()
	var sum float64
	for _, t := range times {
		sum += t
	}
	return sum / float64(len(times)), errors.Join(errs...)
}

// result is what one contestant took, each figure the median of all rounds. The
// ratio is to the first contestant, the floor, within the same round: what slows
// the machine down for a while slows both.
type result struct {
	name                string
	nsPerOp             float64
	nsFastest           float64 // in the round that other programs disturbed least
	ratio, least, most  float64
	allocsPerOp, bPerOp uint64
}

// per divides the figures of a call by the number of things it did.
func (r *result) per(n int) {
	r.nsPerOp /= float64(n)
	r.nsFastest /= float64(n)
	r.allocsPerOp = (r.allocsPerOp + uint64(n)/2) / uint64(n)
	r.bPerOp /= uint64(n)
}

// sample is one contestant's figures in one round.
type sample struct {
	nsPerOp             float64
	allocsPerOp, bPerOp uint64
}

// compare runs the contestants in turns, in another order each round, so that
// none always runs after the heaviest one.
func compare(ctx context.Context, with meter, contestants []contestant, o options) ([]result, error) {
	if o.shape {
		return unmeasured(contestants), nil
	}
	counts := make([]int, len(contestants))
	for i, c := range contestants {
		n, err := calibrate(ctx, with, c, o.benchtime)
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	samples := make([][]sample, len(contestants))
	for range o.rounds {
		for _, i := range rand.Perm(len(contestants)) {
			s, err := measure(ctx, with, contestants[i], counts[i])
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

// unmeasured are results without figures.
func unmeasured(contestants []contestant) []result {
	results := make([]result, len(contestants))
	for i, c := range contestants {
		results[i].name = c.name
	}
	return results
}

// calibrate finds how many calls fill the time. The calls also warm up the contestant.
func calibrate(ctx context.Context, with meter, c contestant, benchtime time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		s, err := measure(ctx, with, c, n)
		if err != nil {
			return 0, err
		}
		if took := time.Duration(s.nsPerOp * float64(n)); took >= benchtime/4 {
			return max(1, int(float64(n)*float64(benchtime)/float64(took))), nil
		}
	}
}

func measure(ctx context.Context, with meter, c contestant, n int) (sample, error) {
	if err := ctx.Err(); err != nil { // not every contestant looks
		return sample{}, err
	}
	var before, after runtime.MemStats
	runtime.GC() // nobody pays for what the one before left behind
	runtime.ReadMemStats(&before)
	ns, err := with(n, func() error { return c.run(ctx) })
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w", c.name, err)
	}
	runtime.ReadMemStats(&after)
	return sample{
		nsPerOp:     ns,
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
		nsFastest:   slices.Min(times),
		ratio:       median(ratios),
		least:       slices.Min(ratios),
		most:        slices.Max(ratios),
		allocsPerOp: median(allocs),
		bPerOp:      median(bytes),
	}
}

// median returns the middle value, or the mean of the two in the middle.
func median[T float64 | uint64](values []T) T {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
