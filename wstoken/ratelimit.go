package wstoken

import (
	"maps"
	"math"
	"net/http"
	"sync"
	"time"
)

// maxClients bounds the memory of a rate limit.
const maxClients = 65536

// WithRateLimit lets each client have perClient tokens per duration, spread
// evenly after that many at once, and answers 429 with Retry-After beyond. key
// tells clients apart, by session for instance; it is called after authorize. There
// is no limit by default, because behind a proxy only the merchant knows who is
// who. The limit is of this process alone and remembers 65,536 clients.
func WithRateLimit(perClient int, per time.Duration, key func(*http.Request) string) HandlerOption {
	if perClient <= 0 || per <= 0 || key == nil {
		panic("wstoken: WithRateLimit: wants a positive number, a positive duration and a key function")
	}
	return func(h *handler) {
		interval := per / time.Duration(perClient)
		if per%time.Duration(perClient) != 0 && per < math.MaxInt64-time.Duration(perClient) {
			interval++ // rounded up: never more than perClient
		}
		h.limit = &rateLimit{
			interval: interval,
			capacity: interval * time.Duration(perClient),
			key:      key,
			fullAt:   map[string]time.Time{},
		}
	}
}

// rateLimit has a token bucket for each client whose bucket is not full. A bucket
// is known by the time at which it is full again: each token puts that off by the
// interval, and no token may put it off by more than the capacity.
type rateLimit struct {
	interval, capacity time.Duration // per token, of all tokens
	key                func(*http.Request) string

	mu     sync.Mutex
	fullAt map[string]time.Time
	swept  time.Time
}

// take returns 0, or how long to wait.
func (l *rateLimit) take(r *http.Request) time.Duration {
	if l == nil {
		return 0
	}
	key := l.key(r)
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	used := max(0, l.fullAt[key].Sub(now)) // 0 for a client that is not known
	if wait := used + l.interval - l.capacity; wait > 0 {
		return wait
	}
	l.fullAt[key] = now.Add(used + l.interval)
	return 0
}

// sweep forgets clients whose bucket is full again, now and then, and makes room
// for one more at any time.
func (l *rateLimit) sweep(now time.Time) {
	if now.Sub(l.swept) >= l.capacity {
		l.swept = now
		maps.DeleteFunc(l.fullAt, func(_ string, at time.Time) bool { return !at.After(now) })
	}
	for key := range l.fullAt {
		if len(l.fullAt) < maxClients {
			return
		}
		delete(l.fullAt, key) // a random one: map order is random
	}
}
