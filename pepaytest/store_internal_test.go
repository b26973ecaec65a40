package pepaytest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// thing is an entity whose kind decides who sees it and who wants it.
type thing struct {
	ID   string `json:"id"`
	Kind int    `json:"kind"`
}

func (e *thing) key() string { return e.ID }

func visibleThing(e *thing) bool { return e.Kind != 0 }
func wantedThing(e *thing) bool  { return e.Kind != 1 }
func everyThing(*thing) bool     { return true }

// plainStore is a store as one would write it down: a list, the oldest first.
type plainStore struct {
	limit int
	list  []*thing
}

func (p *plainStore) add(e *thing) {
	p.list = append(p.list, e)
	p.list = p.list[max(len(p.list)-p.limit, 0):]
}

func (p *plainStore) remove(id string) {
	p.list = slices.DeleteFunc(p.list, func(e *thing) bool { return e.ID == id })
}

func (p *plainStore) get(id string) *thing {
	for _, e := range p.list {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// newest is the list with the newest first, of what passes.
func (p *plainStore) newest(passes func(*thing) bool) []*thing {
	list := slices.Clone(p.list)
	slices.Reverse(list)
	return slices.DeleteFunc(list, func(e *thing) bool { return !passes(e) })
}

func (p *plainStore) page(c cursors) (items []*thing, more, known bool) {
	visible := p.newest(visibleThing)
	at := -1
	if id := orElse(c.older, c.newer); id != "" {
		if at = slices.IndexFunc(visible, func(e *thing) bool { return e.ID == id }); at < 0 {
			return nil, false, false
		}
	}
	wanted := slices.DeleteFunc(visible[at+1:], func(e *thing) bool { return !wantedThing(e) })
	if c.newer != "" {
		wanted = slices.DeleteFunc(visible[:at], func(e *thing) bool { return !wantedThing(e) })
		first := max(len(wanted)-c.limit, 0)
		return wanted[first:], first > 0, true
	}
	n := min(c.limit, len(wanted))
	return wanted[:n], n < len(wanted), true
}

// A store does what a plain list does, whatever is added and removed in whatever order.
func TestStoreAgainstAPlainList(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			limit := 1 + random.IntN(40)
			s, plain := newStore[*thing](limit), &plainStore{limit: limit}
			for step := range 600 {
				switch random.IntN(5) {
				case 0, 1:
					e := &thing{ID: fmt.Sprint("t", step), Kind: random.IntN(4)}
					s.add(e)
					plain.add(e)
				case 2:
					id := fmt.Sprint("t", step-random.IntN(60))
					s.remove(id)
					plain.remove(id)
				default:
					compareStores(t, random, s, plain, step)
				}
				if t.Failed() {
					t.Fatalf("at step %d, with a limit of %d", step, limit)
				}
			}
			compareFiles(t, s, plain)
		})
	}
}

func compareStores(t *testing.T, random *rand.Rand, s *store[*thing], plain *plainStore, step int) {
	t.Helper()
	anID := func() string { return fmt.Sprint("t", step-random.IntN(60)) }
	id := anID()
	if got, want := s.get(id), plain.get(id); got != want {
		t.Errorf("get(%s) = %v, want %v", id, got, want)
	}
	if s.len() != len(plain.list) {
		t.Errorf("len %d, want %d", s.len(), len(plain.list))
	}
	oldest := collect(s.all)
	slices.Reverse(oldest)
	if want := plain.newest(everyThing); !slices.Equal(oldest, want) || !slices.Equal(collect(s.newest), want) {
		t.Errorf("walks: %s and %s, want %s", ids(oldest), ids(collect(s.newest)), ids(want))
	}
	for _, c := range []cursors{{}, {older: anID()}, {newer: anID()}} {
		c.limit = 1 + random.IntN(6)
		items, more, known := s.page(c, visibleThing, wantedThing)
		wantItems, wantMore, wantKnown := plain.page(c)
		if !slices.Equal(items, wantItems) || more != wantMore || known != wantKnown {
			t.Errorf("page %+v: %s %t %t, want %s %t %t", c, ids(items), more, known, ids(wantItems), wantMore, wantKnown)
		}
		if known && items == nil {
			t.Error("an empty page is nil, which JSON shows as null")
		}
	}
	offset, limit := random.IntN(12), random.IntN(8)
	items, total := s.slice(offset, limit, wantedThing)
	all := plain.newest(wantedThing)
	from := min(offset, len(all))
	if want := all[from:min(from+limit, len(all))]; !slices.Equal(items, want) || total != len(all) {
		t.Errorf("slice(%d, %d): %s of %d, want %s of %d", offset, limit, ids(items), total, ids(want), len(all))
	}
}

