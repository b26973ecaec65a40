package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const (
	patience    = 20 * time.Second // for an event to come over its stream
	restAfter   = 2 * time.Second  // a failure, where the demo goes on
	remindEvery = 4                // rounds; by then the address has left a small screen
)

// demoRun is the second half of the demo: events happen one by one, each after the one
// before it came over its stream, so that the same lines are printed every time.
type demoRun struct {
	server  *pepaytest.Server
	shop    *demoShop
	pace    time.Duration // between two steps
	endless bool
	asJSON  bool
	console string // its address, or ""

	mu     sync.Mutex // of what is written
	stdout io.Writer
	notes  io.Writer // what happens beside the events

	ready   chan struct{} // one per stream that is live
	arrived chan struct{} // there was an event
	resumed chan struct{} // after the dropped connection
	dropped sync.Once
	missed  chan error // of the step that is taken then
}

func newDemoRun(cmd *cli.Command, server *pepaytest.Server) *demoRun {
	p := &demoRun{
		server: server, asJSON: cmd.Bool("json"), stdout: cmd.Root().Writer, notes: cmd.Root().Writer,
		ready: make(chan struct{}, len(scopes())), arrived: make(chan struct{}, 1), resumed: make(chan struct{}, 1), missed: make(chan error, 1),
	}
	if p.asJSON {
		p.notes = cmd.Root().ErrWriter
	}
	return p
}

// run follows both streams until the steps are done, or ctx ends.
func (p *demoRun) run(outer context.Context, client *wrapper.Client, tokens map[pepay.WSTokenScope]*wstoken.Cache) error {
	p.shop = &demoShop{client: client, server: p.server, round: 1}
	p.server.Faults().On("openMerchantStream", pepaytest.DropAfter(dropAfter), pepaytest.Next(1))
	if err := p.prepare(outer); outer.Err() != nil {
		return nil // Ctrl-C is the normal end
	} else if err != nil {
		return err
	}
	if err := p.tell("\nTwo event streams, opened with these tokens:\n"); err != nil {
		return err
	}
	streams := map[pepay.WSTokenScope]*stream.Stream{}
	for _, scope := range scopes() {
		events, err := p.open(client, scope, tokens[scope])
		if err != nil {
			return err
		}
		streams[scope] = events
	}
	ctx, cancel := context.WithCancelCause(outer)
	var following sync.WaitGroup
	for scope, events := range streams {
		following.Go(func() { cancel(p.follow(ctx, events, scope)) })
	}
	err := p.rounds(ctx)
	cancel(nil)
	following.Wait()
	switch cause := context.Cause(ctx); {
	case outer.Err() != nil:
		return nil
	case err != nil && cause != nil && !errors.Is(cause, context.Canceled):
		return cause
	}
	return err
}

// prepare has the console show webhooks, and an invoice to pay.
func (p *demoRun) prepare(ctx context.Context) error {
	if p.console == "" {
		return nil
	}
	endpoint := map[string]string{"url": "receiver"}
	if err := p.shop.client.Call(ctx, http.MethodPost, "/_pepaytest/webhooks", endpoint, nil); err != nil {
		return err
	}
	return p.offer(ctx)
}

// open prepares a stream that has the key of its scope alone, for what it missed. The
// filters let each step bring one event to one of the streams.
func (p *demoRun) open(client *wrapper.Client, scope pepay.WSTokenScope, tokens wstoken.Source) (*stream.Stream, error) {
	opts := stream.Options{Source: tokens, Backoff: stream.Backoff{Base: 100 * time.Millisecond}, Observer: p.observer(scope)}
	if scope == pepay.WSTokenScopeMerchant {
		client, err := client.With(wrapper.WithAPIKey(p.server.APIKey()))
		opts.Types, opts.InvoiceType = []string{"invoice.*"}, "standard"
		return stream.Merchant(client, opts), err
	}
	opts.Types = []string{"commerce.order.*"}
	client, err := client.With(wrapper.WithCommerceAPIKey(p.server.CommerceAPIKey()))
	return stream.Commerce(client, opts), err
}

