package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	openStreams = 1000
	// The number of handshakes at a time. More would only wait for the processor.
	dialsAtOnce = 16
)

// holder opens one connection over TLS, receives one event and then waits for the
// next one on a goroutine. received is called after the first event, and again with
// the error that ends the wait.
type holder struct {
	name string
	hold func(ctx context.Context, at secureTarget, received func(error))
}

// secureTarget is the address, the certificate to trust, and what connections share.
type secureTarget struct {
	base   string // https
	trust  *tls.Config
	client *http.Client
	pepay  *wrapper.Client

	customer string
	decodes  bool        // the peers decode, as this module's stream always does
	received func(error) // called for every event but the first, and for errors; may be nil
}

func newSecureTarget(ctx context.Context, base string) (at secureTarget, err error) {
	at.customer = quietCustomer
	if at.base, at.trust, err = secureAddress(ctx, base); err != nil {
		return at, err
	}
	at.client = &http.Client{Transport: &http.Transport{TLSClientConfig: at.trust.Clone()}}
	at.pepay, err = wrapper.New(wrapper.WithBaseURL(at.base), wrapper.WithAPIKey(mintKey), wrapper.WithHTTPClient(at.client))
	return at, err
}

func holderList() []holder {
	return []holder{
		{"bufio frame parser", holdBare},
		{"pepay-go stream", holdStream},
		{"coder/websocket", holdCoder},
		{"gorilla/websocket", holdGorilla},
		{"gobwas/ws", holdGobwas},
		{"openai-go websocket", holdOpenAI},
	}
}

// streams compares the memory and goroutines of open connections on which nothing comes.
func streams(ctx context.Context, o options) ([]table, error) {
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	at, err := newSecureTarget(ctx, base)
	if err != nil {
		return nil, err
	}
	measure := holder.measure
	if o.shape {
		measure = func(holder, context.Context, secureTarget, int) (float64, float64, error) { return 0, 0, nil }
	}
	t := table{title: fmt.Sprintf("%d open wss streams in one process, each", openStreams), columns: []string{"", "KB", "goroutines"}}
	for i, h := range holderList() {
		kilobytes, goroutines, err := measure(h, ctx, at, openStreams)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		t.lines = append(t.lines, []string{h.name, fmt.Sprintf("%.1f", kilobytes), fmt.Sprintf("%.2f", goroutines)})
		if i == 1 {
			t.bars = []bar{
				{h.name + ", memory", "≤ 30 KB", fmt.Sprintf("%.1f KB", kilobytes), kilobytes < 30.05},
				{h.name + ", goroutines", "≤ 2", fmt.Sprintf("%.2f", goroutines), goroutines < 2.005},
			}
		}
	}
	return []table{t}, nil
}

// measure opens n connections and returns what each takes: heap and stacks after a
// garbage collection.
func (h holder) measure(ctx context.Context, at secureTarget, n int) (kilobytes, goroutines float64, err error) {
	return h.measureAnd(ctx, at, n, func() error { return nil })
}

// measureAnd calls meanwhile while the connections are open.
func (h holder) measureAnd(ctx context.Context, at secureTarget, n int, meanwhile func() error) (kilobytes, goroutines float64, err error) {
	before, running := occupied(), runtime.NumGoroutine()
	holding, stop := context.WithCancel(ctx)
	var ended sync.WaitGroup
	err = h.open(holding, at, n, &ended)
	if err == nil {
		goroutines = float64(runtime.NumGoroutine()-running) / float64(n)
		kilobytes = float64(occupied()-before) / 1000 / float64(n)
		err = meanwhile()
	}
	stop()
	ended.Wait()
	return kilobytes, goroutines, errors.Join(err, ctx.Err(), settleGoroutines(running))
}

// open returns when every connection has received its event.
func (h holder) open(ctx context.Context, at secureTarget, n int, ended *sync.WaitGroup) error {
	turns := make(chan struct{}, dialsAtOnce)
	outcomes := make(chan error, n)
	for range n {
		turns <- struct{}{}
		ended.Go(func() {
			var once sync.Once
			h.hold(ctx, at, func(err error) {
				first := false
				once.Do(func() {
					first = true
					<-turns
					outcomes <- err
				})
				if !first && at.received != nil { // else it is the end of the measurement
					at.received(err)
				}
			})
		})
	}
	for range n {
		if err := <-outcomes; err != nil {
			return err
		}
	}
	return nil
}

// occupied is the heap and the stacks of the program.
func occupied() int64 {
	runtime.GC()
	runtime.GC() // what a finalizer or a pool held on to
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}

// settleGoroutines waits until the goroutines of one contestant have ended, so that
// they do not count for the next one.
func settleGoroutines(want int) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if runtime.NumGoroutine() <= want {
			return nil
		}
		<-tick.C
	}
	return fmt.Errorf("%d goroutines are left", runtime.NumGoroutine()-want)
}
