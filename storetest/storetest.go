package storetest

import (
	"reflect"
	"sync"
	"testing"
	"time"
)

const (
	// short is the life of a lease that is meant to run out.
	short = 400 * time.Millisecond
	// long is the life of one that is not.
	long = 10 * time.Minute
	// pause is between two looks at a store.
	pause = 20 * time.Millisecond
	// patience is how long something may take that has to happen.
	patience = 30 * time.Second
)

// rule is a subtest.
type rule[S any] struct {
	name string
	test func(*testing.T, stores[S])
}

// stores is what a rule is tested on.
type stores[S any] struct {
	// one and two are handles of the same store: as two processes have them if the
	// store can be reopened, otherwise the same one twice.
	one, two S
	// open opens another store, which nothing else uses.
	open func() stores[S]
	// reopen returns one more handle of the store. It skips the test if that is
	// impossible.
	reopen   func() S
	patience time.Duration
}

// handle is one of the two handles, for callers who are numbered.
func (s stores[S]) handle(i int) S {
	if i%2 == 0 {
		return s.one
	}
	return s.two
}

// run runs a group of subtests and returns when all have ended, so that the caller may
// close what its stores need. It calls open once at a time: the subtests are parallel,
// and an open that counts its stores is not to be a data race.
func run[S any](t *testing.T, group string, rules []rule[S], open func(*testing.T) S, patience time.Duration) {
	t.Helper()
	var mu sync.Mutex
	openOne := func(t *testing.T) S {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		return open(t)
	}
	t.Run(group, func(t *testing.T) {
		for _, r := range rules {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				r.test(t, openStores(t, openOne, patience))
			})
		}
	})
}

func openStores[S any](t *testing.T, open func(*testing.T) S, patience time.Duration) stores[S] {
	t.Helper()
	one := open(t)
	s := stores[S]{one: one, two: one, open: func() stores[S] { return openStores(t, open, patience) }, patience: patience}
	reopener, ok := optional[interface{ Reopen(*testing.T) S }](t, one, "Reopen")
	s.reopen = func() S {
		t.Helper()
		if !ok {
			t.Skipf("%T has no method Reopen", one)
		}
		return reopener.Reopen(t)
	}
	if ok {
		s.two = s.reopen()
	}
	return s
}

// optional looks for a method that a store may have. A method of that name with
// other parameters is a mistake, which would go unnoticed.
func optional[I any](t *testing.T, store any, method string) (I, bool) {
	t.Helper()
	with, ok := store.(I)
	if ok {
		return with, true
	}
	if m := reflect.ValueOf(store).MethodByName(method); m.IsValid() {
		t.Fatalf("%T has a method %s that is a %s, which is none of the optional methods: want %s", store, method, m.Type(), reflect.TypeFor[I]())
	}
	return with, false
}

// must looks for a method that a store may have, and skips the test without it.
func must[I any](t *testing.T, store any, method string) I {
	t.Helper()
	with, ok := optional[I](t, store, method)
	if !ok {
		t.Skipf("%T has no method %s", store, method)
	}
	return with
}

// eventually waits until a condition holds.
func eventually(t *testing.T, patience time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); sleep(t, pause) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// sleep waits for at least d: the clock of a store cannot be set.
func sleep(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}
