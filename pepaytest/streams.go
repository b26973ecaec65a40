package pepaytest

import (
	"slices"
	"sync"
	"time"
)

// streams are the open ones.
type streams struct {
	mu     sync.Mutex
	closed bool
	opened int64
	open   map[*stream]struct{}
	empty  chan struct{} // closed when the last one has ended; made by closeAll
	// changed is closed at the next change; nil while nobody waits for one.
	changed chan struct{}
}

// add is false when the server closes.
func (o *streams) add(st *stream) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.open == nil {
		o.open = map[*stream]struct{}{}
	}
	o.opened++
	st.number = o.opened
	o.open[st] = struct{}{}
	o.noteChange()
	return true
}

func (o *streams) remove(st *stream) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, st)
	o.checkEmpty()
	o.noteChange()
}

func (o *streams) checkEmpty() {
	if o.empty != nil && len(o.open) == 0 {
		close(o.empty)
		o.empty = nil
	}
}

// all returns the open streams in the order in which they were opened.
func (o *streams) all() []*stream {
	o.mu.Lock()
	defer o.mu.Unlock()
	var open []*stream
	for st := range o.open {
		open = append(open, st)
	}
	slices.SortFunc(open, func(a, b *stream) int { return int(a.number - b.number) })
	return open
}

// closeAll closes every stream with a close frame and waits until they have ended. It
// runs before net/http closes: a client may have its 101 already on a connection that
// net/http still counts as its own and would cut.
func (o *streams) closeAll() {
	empty := make(chan struct{})
	o.mu.Lock()
	o.closed, o.empty = true, empty
	o.checkEmpty()
	o.noteChange()
	o.mu.Unlock()
	for _, st := range o.all() {
		st.interrupt(serverCloses(), closeGrace)
	}
	timer := time.NewTimer(2 * closeGrace)
	defer timer.Stop()
	select {
	case <-empty:
	case <-timer.C: // a client does not even read its 101
	}
}

func serverCloses() streamEnd {
	return streamEnd{how: endClose, code: 1001, reason: "server closes"}
}
