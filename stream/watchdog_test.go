package stream

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// peer is a connection that answers pings, or does not.
type peer struct {
	*watchedBody
	bytes   chan byte
	answers atomic.Bool
	pings   atomic.Int64
	frames  atomic.Uint64
	closing sync.Once
	closed  chan struct{}
}

func newPeer() *peer {
	p := &peer{bytes: make(chan byte), closed: make(chan struct{})}
	p.watchedBody = &watchedBody{ReadWriteCloser: peerBody{p}, start: time.Now()}
	return p
}

func (p *peer) ping(ctx context.Context) error {
	p.pings.Add(1)
	if p.answers.Load() {
		p.bytes <- 'p'
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return errors.New("closed")
	}
}

func (p *peer) closeNow()          { p.closing.Do(func() { close(p.closed) }) }
func (p *peer) framesRead() uint64 { return p.frames.Load() }

// readAll reads until the peer is closed.
func (p *peer) readAll() {
	buffer := make([]byte, 1)
	for {
		if _, err := p.Read(buffer); err != nil {
			return
		}
	}
}

type peerBody struct{ *peer }

func (p peerBody) Read(b []byte) (int, error) {
	select {
	case b[0] = <-p.bytes:
		return 1, nil
	case <-p.closed:
		return 0, io.EOF
	}
}
func (peerBody) Write(b []byte) (int, error) { return len(b), nil }
func (peerBody) Close() error                { return nil }

func TestWatchdog(t *testing.T) {
	t.Parallel()
	const limit = time.Minute
	for name, test := range map[string]func(t *testing.T, p *peer, dog *watchdog){
		"silence": func(t *testing.T, p *peer, dog *watchdog) {
			start := time.Now()
			p.readAll()
			if took := time.Since(start); took < limit || took > limit+time.Second || !dog.expired.Load() {
				t.Errorf("closed after %s", took)
			}
		},
		"pongs": func(t *testing.T, p *peer, _ *watchdog) {
			p.answers.Store(true)
			go p.readAll()
			time.Sleep(time.Hour)
			if n := p.pings.Load(); n < 110 || n > 130 {
				t.Errorf("%d pings in an hour", n)
			}
			p.answers.Store(false)
			start := time.Now()
			<-p.closed
			if took := time.Since(start); took > limit+time.Second {
				t.Errorf("noticed after %s", took)
			}
		},
		"the first ping": func(t *testing.T, p *peer, _ *watchdog) {
			p.answers.Store(true)
			go p.readAll()
			time.Sleep(10 * time.Second) // the time after which a connection counts as healthy
			if p.pings.Load() != 1 {
				t.Errorf("%d pings", p.pings.Load())
			}
			p.closeNow()
		},
		"slow consumer": func(t *testing.T, p *peer, dog *watchdog) {
			go func() { p.bytes <- 'x' }()
			_, _ = p.Read(make([]byte, 1))
			time.Sleep(time.Hour) // handling one event
			if p.pings.Load() != 0 || dog.expired.Load() {
				t.Error("time in which nobody read counted")
			}
		},
		"busy": func(t *testing.T, p *peer, _ *watchdog) {
			go p.readAll()
			for range 1000 {
				time.Sleep(4 * time.Second)
				p.bytes <- 'x'
			}
			if p.pings.Load() != 0 {
				t.Errorf("%d pings on a busy stream", p.pings.Load())
			}
			p.closeNow()
		},
		"a long frame on a slow link, whose pong waits behind it": func(t *testing.T, p *peer, dog *watchdog) {
			go p.readAll()
			for range 100 {
				time.Sleep(limit * 3 / 4)
				p.bytes <- 'x'
			}
			if p.pings.Load() == 0 || dog.expired.Load() {
				t.Errorf("%d pings, expired %t", p.pings.Load(), dog.expired.Load())
			}
			p.closeNow()
		},
		"a frame that never ends": func(t *testing.T, p *peer, dog *watchdog) {
			p.frames.Store(7)
			start := time.Now()
			var sending sync.WaitGroup
			defer sending.Wait()
			sending.Go(func() {
				for !dog.endless.Load() {
					select {
					case p.bytes <- 'x':
					case <-p.closed:
						return
					}
					time.Sleep(limit / 6)
				}
			})
			p.readAll()
			if took := time.Since(start); took < frameLimits*limit || took > (frameLimits+2)*limit || dog.expired.Load() {
				t.Errorf("closed after %s, expired %t", took, dog.expired.Load())
			}
		},
		"slow frames, one after the other": func(t *testing.T, p *peer, dog *watchdog) {
			go p.readAll()
			for range 3 {
				p.frames.Add(1)
				for range frameLimits - 2 {
					time.Sleep(limit / 2)
					p.bytes <- 'x'
					time.Sleep(limit / 2)
					p.bytes <- 'x'
				}
				p.frames.Add(1)
			}
			if dog.endless.Load() || dog.expired.Load() {
				t.Error("closed")
			}
			p.closeNow()
		},
		"stopped in a ping": func(t *testing.T, p *peer, dog *watchdog) {
			go p.readAll()
			time.Sleep(limit * 3 / 4)
			p.closeNow()
			dog.stop()
			if dog.expired.Load() {
				t.Error("counts as silence")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPeer()
				defer time.AfterFunc(24*time.Hour, p.closeNow).Stop() // a watchdog that does nothing fails the test, and does not hang it
				dog := watch(t.Context(), p, limit, 10*time.Second)
				test(t, p, dog)
				dog.stop()
			})
		})
	}
}