// compareFiles writes the store and reads it again.
func compareFiles(t *testing.T, s *store[*thing], plain *plainStore) {
	t.Helper()
	s.beginSnapshot()
	var lines [][]byte
	for more := true; more; {
		var some [][]byte
		some, more = s.encodeSome(2)
		lines = append(lines, some...)
	}
	data := slices.Concat([]byte("["), bytes.Join(lines, []byte(",")), []byte("]"))
	read := newStore[*thing](s.limit)
	if err := read.load(data, decodeStrictly); err != nil {
		t.Fatal(err)
	}
	got, want := collect(read.newest), plain.newest(everyThing)
	if ids(got) != ids(want) || read.limit != s.limit {
		t.Errorf("read %s with a limit of %d, want %s", ids(got), read.limit, ids(want))
	}
}

// Pages in one direction, one after the other, have everything once.
func TestStorePagesAreComplete(t *testing.T) {
	t.Parallel()
	s := newStore[*thing](100)
	for i := range 50 {
		s.add(&thing{ID: fmt.Sprint("t", i), Kind: i % 4})
	}
	for i := range 10 {
		s.remove(fmt.Sprint("t", i*5))
	}
	want, _, _ := s.page(cursors{limit: 100}, visibleThing, wantedThing)
	for limit := 1; limit <= len(want)+1; limit++ {
		var older []*thing
		for c, more := (cursors{limit: limit}), true; more; {
			var items []*thing
			items, more, _ = s.page(c, visibleThing, wantedThing)
			older = append(older, items...)
			c.older = items[len(items)-1].ID
		}
		newer := []*thing{want[len(want)-1]}
		for c, more := (cursors{limit: limit, newer: newer[0].ID}), true; more; {
			var items []*thing
			items, more, _ = s.page(c, visibleThing, wantedThing)
			newer = append(slices.Clone(items), newer...)
			c.newer = items[0].ID
		}
		if !slices.Equal(older, want) || !slices.Equal(newer, want) {
			t.Fatalf("pages of %d: %s and %s, want %s", limit, ids(older), ids(newer), ids(want))
		}
	}
}

// One old entity does not keep the places of all that came and went after it.
func TestStoreStaysSmall(t *testing.T) {
	t.Parallel()
	s := newStore[*thing](1)
	s.add(&thing{ID: "forgotten"})
	s.add(&thing{ID: "old"})
	s.limit = 100
	for i := range 10_000 {
		id := fmt.Sprint("t", i)
		s.add(&thing{ID: id})
		s.remove(id)
	}
	if n := len(s.entries); n > 100 || s.len() != 1 || s.get("old") == nil {
		t.Errorf("%d places for %d entities, %v", n, s.len(), s.get("old"))
	}
}

func collect(walk func(func(*thing) bool)) []*thing {
	seen := []*thing{}
	walk(func(e *thing) bool {
		seen = append(seen, e)
		return true
	})
	return seen
}

func ids(list []*thing) string {
	text := ""
	for _, e := range list {
		text += " " + e.ID
	}
	return text
}
