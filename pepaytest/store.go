package pepaytest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// entity is what a [store] holds: a pointer to a struct that encodes as JSON.
type entity interface {
	comparable
	key() string
}

// store has entities by id, in the order of their creation, and forgets the oldest
// beyond its limit. It is used while the state is locked.
type store[E entity] struct {
	limit   int
	entries []E // oldest first; the zero E where one was removed
	first   int // position of entries[0]
	removed int
	byID    map[string]int
	// While the store is saved.
	snapshot *snapshot
}

func newStore[E entity](limit int) *store[E] {
	return &store[E]{limit: limit, byID: map[string]int{}}
}

// add appends an entity with an id of its own.
func (s *store[E]) add(e E) {
	s.byID[e.key()] = s.first + len(s.entries)
	s.entries = append(s.entries, e)
	for s.len() > s.limit {
		s.dropOldest()
	}
}

func (s *store[E]) dropOldest() {
	var none E
	s.keep(s.first)
	if oldest := s.entries[0]; oldest != none {
		delete(s.byID, oldest.key())
	} else {
		s.removed--
	}
	s.entries[0] = none // the backing array must not keep it alive
	s.entries = s.entries[1:]
	s.first++
}

// get is the entity with this id, or the zero E.
func (s *store[E]) get(id string) E {
	var none E
	position, ok := s.byID[id]
	if !ok {
		return none
	}
	s.keep(position)
	return s.entries[position-s.first]
}

// remove forgets an entity; an unknown id does nothing.
func (s *store[E]) remove(id string) {
	position, ok := s.byID[id]
	if !ok {
		return
	}
	var none E
	s.keep(position)
	delete(s.byID, id)
	s.entries[position-s.first] = none
	s.removed++
	if s.snapshot == nil && s.removed > s.len()+minHoles { // a snapshot counts on the positions
		s.compact()
	}
}

// minHoles is how many removed entities may leave a hole before they are closed.
const minHoles = 64

// compact closes the holes, so that one old entity does not keep those of all that came
// and went after it.
func (s *store[E]) compact() {
	var none E
	s.entries = slices.DeleteFunc(s.entries, func(e E) bool { return e == none })
	s.removed = 0
	for i, e := range s.entries {
		s.byID[e.key()] = s.first + i
	}
}

func (s *store[E]) len() int { return len(s.entries) - s.removed }

// all visits the entities from the oldest to the newest, while visit returns true.
func (s *store[E]) all(visit func(E) bool) { s.walk(s.first-1, +1, visit) }

// newest visits the entities from the newest to the oldest, while visit returns true.
func (s *store[E]) newest(visit func(E) bool) { s.walk(s.first+len(s.entries), -1, visit) }

func (s *store[E]) walk(from, step int, visit func(E) bool) {
	var none E
	for p := from + step; p >= s.first && p < s.first+len(s.entries); p += step {
		e := s.entries[p-s.first]
		if e == none {
			continue
		}
		s.keep(p)
		if !visit(e) {
			return
		}
	}
}

// cursors are the documented ways through a list that is newest first: at most one of
// the two is set.
//
// See https://docs-alpha.pepay.io/api-spec/pagination
type cursors struct {
	older string // starting_after: what was created before this one
	newer string // ending_before: what was created after this one
	limit int
}

// The size of a page whose request names none, and the largest.
//
// See https://docs-alpha.pepay.io/api-spec/pagination
const (
	defaultLimit = 10
	maxLimit     = 100
)

func pageOf(limit *int64, startingAfter, endingBefore *string) cursors {
	return cursors{older: deref(startingAfter), newer: deref(endingBefore), limit: int(orDefault(limit, defaultLimit))}
}

// check has what the contract's schemas do not say of every list.
func (c cursors) check() *problem {
	switch {
	case c.older != "" && c.newer != "":
		return invalidRequest("starting_after and ending_before exclude each other")
	case c.limit < 1 || c.limit > maxLimit:
		return invalidRequest(fmt.Sprintf("limit must be from 1 to %d", maxLimit))
	}
	return nil
}

// page is up to limit entities that are wanted, newest first. Before a cursor it has
// those next to it. more says that the walk in this direction goes on. An unknown
// cursor, or one that is not wanted by visible, gives known == false.
func (s *store[E]) page(c cursors, visible, wants func(E) bool) (items []E, more, known bool) {
	from, step := s.first+len(s.entries), -1
	if id := orElse(c.older, c.newer); id != "" {
		position, ok := s.byID[id]
		if !ok || !visible(s.entries[position-s.first]) {
			return nil, false, false
		}
		from = position
	}
	if c.newer != "" {
		step = +1
	}
	items = []E{}
	s.walk(from, step, func(e E) bool {
		if !visible(e) || !wants(e) {
			return true
		}
		if more = len(items) == c.limit; !more {
			items = append(items, e)
		}
		return !more
	})
	if step > 0 {
		slices.Reverse(items)
	}
	return items, more, true
}

// slice is a page by offset, newest first, and how many are wanted in all.
func (s *store[E]) slice(offset, limit int, wants func(E) bool) (items []E, total int) {
	items = []E{}
	s.newest(func(e E) bool {
		if wants(e) {
			if total >= offset && len(items) < limit {
				items = append(items, e)
			}
			total++
		}
		return true
	})
	return items, total
}

// load reads the entities, oldest first, as a state file has them. An entity may have a
// method check() error for what the rest of the server relies on.
func (s *store[E]) load(data []byte, decode func(data []byte, into any) error) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for i, raw := range list {
		var e, none E
		if err := decode(raw, &e); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		switch {
		case e == none:
			return fmt.Errorf("entry %d: it is null", i+1)
		case e.key() == "":
			return fmt.Errorf("entry %d: it has no id", i+1)
		}
		if checked, ok := any(e).(interface{ check() error }); ok {
			if err := checked.check(); err != nil {
				return fmt.Errorf("entry %d: %w", i+1, err)
			}
		}
		if _, ok := s.byID[e.key()]; ok {
			return fmt.Errorf("entry %d: its id %q is there already", i+1, e.key())
		}
		s.add(e)
	}
	return nil
}