// follow prints the events of a stream. In the console a person can make a stream fail; the
// demo goes on then.
func (p *demoRun) follow(ctx context.Context, events *stream.Stream, scope pepay.WSTokenScope) error {
	for {
		var ended error
		for ev, err := range events.Events(ctx) {
			if err != nil {
				ended = err
				break
			}
			if err := p.show(scope, ev); err != nil {
				return err
			}
			select {
			case p.arrived <- struct{}{}:
			default: // events that a person caused are not waited for
			}
		}
		if !p.endless || ctx.Err() != nil {
			return ended
		}
		if err := p.tell("  %-8s  the stream ended and is opened again in %s: %v", scope, restAfter, ended); err != nil {
			return err
		}
		if err := pause(ctx, restAfter); err != nil {
			return err
		}
	}
}

func (p *demoRun) show(scope pepay.WSTokenScope, ev *pepay.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asJSON {
		return terminal.WriteRawJSON(p.stdout, ev.Raw())
	}
	_, err := fmt.Fprintf(p.stdout, "  %-8s  %s\n", scope, eventLine(p.stdout, ev))
	return err
}

func (p *demoRun) tell(format string, args ...any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := fmt.Fprintf(p.notes, format+"\n", args...)
	return err
}

// observer tells what happens to a connection. While it does, the stream waits: the
// next step is taken before it is back.
func (p *demoRun) observer(scope pepay.WSTokenScope) stream.Observer {
	wasLive := false
	return stream.Observer{
		OnState: func(state stream.State, _ error) {
			switch {
			case state == stream.StateLive && !wasLive:
				wasLive = true
				p.ready <- struct{}{}
			case state == stream.StateWaiting && wasLive:
				_ = p.tell("  %-8s  the connection was dropped", scope)
				p.dropped.Do(func() { p.missed <- p.shop.pay(0) })
			}
		},
		OnResume: func(r stream.Resume) {
			loss := "none is missing"
			if r.Gap {
				loss = "others may be missing: " + r.Reason
			}
			_ = p.tell("  %-8s  resumed after %s with %s that happened meanwhile, %s", scope, r.Since, countEvents(r.Replayed+r.Backfilled), loss)
			select {
			case p.resumed <- struct{}{}:
			default:
			}
		},
	}
}

// rounds takes the steps, once or until ctx ends.
func (p *demoRun) rounds(ctx context.Context) error {
	for range scopes() {
		if err := await(ctx, p.ready); err != nil {
			return err
		}
	}
	for round := 1; round == 1 || p.endless; round++ {
		err := p.round(ctx, round)
		if err == nil {
			continue
		}
		if !p.endless || ctx.Err() != nil {
			return err
		}
		// A person was quicker in the console, or switched on a fault.
		if err := p.tell("  a step was not possible, the next round begins in %s: %s", restAfter, withoutPackage(err)); err != nil {
			return err
		}
		if err := pause(ctx, restAfter); err != nil {
			return err
		}
	}
	return nil
}

func (p *demoRun) round(ctx context.Context, round int) error {
	p.shop.round = round
	if round > 1 {
		if err := p.offer(ctx); err != nil {
			return err
		}
	}
	for i, step := range demoSteps() {
		if err := pause(ctx, p.pace); err != nil {
			return err
		}
		drops := round == 1 && i == dropAfter
		if err := p.take(ctx, step, drops); err != nil {
			return err
		}
		if err := await(ctx, p.arrived); err != nil {
			return err
		}
		if drops {
			if err := await(ctx, p.resumed); err != nil {
				return err
			}
		}
	}
	return nil
}

// offer has an invoice open that a person can pay in the console, and tells where it is:
// when it is new, and again every few rounds.
func (p *demoRun) offer(ctx context.Context) error {
	if p.console == "" {
		return nil
	}
	fresh, err := p.shop.keepOneOpen(ctx)
	if err != nil || !fresh && p.shop.round%remindEvery != 0 {
		return err
	}
	return p.tell("\nPay this one yourself: %s\n", p.console+"#/invoices/"+p.shop.forPerson)
}

// take takes a step, or waits until it was taken while the connection was down.
func (p *demoRun) take(ctx context.Context, step demoStep, whileDown bool) error {
	if !whileDown {
		select {
		case <-p.arrived: // of something that a person did
		default:
		}
		return step(p.shop, ctx)
	}
	select {
	case err := <-p.missed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await waits for something on a channel, within bounds.
func await[T any](ctx context.Context, c <-chan T) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return errors.New("an event did not come over its stream in time")
	}
}
