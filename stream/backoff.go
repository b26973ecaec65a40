package stream

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait before dialling again: a time drawn evenly from
// zero to a ceiling that begins at Base and doubles up to Max. It begins anew
// when a connection was healthy for ResetAfter and brought at least one frame. A
// Retry-After of Pepay's is the least that is waited. Zero fields mean 500 ms,
// 30 s and 30 s.
type Backoff struct{ Base, Max, ResetAfter time.Duration }

func (b Backoff) withDefaults() Backoff {
	if b.Base == 0 {
		b.Base = 500 * time.Millisecond
	}
	if b.Max == 0 {
		b.Max = 30 * time.Second
	}
	if b.ResetAfter == 0 {
		b.ResetAfter = 30 * time.Second
	}
	return b
}

func (b Backoff) negative() bool { return b.Base < 0 || b.Max < 0 || b.ResetAfter < 0 }

// wait draws the wait before attempt n, counted from zero, and at least floor.
func (b Backoff) wait(n int, floor time.Duration) time.Duration {
	ceiling := b.Max
	if n < 32 && b.Base < b.Max>>n {
		ceiling = b.Base << n
	}
	return max(floor, rand.N(ceiling+1))
}
