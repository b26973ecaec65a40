package pepaytest

import (
	"slices"
	"sync"
)

// eventLog has the events in the order in which they were emitted, at positions
// counted from 1, and forgets the oldest. A reader keeps a position and nothing else, so
// that a slow one costs no memory.
type eventLog struct {
	retention int

	mu      sync.Mutex
	entries []*record
	first   int64 // position of entries[0]
	seq     int64
	byID    map[string]int64
	changed chan struct{} // closed by the next event; nil while nobody waits

	// Positions go on when the events are replaced, so that one never means another event.
	replaced int   // how often
	readFrom int64 // where a reader goes on that has not noticed yet
}

func newEventLog(retention int) *eventLog {
	return &eventLog{retention: retention, first: 1, byID: map[string]int64{}}
}

// add appends what build makes of the next sequence number. Both happen under the
// lock, so that the numbers have the order of the log.
func (l *eventLog) add(build func(seq int64) *record) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	rec := build(l.seq)
	l.entries = append(l.entries, rec)
	if _, rec.again = l.byID[rec.event.ID]; !rec.again && rec.event.ID != "" { // EmitRaw may leave the id out
		l.byID[rec.event.ID] = l.last()
	}
	if len(l.entries) > l.retention {
		if oldest := l.entries[0].event.ID; oldest != "" && l.byID[oldest] == l.first {
			delete(l.byID, oldest)
		}
		l.entries[0] = nil // the backing array must not keep it alive
		l.entries = l.entries[1:]
		l.first++
	}
	l.wake()
	return rec
}

func (l *eventLog) last() int64 { return l.first + int64(len(l.entries)) - 1 }

// replace forgets every event and has those of another log instead. Readers go on after
// them.
func (l *eventLog) replace(with *eventLog) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ahead := l.last() + 1 - with.first
	l.first, l.entries, l.seq, l.byID = with.first+ahead, with.entries, with.seq, map[string]int64{}
	for id, position := range with.byID {
		l.byID[id] = position + ahead
	}
	l.replaced++
	l.readFrom = l.last()
	l.wake()
}

// snapshot copies the log, repeated deliveries included, and says how many events were
// numbered so far.
func (l *eventLog) snapshot() (entries []*record, numbered int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries), l.seq
}

// wake is called under the lock.
func (l *eventLog) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// logPlace is how far a reader has read.
type logPlace struct {
	position int64
	replaced int
}

// read copies the events after a place into buf. When there are none, changed
// is closed as soon as one comes. lost says that the next one is forgotten already.
func (l *eventLog) read(p *logPlace, buf []*record) (n int, lost bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.replaced != l.replaced {
		*p = logPlace{l.readFrom, l.replaced}
	}
	if p.position < l.first-1 {
		return 0, true, nil
	}
	if n = copy(buf, l.entries[p.position-l.first+1:]); n > 0 {
		return n, false, nil
	}
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return 0, false, l.changed
}

// len is how many events are kept, repeated deliveries included.
func (l *eventLog) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// end is the place after the last event.
func (l *eventLog) end() logPlace {
	l.mu.Lock()
	defer l.mu.Unlock()
	return logPlace{l.last(), l.replaced}
}

// get is an event and the place after it by its id, or nil when it is unknown or forgotten.
func (l *eventLog) get(id string) (*record, logPlace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	position, ok := l.byID[id]
	if !ok {
		return nil, logPlace{}
	}
	return l.entries[position-l.first], logPlace{position, l.replaced}
}

// walk visits the events on one side of a position with their own positions, nearest
// first, while visit returns true.
func (l *eventLog) walk(from, step int64, visit func(*record, int64) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	position := from + step
	if step > 0 {
		position = max(position, l.first)
	}
	for ; position >= l.first && position <= l.last(); position += step {
		if !visit(l.entries[position-l.first], position) {
			return
		}
	}
}

// tail is the place after which the last n events that match are.
func (l *eventLog) tail(n int, matches func(*record) bool) logPlace {
	after := l.end()
	l.walk(after.position+1, -1, func(r *record, position int64) bool {
		if matches(r) {
			after.position = position - 1
			n--
		}
		return n > 0
	})
	return after
}

// all copies the log, oldest first, without repeated deliveries.
func (l *eventLog) all() []*record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.entries), func(r *record) bool { return r.again })
}
