package main

import (
	"slices"
	"sync"
	"time"
)

const (
	window       = time.Minute // what the page shows of the past
	keptTakeOver = 12
)

// history is what has happened to the group. It is safe for concurrent use.
type history struct {
	mu       sync.Mutex
	fence    int64     // of the newest term
	holder   string    // who has it, "" for nobody
	free     time.Time // since when nobody has it
	why      string    // why the last holder has it no longer
	former   string    // who that was
	taken    []takeOver
	takings  int
	longest  time.Duration
	segments map[string][]span
	lags     []sample
}

type takeOver struct {
	at       time.Time
	fence    int64
	from, to string
	why      string
	took     time.Duration
}

type span struct {
	standing standing
	from, to time.Time
}

type sample struct {
	at  time.Time
	lag time.Duration
}

func newHistory() *history {
	return &history{free: time.Now(), segments: map[string][]span{}}
}

// gained notes that a replica has the lease.
func (h *history) gained(name string, fence int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if fence <= h.fence {
		return // a report of a term that is over came late
	}
	now := time.Now()
	t := takeOver{at: now, fence: fence, from: h.former, to: name, why: h.why}
	if h.holder != "" { // its loss has not been reported yet
		t.from, t.why = h.holder, "lost the lease"
	} else {
		t.took = now.Sub(h.free)
	}
	h.fence, h.holder = fence, name
	if t.from == "" {
		return // the first term takes nothing over
	}
	h.taken = append(slices.Clone(h.taken[max(0, len(h.taken)-keptTakeOver+1):]), t)
	h.takings++
	h.longest = max(h.longest, t.took)
}

// lost notes that the holder of a term has it no longer.
func (h *history) lost(fence int64, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if fence != h.fence || h.holder == "" {
		return
	}
	h.former, h.holder, h.free, h.why = h.holder, "", time.Now(), why
}

// sample notes what the replicas do now, and how far the stream is behind: what its
// follower says, or for how long nobody has followed it.
func (h *history) sample(replicas []shown) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for _, r := range replicas {
		spans := h.segments[r.Name]
		if n := len(spans); n > 0 && spans[n-1].standing == r.Standing {
			spans[n-1].to = now
		} else {
			from := now
			if n > 0 {
				from = spans[n-1].to
			}
			spans = append(spans, span{r.Standing, from, now})
		}
		h.segments[r.Name] = slices.DeleteFunc(spans, func(s span) bool { return now.Sub(s.to) > window })
	}
	h.lags = append(slices.DeleteFunc(h.lags, func(s sample) bool { return now.Sub(s.at) > window }), sample{now, h.lag(now, replicas)})
}

func (h *history) lag(now time.Time, replicas []shown) time.Duration {
	for _, r := range replicas {
		if r.Standing == follows && r.Fence == h.fence {
			return time.Duration(r.Lag) * time.Millisecond
		}
	}
	if h.holder != "" {
		return 0 // it has just got the lease, or lost it: the next sample knows
	}
	return now.Sub(h.free)
}
