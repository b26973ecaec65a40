package wstoken

import (
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// instant is now by both clocks, in nanoseconds: the wall clock, which may jump,
// and the monotonic one, which may stop while the machine sleeps.
type instant struct{ wall, mono int64 }

func (c *Cache) now() instant {
	if c.clock != nil {
		return c.clock()
	}
	now := time.Now()
	return instant{now.UnixNano(), int64(now.Sub(c.started))}
}

// entry is a token and when to renew it. The points are wall clock times, because
// the monotonic clock stops while a machine sleeps.
type entry struct {
	token           *pepay.WSToken
	arrived         instant
	life            int64
	soon, now, dead int64
	drift           int64 // the most by which the monotonic clock may be ahead of the wall clock
}

// longest bounds a token's life, so that its end fits into nanoseconds.
const longest = 100 * 365 * 24 * time.Hour

// newEntry decides when to renew, by the life that is left when the token arrives.
func newEntry(token *pepay.WSToken, arrived instant) *entry {
	const longLife, margin, drift = int64(20 * time.Second), int64(2 * time.Second), int64(2 * time.Second)
	life := int64(min(token.ExpiresAt.Sub(time.Unix(0, arrived.wall)), longest))
	wait := life / 10 * 9
	if life >= longLife {
		wait = life - margin
	}
	early := int64(float64(life) * (0.60 + 0.15*rand.Float64()))
	return &entry{
		token:   token,
		arrived: arrived,
		life:    life,
		soon:    arrived.wall + early,
		now:     arrived.wall + wait,
		dead:    arrived.wall + life,
		drift:   arrived.mono - arrived.wall + min(drift, life/20),
	}
}

// fresh reports that there is nothing to renew yet.
func (e *entry) fresh(now instant) bool { return now.wall < e.soon && !e.jumped(now) }

// mustWait reports that callers wait for the renewal, and get this token only if the
// renewal fails.
func (e *entry) mustWait(now instant) bool { return now.wall >= e.now || e.jumped(now) }

// alive reports that the token has not expired, by either clock.
func (e *entry) alive(now instant) bool {
	return e != nil && now.wall < e.dead && now.mono-e.arrived.mono < e.life
}

// jumped reports that the wall clock was set back since the token arrived. A small
// difference between the clocks is normal, because the wall clock is adjusted all the
// time; a token with a short life tolerates less of it.
func (e *entry) jumped(now instant) bool { return now.mono-now.wall > e.drift }
