package chaos

import (
	"math/rand/v2"
	"time"
)

// End is how the proxy ends a connection, after [Fate.After] or [Fate.Bytes].
type End string

const (
	// Never leaves the end to the client and the target.
	Never End = ""
	// Refuse resets the connection before anything is forwarded.
	Refuse End = "refuse"
	// Cut closes both sides, in the middle of whatever is being sent.
	Cut End = "cut"
	// Reset makes both sides see a reset.
	Reset End = "reset"
	// HalfOpen forwards nothing any more and tells no one: a router that has lost its
	// state, a cable that was pulled.
	HalfOpen End = "half-open"
)

// Fate is what happens to one connection. The zero value forwards it as it is.
type Fate struct {
	// Latency delays all bytes, in each direction.
	Latency time.Duration
	// Rate is how many bytes a second get through to the client, 0 for all.
	Rate int
	// End is how the connection ends once so many Bytes went to the client or,
	// whichever comes first, the time After has passed. Zero is no limit.
	End   End
	Bytes int64
	After time.Duration
}

// Any draws a fate out of all kinds of them. Ends come within most bytes or the
// time after.
func Any(random *rand.Rand, most int64, after time.Duration) Fate {
	ends := []End{Never, Refuse, Cut, Cut, Reset, HalfOpen}
	fate := Fate{End: ends[random.IntN(len(ends))]}
	if fate.End != Never {
		fate.Bytes = 1 + random.Int64N(most)
	}
	fate.After = after/2 + time.Duration(random.Int64N(int64(after)))
	if fate.End == Never {
		fate.End = Cut // in its time: a proxy that cuts what has been open for long
	}
	switch random.IntN(4) {
	case 0:
		fate.Latency = time.Duration(random.Int64N(int64(30 * time.Millisecond)))
	case 1:
		fate.Rate = 100_000 + random.IntN(400_000)
	}
	return fate
}
