package pepaytest

import (
	"fmt"
	"time"
)

// When says which of the requests for an operation meet a fault. The zero When is
// [Always].
type When struct {
	next, every int
	lasts       time.Duration
	err         error
}

// Always is every request.
func Always() When { return When{} }

// Next is the next n requests, those that an older rule answers not counted.
func Next(n int) When {
	if n < 1 {
		return When{err: fmt.Errorf("pepaytest: Next(%d): give at least 1", n)}
	}
	return When{next: n}
}

// Every is each n-th request: with 3 the third, the sixth and so on, counted from
// when the rule was added. One that an older rule answers counts, and is left out.
func Every(n int) When {
	if n < 1 {
		return When{err: fmt.Errorf("pepaytest: Every(%d): give at least 1", n)}
	}
	return When{every: n}
}

// For is every request for as long as d from when the rule was added, by the system's
// clock: an outage. A time that is not positive is refused.
func For(d time.Duration) When {
	if d <= 0 {
		return When{err: fmt.Errorf("pepaytest: For(%v): give more than 0", d)}
	}
	return When{lasts: d}
}

func (w When) due(seen, hits int, age time.Duration) bool {
	switch {
	case w.next > 0:
		return hits < w.next
	case w.every > 0:
		return seen%w.every == 0
	case w.lasts > 0:
		return age < w.lasts
	default:
		return true
	}
}
