package pepaytest

import "sync"

// change says what changed in the server, and not how: a reader asks for the rest.
type change struct {
	Kind changeKind `json:"kind"`
	ID   string     `json:"id,omitempty"`
	Seq  int64      `json:"seq"`
}

type changeKind string

const (
	helloChange    changeKind = "hello" // the first line of every reader
	lostChange     changeKind = "lost"  // the reader was too slow: anything may have changed
	invoiceChange  changeKind = "invoice"
	orderChange    changeKind = "order"
	eventChange    changeKind = "event"
	requestChange  changeKind = "request"
	deliveryChange changeKind = "delivery" // ID is the endpoint's number
	receiverChange changeKind = "receiver"
	streamChange   changeKind = "stream"
	faultChange    changeKind = "fault"
	clockChange    changeKind = "clock"
	resetChange    changeKind = "reset"
)

const (
	// maxChangesWaiting is how many changes wait for one reader. The same thing that
	// changes again while it waits takes no further place.
	maxChangesWaiting = 1024
	maxChangeReaders  = 100
)

// changes tells readers what changes. Nobody waits for a reader.
type changes struct {
	mu      sync.Mutex
	seq     int64
	readers map[*changeReader]struct{}
}

// note tells every reader.
func (c *changes) note(kind changeKind, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	for r := range c.readers {
		r.add(change{kind, id, c.seq})
	}
}

// open adds a reader, or returns nil when there are too many.
func (c *changes) open() *changeReader {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.readers) >= maxChangeReaders {
		return nil
	}
	if c.readers == nil {
		c.readers = map[*changeReader]struct{}{}
	}
	r := &changeReader{of: c, waits: map[change]struct{}{}, ready: make(chan struct{}, 1)}
	c.readers[r] = struct{}{}
	r.add(change{Kind: helloChange, Seq: c.seq})
	return r
}

// changeReader has what one reader has not read yet. All of it is guarded by the lock of
// changes.
type changeReader struct {
	of      *changes
	waiting []change
	waits   map[change]struct{} // kind and id of what waits
	lost    bool
	ready   chan struct{} // has an element when something waits
}

// add is called under the lock.
func (r *changeReader) add(ch change) {
	what := change{Kind: ch.Kind, ID: ch.ID}
	switch _, again := r.waits[what]; {
	case r.lost:
		r.waiting[0].Seq = ch.Seq
	case again: // the reader has not asked for it yet
	case len(r.waiting) == maxChangesWaiting:
		clear(r.waits)
		r.lost, r.waiting = true, []change{{Kind: lostChange, Seq: ch.Seq}}
	default:
		r.waits[what] = struct{}{}
		r.waiting = append(r.waiting, ch)
	}
	select {
	case r.ready <- struct{}{}:
	default:
	}
}

// take returns what waits.
func (r *changeReader) take() []change {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	taken := r.waiting
	r.waiting, r.lost = nil, false
	clear(r.waits)
	return taken
}

func (r *changeReader) close() {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	delete(r.of.readers, r)
}
