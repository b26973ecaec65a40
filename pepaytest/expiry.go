package pepaytest

import "time"

// WithCloseOnExpiry closes a stream that was opened with a token when that token
// expires, with code 1008 and the reason "token expired". Without it a stream
// outlives its token; Pepay documents neither. With a clock of your own ([WithClock])
// the expiry is noticed within 100 ms.
//
// See https://docs-alpha.pepay.io/api-spec/realtime/ws-token
func WithCloseOnExpiry() Option {
	return func(c *config) error {
		c.closeOnExpiry = true
		return nil
	}
}

const (
	// How often a clock that is not the system's is looked at: no timer follows it.
	clockInterval = 100 * time.Millisecond
	// What a client that does not read has before an expired stream is cut.
	expiryPatience = 5 * time.Second
)

// watchExpiry interrupts the stream when its token expires.
func (st *stream) watchExpiry() (stop func()) {
	cfg := st.server.cfg
	if !cfg.closeOnExpiry || st.who.expires.IsZero() {
		return func() {}
	}
	var timer *time.Timer
	check := func() {
		left := st.who.expires.Sub(cfg.now())
		if left <= 0 {
			st.interrupt(streamEnd{how: endClose, code: 1008, reason: "token expired"}, expiryPatience)
			return
		}
		if cfg.ownClock {
			left = min(left, clockInterval)
		}
		select {
		case <-st.done:
		default:
			timer.Reset(left)
		}
	}
	timer = time.AfterFunc(time.Hour, check)
	check()
	return func() { timer.Stop() }
}
