package pepaytest

import (
	"bytes"
	"slices"
	"strconv"
	"testing"
)

// Removing most entities while they are saved neither loses one nor saves one twice.
func TestSnapshotWhileHolesAreMade(t *testing.T) {
	t.Parallel()
	const entities, kept = 300, 10
	s := newStore[*invoice](entities)
	var want [][]byte
	for i := range entities {
		inv := &invoice{ID: strconv.Itoa(i)}
		s.add(inv)
		want = append(want, encode(inv))
	}
	s.beginSnapshot()
	got, more := s.encodeSome(5)
	for i := range entities - kept {
		s.remove(strconv.Itoa(i))
	}
	for more {
		var next [][]byte
		next, more = s.encodeSome(50)
		got = append(got, next...)
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d entities were saved, want the %d that were there", len(got), len(want))
	}
	s.remove(strconv.Itoa(entities - 1))
	if n := len(s.entries); n != kept-1 {
		t.Errorf("%d places for %d entities after the snapshot", n, kept-1)
	}
}

// A snapshot shows the entities as they were when it began, whatever happens while it is
// made.
func TestSnapshotIsOneMoment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*store[*invoice])
	}{
		{"nothing", func(*store[*invoice]) {}},
		{"got and changed", func(s *store[*invoice]) {
			for _, id := range []string{"a", "d", "e"} {
				s.get(id).Amount++
			}
		}},
		{"got and changed twice", func(s *store[*invoice]) { s.get("e").Amount++; s.get("e").Amount++ }},
		{"walked and changed", func(s *store[*invoice]) {
			s.newest(func(inv *invoice) bool { inv.Amount++; return inv.ID != "c" })
		}},
		{"removed", func(s *store[*invoice]) { s.remove("b"); s.remove("d"); s.remove("a") }},
		{"added, the oldest forgotten", func(s *store[*invoice]) {
			for _, id := range []string{"f", "g", "h", "i"} {
				s.add(&invoice{ID: id})
			}
			s.get("h").Amount++
		}},
		{"all forgotten", func(s *store[*invoice]) {
			for _, id := range []string{"f", "g", "h", "i", "j", "k"} {
				s.add(&invoice{ID: id})
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newStore[*invoice](5)
			var want [][]byte
			for _, id := range []string{"a", "b", "x", "c", "d", "e"} {
				s.add(&invoice{ID: id})
				if id == "c" {
					s.remove("x")
				}
			}
			s.all(func(inv *invoice) bool { want = append(want, encode(inv)); return true })
			for already := range 7 {
				s.beginSnapshot()
				got, more := s.encodeSome(already)
				if already == 3 { // the change comes in the middle
					tc.change(s)
				}
				for more {
					var next [][]byte
					next, more = s.encodeSome(1)
					got = append(got, next...)
				}
				if already <= 3 && !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) {
					t.Errorf("after %d\n%s\nwant\n%s", already, bytes.Join(got, nil), bytes.Join(want, nil))
				}
				if s.snapshot != nil {
					t.Error("the snapshot does not end")
				}
			}
		})
	}
}
