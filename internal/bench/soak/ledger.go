package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// ledger holds that the events of a stream come once and in order. Only an event
// that the simulator sent late may come behind others.
type ledger struct {
	handled    int
	last       int64   // the highest number
	missing    []int64 // below it, in order
	late       int     // that came after all
	ids        digest
	violations []string
}

// enter takes an event that was handled.
func (l *ledger) enter(n int64, id string) {
	l.handled++
	l.ids.add(id)
	if n > l.last {
		for lost := l.last + 1; lost < n; lost++ {
			l.missing = append(l.missing, lost)
		}
		l.last = n
		return
	}
	at, found := slices.BinarySearch(l.missing, n)
	if !found {
		l.violated("event %d came twice, or after event %d", n, l.last)
		return
	}
	l.missing = slices.Delete(l.missing, at, at+1)
	l.late++
}

// complete is the number up to which nothing is missing.
func (l *ledger) complete() int64 {
	if len(l.missing) > 0 {
		return l.missing[0] - 1
	}
	return l.last
}

func (l *ledger) violated(format string, args ...any) {
	if len(l.violations) < maxKept {
		l.violations = append(l.violations, fmt.Sprintf(format, args...))
	}
}

// verify lists what is wrong at the end.
func (l *ledger) verify(events int, report Report) (broken []string) {
	if l.handled != events {
		broken = append(broken, fmt.Sprintf("handled %d events of %d", l.handled, events))
	}
	if len(l.missing) > 0 {
		broken = append(broken, fmt.Sprintf("%d events never came, event %d among them", len(l.missing), l.missing[0]))
	}
	if late := report.Faults[lateEvent]; l.late > late {
		broken = append(broken, fmt.Sprintf("%d events came behind others, and only %d were sent late", l.late, late))
	}
	if l.ids.String() != report.IDs {
		broken = append(broken, "the ids are not those that were emitted")
	}
	return broken
}

// digest is one of a set of ids, in any order.
type digest [sha256.Size]byte

func (d *digest) add(id string) {
	for i, b := range sha256.Sum256([]byte(id)) {
		d[i] ^= b
	}
}

func (d *digest) String() string { return hex.EncodeToString(d[:]) }
