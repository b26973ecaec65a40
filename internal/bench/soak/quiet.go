package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/pepaylabs/pepay-go/internal/chaos"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// quietCut is how long the proxy leaves a connection: a minute of a real account.
const quietCut = 600 * time.Millisecond

// quiet follows an account on which nothing happens, behind a proxy that cuts every
// connection after a minute, as many do. Each cut is followed by a dial at once:
// connections that answered a ping are no failures.
type quiet struct {
	proxy     *chaos.Proxy
	transport *http.Transport
	stream    *stream.Stream
	dials     int
	started   time.Time
	took      time.Duration
	err       error
	done      chan struct{}
}

func newQuiet(ctx context.Context, at Address) (*quiet, error) {
	target, err := url.Parse(at.URL)
	if err != nil {
		return nil, err
	}
	q := &quiet{transport: &http.Transport{DisableKeepAlives: true}, done: make(chan struct{})}
	q.proxy, err = chaos.Start(context.WithoutCancel(ctx), target.Host, func() chaos.Fate {
		return chaos.Fate{End: chaos.Cut, After: quietCut}
	})
	if err != nil {
		return nil, err
	}
	client, err := wrapper.New(wrapper.WithBaseURL("http://"+q.proxy.Addr()), wrapper.WithAPIKey(at.APIKey),
		wrapper.WithHTTPClient(&http.Client{Transport: q.transport}))
	if err != nil {
		return nil, err
	}
	q.stream = stream.Merchant(client, stream.Options{
		Backoff: stream.Backoff{Base: quietCut / 120, Max: 10 * quietCut, ResetAfter: quietCut / 2}, // 500 ms, 10 min, 30 s
		Observer: stream.Observer{OnState: func(state stream.State, _ error) {
			if state == stream.StateConnecting {
				q.dials++
			}
		}},
	})
	return q, nil
}

func (q *quiet) run(ctx context.Context) {
	defer close(q.done)
	q.started = time.Now()
	for _, err := range q.stream.Events(ctx) {
		q.err = err // nothing else comes
	}
	q.took = time.Since(q.started)
}

func (q *quiet) stop() {
	<-q.done
	q.transport.CloseIdleConnections()
	q.proxy.Close()
}

// verify holds that the waits did not grow. On a busy machine, half as many
// connections as on an idle one are enough: were each cut a failure, there would be
// a handful.
func (q *quiet) verify() (broken []string) {
	if !errors.Is(q.err, context.Canceled) {
		broken = append(broken, fmt.Sprintf("ended by itself: %v", q.err))
	}
	if least := int(q.took/quietCut) / 2; q.dials < least {
		broken = append(broken, fmt.Sprintf("dialled %d times in %s, want at least %d", q.dials, q.took.Round(time.Millisecond), least))
	}
	return broken
}
