package pepaytest

// A snapshot of a store is encoded for the state file while the simulator goes on: a few
// entities at a time, each under the lock. An entity that somebody asks for meanwhile is
// encoded before they get it, so that the snapshot shows all entities as they were when
// it began.

// savedStore is a store of any kind, as the state file sees it.
type savedStore interface {
	beginSnapshot()
	encodeSome(limit int) (encoded [][]byte, more bool)
	load(data []byte, decode func(data []byte, into any) error) error
}

// snapshot is what is not encoded yet.
type snapshot struct {
	next, end int            // positions
	ahead     map[int][]byte // of entities that somebody asked for
}

// beginSnapshot takes the entities as they are now.
func (s *store[E]) beginSnapshot() {
	s.snapshot = &snapshot{next: s.first, end: s.first + len(s.entries), ahead: map[int][]byte{}}
}

// keep encodes an entity before it may change or goes.
func (s *store[E]) keep(position int) {
	snap := s.snapshot
	if snap == nil || position < snap.next || position >= snap.end || snap.ahead[position] != nil {
		return
	}
	var none E
	if e := s.entries[position-s.first]; e != none {
		snap.ahead[position] = encode(e)
	}
}

// encodeSome continues the snapshot by up to limit entities.
func (s *store[E]) encodeSome(limit int) (encoded [][]byte, more bool) {
	snap := s.snapshot
	var none E
	for ; snap.next < snap.end && limit > 0; snap.next++ {
		line := snap.ahead[snap.next]
		if line != nil {
			delete(snap.ahead, snap.next)
		} else if i := snap.next - s.first; i >= 0 && s.entries[i] != none {
			line = encode(s.entries[i])
			limit--
		}
		if line != nil {
			encoded = append(encoded, line)
		}
	}
	if snap.next == snap.end {
		s.snapshot = nil
		return encoded, false
	}
	return encoded, true
}
