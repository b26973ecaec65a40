package pepaytest

import (
	"container/heap"
	"time"
)

// Advance moves the business time of the server: when invoices, quotes, estimates and
// keys expire, and what "created" says. What falls due on the way happens before
// Advance returns. A negative d moves it back, which undoes nothing.
//
// The Date of answers, the life of tokens and the timestamps of signatures keep to the
// server's clock, or every webhook would be refused as too old and every token be dead.
// [WithClock] moves all of it. It is safe for concurrent use.
func (s *Server) Advance(d time.Duration) {
	s.advanced.Add(int64(d))
	s.change(nil, func(*tx) {})
	s.changes.note(clockChange, "")
}

// now is the business time.
func (s *Server) now() time.Time {
	return s.cfg.now().Add(time.Duration(s.advanced.Load()))
}

// due is what happens by itself at a time.
type due struct {
	at     time.Time
	number int // of things due at the same time, the one named first happens first
	happen func(*tx)
}

// dueHeap has the next one first.
type dueHeap []due

func (h dueHeap) Len() int      { return len(h) }
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h dueHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].number < h[j].number
	}
	return h[i].at.Before(h[j].at)
}
func (h *dueHeap) Push(x any) { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	(*h)[len(*h)-1] = due{} // the backing array must not keep it alive
	*h = (*h)[:len(*h)-1]
	return last
}

// From so many on, what is of no use any more is looked for and forgotten.
const minDue = 4096

// at lets something happen at a time, in epoch seconds. happen has to look whether it
// still is to happen: nothing takes it back. It is not in the state file; [tx.rebuild]
// has to say it again.
func (t *tx) at(seconds int64, happen func(*tx)) {
	if len(t.due) >= max(t.dueLimit, minDue) {
		t.rebuild()
	}
	t.dueNumber++
	heap.Push(&t.due, due{time.Unix(seconds, 0), t.dueNumber, happen})
}

// settleDue makes happen what fell due, each at its own time.
func (t *tx) settleDue() {
	now := t.now
	for len(t.due) > 0 && !t.due[0].at.After(now) {
		next := heap.Pop(&t.due).(due)
		t.now = next.at
		next.happen(t)
	}
	t.now = now
}

// armDue lets time pass while nobody asks: what falls due is seen by streams and
// webhooks then. It is called while the state is locked.
func (s *Server) armDue(t *tx) {
	if s.stopped || len(t.due) == 0 {
		return
	}
	left := max(t.due[0].at.Sub(t.now), 0)
	if s.cfg.ownClock {
		left = min(left, clockInterval) // no timer follows it
	}
	if s.dueTimer == nil {
		s.dueTimer = time.AfterFunc(left, s.passTime)
		return
	}
	s.dueTimer.Reset(left)
}

func (s *Server) passTime() { s.change(nil, func(*tx) {}) }

// stopTime ends the timer.
func (s *Server) stopTime() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.stopped = true
	if s.dueTimer != nil {
		s.dueTimer.Stop()
	}
}
