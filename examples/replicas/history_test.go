package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// A take-over lasts from the end of a holder to the beginning of the next one, in whatever
// order the replicas report.
func TestTakeOvers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHistory()
		h.gained("amber", 1)
		h.lost(1, "was killed")
		time.Sleep(3 * time.Second)
		h.gained("birch", 2)
		h.gained("coral", 3)        // before birch could say that it lost the lease
		h.lost(2, "lost the lease") // it comes late
		h.gained("birch", 2)        // likewise
		h.lost(3, "was killed")     // the end of the newest term
		h.lost(3, "was killed")     // once more
		time.Sleep(time.Second)     // nobody has it
		h.sample([]shown{{Name: "amber", Standing: down}, {Name: "birch", Standing: standsBy}})
		time.Sleep(2 * window)
		h.sample([]shown{{Name: "amber", Standing: starting}, {Name: "birch", Standing: standsBy}})

		p := picture{Replicas: []shown{{Name: "amber"}, {Name: "birch"}}}
		h.fill(&p)
		want := []shownTake{
			{At: 121_000, Fence: 3, From: "birch", To: "coral", Why: "lost the lease"},
			{At: 121_000, Fence: 2, From: "amber", To: "birch", Why: "was killed", Took: 3000},
		}
		if len(p.TakeOvers) != 2 || p.TakeOvers[0] != want[0] || p.TakeOvers[1] != want[1] || p.Takings != 2 || p.Longest != 3000 {
			t.Errorf("%+v", p.TakeOvers)
		}
		if p.Holder != "" || p.Fence != 3 {
			t.Errorf("%q has term %d", p.Holder, p.Fence)
		}
		if len(p.Lag) != 1 || p.Lag[0].Lag != 121_000 {
			t.Errorf("the lag is %+v", p.Lag)
		}
		if got := p.Replicas[0].Segments; len(got) != 1 || got[0] != (segment{starting, 60_000, 0}) {
			t.Errorf("amber: %+v", got)
		}
		if got := p.Replicas[1].Segments; len(got) != 1 || got[0] != (segment{standsBy, 60_000, 0}) {
			t.Errorf("birch: %+v", got)
		}
	})
}
