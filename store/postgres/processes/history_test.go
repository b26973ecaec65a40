package processes

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// history is what happened in one run: what the database says, and what the test did.
type history struct {
	emissions    []emission
	effects      []effect
	moves        []move
	disturbances []disturbance
}

// emission is an event that Pepay emitted. Numbers begin at 1.
type emission struct {
	number   int
	id, kind string
	at       time.Time
}

// effect is a row that a replica wrote when it handled an event.
type effect struct {
	event, via, replica string
	fence               int64 // of the term, 0 for a webhook
	at                  time.Time
}

const (
	viaStream  = "stream"
	viaWebhook = "webhook"
)

// move is a change of the lease's row, in the order in which they were committed.
type move struct {
	holder string
	fence  int64
	cursor string
	at     time.Time
}

// disturbance is something the test did to a replica or to a server.
type disturbance struct {
	what     string
	replica  string // "" for a server
	fence    int64  // of the replica's term, when it held the lease
	from, to time.Time
}

const (
	killed    = "kill -9"
	stopped   = "SIGSTOP"
	cut       = "network cut"
	restarted = "PostgreSQL restarted"
	deployed  = "replaced"
)

// takeOver is what followed a disturbance of the holder: how long it took until another
// term had the lease, and until it had handled an event.
type takeOver struct{ leased, handled time.Duration }

// takeOvers are in the order of the events that were handled. A disturbance during which
// something else happened does not count.
func (h *history) takeOvers(what string) []takeOver {
	leased, handled := map[int64]time.Time{}, map[int64]time.Time{}
	for _, m := range slices.Backward(h.moves) {
		leased[m.fence] = m.at
	}
	for _, e := range slices.Backward(h.effects) {
		if e.via == viaStream {
			handled[e.fence] = e.at
		}
	}
	var all []takeOver
	for _, d := range h.disturbances {
		l, ok := firstAfter(leased, d.fence)
		e, worked := firstAfter(handled, d.fence)
		if d.what == what && d.fence != 0 && ok && worked && !h.disturbedBetween(d, e) {
			all = append(all, takeOver{l.Sub(d.from), e.Sub(d.from)})
		}
	}
	slices.SortFunc(all, func(a, b takeOver) int { return cmp.Compare(a.handled, b.handled) })
	return all
}

// firstAfter is the moment of the lowest fence above the given one.
func firstAfter(moments map[int64]time.Time, fence int64) (at time.Time, ok bool) {
	lowest := int64(math.MaxInt64)
	for f, moment := range moments {
		if f > fence && f < lowest {
			lowest, at, ok = f, moment, true
		}
	}
	return at, ok
}

func (h *history) disturbedBetween(but disturbance, until time.Time) bool {
	return slices.ContainsFunc(h.disturbances, func(d disturbance) bool {
		return d != but && d.from.Before(until) && d.to.After(but.from)
	})
}

// story is everything that is known about an event, in the order of time.
func (h *history) story(event string) string {
	type line struct {
		at   time.Time
		text string
	}
	var lines []line
	numbers := h.numbers()
	number := numbers[event]
	first, last := time.Time{}, time.Time{}
	note := func(at time.Time, format string, args ...any) {
		lines = append(lines, line{at, fmt.Sprintf(format, args...)})
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	for _, e := range h.emissions {
		if e.id == event {
			note(e.at, "emitted as number %d, %s", e.number, e.kind)
		}
	}
	for _, e := range h.effects {
		if e.event == event {
			note(e.at, "effect by replica %s, by %s, fence %d", e.replica, e.via, e.fence)
		}
	}
	for i, m := range h.moves {
		before := i == 0 || numbers[h.moves[i-1].cursor] < number
		if at := numbers[m.cursor]; at == number || at > number && before {
			note(m.at, "cursor at number %d, fence %d, holder %s", at, m.fence, m.holder)
		}
	}
	const around = 5 * time.Second
	for _, d := range h.disturbances {
		if d.from.Before(last.Add(around)) && d.to.After(first.Add(-around)) {
			lines = append(lines, line{d.from, fmt.Sprintf("%s of %s (fence %d) until %s", d.what, cmp.Or(d.replica, "the server"), d.fence, d.to.Format(clock))})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	var text strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&text, "\n    %s %s", l.at.Format(clock), l.text)
	}
	return text.String()
}

const clock = "15:04:05.000"

// numbers gives each event's place in the order of emission.
func (h *history) numbers() map[string]int {
	numbers := make(map[string]int, len(h.emissions))
	for _, e := range h.emissions {
		numbers[e.id] = e.number
	}
	return numbers
}
