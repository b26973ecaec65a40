package stream

import (
	"sync/atomic"
	"time"
)

// lag is since when a stream is behind. Its fields are read by other goroutines.
type lag struct {
	inHand atomic.Bool  // the loop has an event
	since  atomic.Int64 // Unix time in nanoseconds by our clock, 0 when not known
}

// Lag is how far the stream is behind: the age of the event that the loop has in
// hand; the age of the newest handled event while the stream catches up; and the time
// without a connection while it dials or waits. It is 0 while the stream is live and
// waits for an event, and in every other state, also on standby. Ages are by Pepay's
// clock, and up to a second off. It is safe for concurrent use.
//
// A loop that is stuck has an event in hand whose lag grows.
func (s *Stream) Lag() time.Duration {
	since, state := s.lag.since.Load(), s.State()
	behind := state == StateConnecting || state == StateReplaying || state == StateWaiting
	if since == 0 || !behind && !s.lag.inHand.Load() {
		return 0
	}
	return max(0, time.Since(time.Unix(0, since)))
}

// take notes an event that the loop gets, and give that it was handled.
func (l *lag) take(created time.Time, clock serverClock) {
	since := clock.at.Add(created.Sub(clock.date))
	if created.IsZero() {
		since = time.Now()
	}
	l.since.Store(since.UnixNano())
	l.inHand.Store(true)
}

func (l *lag) give() { l.inHand.Store(false) }

// disconnected begins the time without a connection, unless the stream was behind
// before.
func (l *lag) disconnected(state State) {
	if state == StateLive {
		l.since.Store(time.Now().UnixNano())
	}
}

// takenAt is when the loop gets an event, zero when nobody wants to know.
func (r *run) takenAt() time.Time {
	if r.opts.Observer.OnHandled == nil {
		return time.Time{}
	}
	return time.Now()
}

// tellHandled tells the observer.
func (r *run) tellHandled(id, kind string, created, taken time.Time) {
	if r.opts.Observer.OnHandled == nil {
		return
	}
	h := Handled{EventID: id, Type: kind, Took: time.Since(taken)}
	if !created.IsZero() {
		h.Lag = max(0, r.clock.date.Add(taken.Sub(r.clock.at)).Sub(created))
	}
	r.observing.Lock()
	defer r.observing.Unlock()
	r.opts.Observer.OnHandled(h)
}
