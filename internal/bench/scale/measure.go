package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// counts are how many processes share the work.
func counts() []int { return []int{1, 2, 4} }

// work is what is asked for, by its path.
type work struct{ name, path string }

func works() []work {
	return []work{
		{"tokens handed out", "/token"},
		{"webhooks in memory", "/memory"},
		{"webhooks with inbox on PostgreSQL", "/inbox"},
	}
}

// report has the samples of all rounds.
type report struct {
	loads  map[string]map[int][]sample // by work and number of processes
	follow map[string][]sample         // by the way to keep the cursor
}

func measure(ctx context.Context, s settings, progress io.Writer) (*report, error) {
	most := slices.Max(counts())
	sys, err := startSystem(ctx, most)
	if err != nil {
		return nil, err
	}
	defer sys.stop()
	for _, w := range works() { // connections, caches
		if _, err := sys.load(ctx, w.path, most, s.time/2); err != nil {
			return nil, err
		}
	}
	r := &report{loads: map[string]map[int][]sample{}, follow: map[string][]sample{}}
	for round := range s.rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, s.rounds)
		if err := r.round(ctx, sys, s); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *report) round(ctx context.Context, sys *system, s settings) error {
	for _, i := range rand.Perm(len(works())) {
		w := works()[i]
		if r.loads[w.name] == nil {
			r.loads[w.name] = map[int][]sample{}
		}
		for _, j := range rand.Perm(len(counts())) {
			n := counts()[j]
			got, err := sys.load(ctx, w.path, n, s.time)
			if err != nil {
				return fmt.Errorf("%s, %d processes: %w", w.name, n, err)
			}
			r.loads[w.name][n] = append(r.loads[w.name][n], got)
		}
	}
	for _, i := range rand.Perm(len(followings())) {
		how := followings()[i]
		got, err := sys.follow(ctx, how, s.events)
		if err != nil {
			return fmt.Errorf("events, %s: %w", how, err)
		}
		r.follow[how] = append(r.follow[how], got)
	}
	return nil
}

// follow has the first replica follow live events, which are made as fast as the simulator
// can.
func (s *system) follow(ctx context.Context, how string, events int) (sample, error) {
	const longest = 2 * time.Minute // then something is wrong
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := s.ask(ctx, http.MethodPost, s.replicas[0]+"/follow?"+url.Values{"how": {how}, "events": {fmt.Sprint(events)}}.Encode())
		answers <- answer{text, err}
	}()
	if err := s.simulator.WaitStreams(ctx, 1); err != nil {
		return sample{}, err
	}
	for range events + 1 {
		s.simulator.EmitRaw(newEvent(time.Now())) //nolint:contextcheck // deliveries live as long as the simulator
	}
	a := <-answers
	if a.err != nil {
		return sample{}, a.err
	}
	var took, busy time.Duration
	if _, err := fmt.Sscan(a.text, (*int64)(&took), (*int64)(&busy)); err != nil {
		return sample{}, err
	}
	if err := s.simulator.WaitStreams(ctx, 0); err != nil {
		return sample{}, err
	}
	return sample{rate: float64(events) / took.Seconds(), busy: busy / time.Duration(events)}, nil
}
