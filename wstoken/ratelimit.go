package wstoken

import (
	"maps"
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
		h.limit = &rateLimit{
			burst:   float64(perClient),
			refill:  float64(perClient) / per.Seconds(),
			full:    per,
			key:     key,
			clients: map[string]bucket{},
		}
	}
}

// rateLimit has a token bucket for each client whose bucket is not full.
type rateLimit struct {
	burst, refill float64 // tokens, tokens per second
	full          time.Duration
	key           func(*http.Request) string

	mu      sync.Mutex
	clients map[string]bucket
	swept   time.Time
}

type bucket struct {
	left float64
	at   time.Time
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
	b, known := l.clients[key]
	if !known {
		b = bucket{left: l.burst, at: now}
	}
	b.left = min(l.burst, b.left+now.Sub(b.at).Seconds()*l.refill)
	b.at = now
	if b.left < 1 {
		l.clients[key] = b
		return time.Duration((1 - b.left) / l.refill * float64(time.Second))
	}
	b.left--
	l.clients[key] = b
	return 0
}

// sweep forgets clients whose bucket is full again, now and then, and makes room
// for one more at any time.
func (l *rateLimit) sweep(now time.Time) {
	if now.Sub(l.swept) >= l.full {
		l.swept = now
		maps.DeleteFunc(l.clients, func(_ string, b bucket) bool { return now.Sub(b.at) >= l.full })
	}
	for key := range l.clients {
		if len(l.clients) < maxClients {
			return
		}
		delete(l.clients, key) // a random one: map order is random
	}
}
