package main

import "time"

// picture is what the page shows. Times are how long ago something was, so that the page
// needs no clock; all durations are in milliseconds.
type picture struct {
	Since     int64       `json:"since"` // the start
	Window    int64       `json:"window"`
	Rate      int         `json:"rate"` // events per second
	Kill      int64       `json:"kill"` // between two kills; 0: never
	Life      int64       `json:"life"` // of the lease
	Holder    string      `json:"holder"`
	Fence     int64       `json:"fence"`
	Counts    counts      `json:"counts"`
	Replicas  []shown     `json:"replicas"`
	Lag       []point     `json:"lag"`
	Takings   int         `json:"takings"`
	Longest   int64       `json:"longest"`
	TakeOvers []shownTake `json:"take_overs"` // the newest first
}

type segment struct {
	Standing standing `json:"standing"`
	From     int64    `json:"from"`
	To       int64    `json:"to"`
}

type point struct {
	At  int64 `json:"at"`
	Lag int64 `json:"lag"`
}

type shownTake struct {
	At    int64  `json:"at"`
	Fence int64  `json:"fence"`
	From  string `json:"from"`
	To    string `json:"to"`
	Why   string `json:"why"`
	Took  int64  `json:"took"`
}

// state is what is so now.
func (s *stage) state() picture {
	p := picture{
		Since: time.Since(s.began).Milliseconds(), Window: window.Milliseconds(),
		Rate: s.rate, Kill: s.kill.Milliseconds(), Life: s.life.Milliseconds(),
		Counts: s.tally.counts(), Replicas: s.shown(), Lag: []point{}, TakeOvers: []shownTake{},
	}
	s.history.fill(&p)
	return p
}

func (s *stage) shown() []shown {
	var all []shown
	for _, p := range s.replicas {
		all = append(all, p.shown())
	}
	return all
}

func (h *history) fill(p *picture) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	ago := func(t time.Time) int64 { return now.Sub(t).Milliseconds() }
	p.Holder, p.Fence, p.Takings, p.Longest = h.holder, h.fence, h.takings, h.longest.Milliseconds()
	for i := range p.Replicas {
		r := &p.Replicas[i]
		r.Segments = []segment{}
		for _, s := range h.segments[r.Name] {
			r.Segments = append(r.Segments, segment{s.standing, min(ago(s.from), window.Milliseconds()), ago(s.to)})
		}
	}
	for _, s := range h.lags {
		p.Lag = append(p.Lag, point{ago(s.at), s.lag.Milliseconds()})
	}
	for i := len(h.taken) - 1; i >= 0; i-- {
		t := h.taken[i]
		p.TakeOvers = append(p.TakeOvers, shownTake{ago(t.at), t.fence, t.from, t.to, t.why, t.took.Milliseconds()})
	}
}
