package hostile_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// Every attack on every way in: an error comes of it, after a bounded number of
// requests, in bounded time and memory.
func TestHostileAnswers(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for _, w := range ways() {
		if testing.Short() && w.follows {
			continue // these take up to 160 attacks each
		}
		for _, a := range attacks() {
			t.Run(w.name+"/"+a.name, func(t *testing.T) { //nolint:paralleltest // as above
				synctest.Test(t, func(t *testing.T) { underAttack(t, w, a) })
			})
		}
	}
}

func underAttack(t *testing.T, w way, a attack) {
	t.Helper()
	s := serve(t, w.prefix, a.play, w.options()...)
	ctx := t.Context()
	if w.follows {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.within)
		defer cancel()
	}
	before, start := allocated(), time.Now()
	err := w.run(ctx, s.client)
	took, used, requests := time.Since(start), allocated()-before, s.attacked.Load()

	switch {
	case err == nil || errors.Is(err, errUnexpected):
		t.Errorf("got %v", err)
	case w.answers && a.want != nil && !errors.Is(err, a.want):
		t.Errorf("%v is not %v", err, a.want)
	case len(err.Error()) > 400, strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "canary"):
		t.Errorf("the error is long or shows the key: %v", err)
	}
	if requests < 1 || requests > w.requests {
		t.Errorf("%d requests, want 1 to %d", requests, w.requests)
	}
	if w.follows && ctx.Err() != nil && requests < w.least {
		t.Errorf("only %d requests, want at least %d", requests, w.least)
	}
	if took > w.within {
		t.Errorf("took %s, want at most %s", took, w.within)
	}
	answer := a.memory + a.limits*uint64(cmp.Or(w.limit, defaultLimit))
	if most := answer * uint64(max(requests, 1)); used > most {
		t.Errorf("allocated %d KiB with %d requests, want at most %d", used>>10, requests, most>>10)
	}

	if w.follows {
		return
	}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start = time.Now()
	if err := w.run(ctx, s.client); err == nil || time.Since(start) > patience {
		t.Errorf("with a deadline: %v after %s", err, time.Since(start))
	}
}

// A client with net/http's own transport takes 10 MiB of headers, which is what its
// answers are then bounded to. WithHTTPClient says how to have less.
func TestHeadersWithTheDefaultTransport(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, "/api/", floods("HTTP/1.1 200 OK\r\nX-Flood: ", spaces()))
		transport, _ := s.client.HTTPClient().Transport.(*http.Transport)
		transport = transport.Clone()
		transport.MaxResponseHeaderBytes = 0
		t.Cleanup(transport.CloseIdleConnections)
		client, err := s.client.With(wrapper.WithHTTPClient(&http.Client{Transport: transport}), wrapper.WithRetry(wrapper.RetryPolicy{}))
		if err != nil {
			t.Fatal(err)
		}
		before := allocated()
		_, err = client.Invoices.Get(t.Context(), invoiceID, wrapper.InvoiceExpand{})
		if used := allocated() - before; err == nil || used < 10<<20 || used > 100<<20 || s.attacked.Load() != 1 {
			t.Errorf("%v after %d requests, %d KiB", err, s.attacked.Load(), used>>10)
		}
	})
}
