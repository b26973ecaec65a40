package pepaytest

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// webhookConfig is how events are delivered.
type webhookConfig struct {
	attempts  int
	base      time.Duration
	timeout   time.Duration
	duplicate int // every n-th event once more; 0 is none
	transport http.RoundTripper
	remote    bool // endpoints that the control side adds may be elsewhere
}

func defaultWebhooks() webhookConfig {
	return webhookConfig{attempts: 3, base: time.Second, timeout: 10 * time.Second}
}

// No wait for a retry is longer.
const maxBackoff = time.Hour

// WithWebhookRetry sets how many attempts a delivery gets, the first one counted,
// and how long the wait after the first is. Each wait is twice the one before, and
// at most 1 h. The default is 3 attempts and 1 s, so that an event is given up after
// 3 s: Pepay's current documentation says that it retries and not how often, an
// older one says 3 attempts with exponential back-off. Fewer than 1 attempt, or a
// negative base, is an error.
func WithWebhookRetry(attempts int, base time.Duration) Option {
	return func(c *config) error {
		if attempts < 1 || base < 0 {
			return fmt.Errorf("pepaytest: WithWebhookRetry(%d, %v): give at least 1 attempt and no negative wait", attempts, base)
		}
		c.webhook.attempts, c.webhook.base = attempts, base
		return nil
	}
}

// WithWebhookTimeout sets how long an endpoint has for its answer. The default is
// 10 s; Pepay does not document its own. A time that is not positive is an error.
func WithWebhookTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("pepaytest: WithWebhookTimeout(%v): must be positive", d)
		}
		c.webhook.timeout = d
		return nil
	}
}

// WithDuplicateDeliveries delivers every n-th event of each endpoint twice, with
// retries of their own and possibly at the same time, as Pepay may: it promises at
// least once. With 1 it is every event. Fewer than 1 is an error.
func WithDuplicateDeliveries(every int) Option {
	return func(c *config) error {
		if every < 1 {
			return fmt.Errorf("pepaytest: WithDuplicateDeliveries(%d): give at least 1", every)
		}
		c.webhook.duplicate = every
		return nil
	}
}

// WithWebhookTransport sets what carries deliveries: to an endpoint in memory, or
// one with a certificate of its own. The default is a transport of the server's own
// that ignores proxies. One that is given here stays the caller's to close. nil is
// an error.
func WithWebhookTransport(rt http.RoundTripper) Option {
	return func(c *config) error {
		if rt == nil {
			return errors.New("pepaytest: WithWebhookTransport: nil transport")
		}
		c.webhook.transport = rt
		return nil
	}
}

// WithRemoteWebhooks lets the control endpoints, and with them the console, add webhook
// endpoints at any address. Without it they add those of this machine alone: localhost and
// IP addresses of the loopback interface. What the program adds itself with
// [Server.AddWebhook] may be anywhere in any case.
func WithRemoteWebhooks() Option {
	return func(c *config) error {
		c.webhook.remote = true
		return nil
	}
}

// newDeliveryClient follows no redirect: a 3xx does not accept an event.
func newDeliveryClient(rt http.RoundTripper) (client *http.Client, ours bool) {
	if ours = rt == nil; ours {
		rt = &http.Transport{MaxIdleConnsPerHost: maxSenders}
	}
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, ours
}
