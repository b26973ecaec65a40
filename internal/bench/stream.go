package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	// A call of a contestant receives so many events: a loop over a stream cannot be
	// left and entered again for each.
	framesBatch = 256
	// The server's share for clients that ask for more.
	framesPulled = framesBatch
)

// receive compares receiving an event, from the bytes on the connection to a typed
// event whose data.object is kept as it was sent.
func receive(ctx context.Context, o options) ([]table, error) {
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	receivers, err := openReceivers(ctx, receiverList(), base, "")
	defer closeAll(receivers)
	if err != nil {
		return nil, err
	}
	var contestants []contestant
	for _, r := range receivers {
		contestants = append(contestants, contestant{r.name, func(context.Context) error {
			return r.receive(framesBatch)
		}})
	}
	results, err := compare(ctx, processorTime, contestants, o)
	if err != nil {
		return nil, err
	}
	for i := range results {
		results[i].per(framesBatch)
	}
	const ours = 1
	return []table{timing(fmt.Sprintf("receive an event of %d bytes and decode it, processor time (ratio to %s)", frameLength, results[0].name), results,
		timeAtMost(results[ours], 0.9), allocsAtMost(results[ours], 6))}, nil
}

// receiver has a connection on which events come.
type receiver struct {
	name string
	// receive takes n events and returns an error unless they are the next ones.
	receive func(n int) error
	close   func()
}

type openReceiver struct {
	name string
	open func(ctx context.Context, base, customer string) (func(n int) error, func(), error)
}

func receiverList() []openReceiver {
	return []openReceiver{
		{"bufio frame parser + encoding/json", receiveBare},
		{"pepay-go stream", receiveStream},
		{"coder/websocket + encoding/json", receiveCoder},
		{"gorilla/websocket + encoding/json", receiveGorilla},
		{"gobwas/ws + encoding/json", receiveGobwas},
		{"openai-go websocket + encoding/json", receiveOpenAI},
	}
}

func openReceivers(ctx context.Context, list []openReceiver, base, customer string) ([]receiver, error) {
	var all []receiver
	for _, c := range list {
		receive, end, err := c.open(ctx, base, customer)
		if err != nil {
			return all, fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, receiver{c.name, receive, end})
	}
	return all, nil
}

func closeAll(all []receiver) {
	for _, r := range all {
		r.close()
	}
}

// sequence fails for an event that is skipped or repeated.
type sequence struct{ number int }

func (s *sequence) check(id, eventType string, object []byte) error {
	var got int
	if digits, ok := strings.CutPrefix(id, "evt_1734780000000-"); ok {
		for _, c := range digits {
			got = got*10 + int(c-'0')
		}
	}
	if want := firstFrame + s.number; got != want || eventType != pepay.EventInvoiceUpdated || len(object) == 0 {
		return fmt.Errorf("got the event %q of type %q, want number %d", id, eventType, want)
	}
	s.number++
	return nil
}

// plainEvent is the event, written by hand.
type plainEvent struct {
	ID              string `json:"id"`
	Object          string `json:"object"`
	APIVersion      string `json:"api_version"`
	Created         int64  `json:"created"`
	Type            string `json:"type"`
	Livemode        bool   `json:"livemode"`
	PendingWebhooks int64  `json:"pending_webhooks"`
	Request         struct {
		ID             string `json:"id"`
		IdempotencyKey string `json:"idempotency_key"`
	} `json:"request"`
	Data struct {
		Object             json.RawMessage `json:"object"`
		PreviousAttributes json.RawMessage `json:"previous_attributes"`
	} `json:"data"`
}

// decodePlain is how all contestants but the stream decode a frame.
func (s *sequence) decodePlain(frame []byte) error {
	ev := new(plainEvent)
	if err := json.Unmarshal(frame, ev); err != nil {
		return err
	}
	return s.check(ev.ID, ev.Type, ev.Data.Object)
}

// repeat makes a receiver out of a function that takes one event.
func repeat(one func() error) func(int) error {
	return func(n int) error {
		for range n {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}
}

func receiveBare(ctx context.Context, base, customer string) (func(int) error, func(), error) {
	f, err := dialFrames(ctx, strings.TrimPrefix(base, "http://"), nil, customer)
	if err != nil {
		return nil, nil, err
	}
	var s sequence
	return repeat(func() error {
		frame, err := f.next()
		if err != nil {
			return err
		}
		return s.decodePlain(frame)
	}), func() { _ = f.conn.Close() }, nil
}

// memoryCursor keeps a cursor where it costs nothing: what is measured is the
// stream. What stream.FileCursor costs has a row of its own.
type memoryCursor string

func (c *memoryCursor) Load(context.Context) (string, error) { return string(*c), nil }

func (c *memoryCursor) Save(_ context.Context, id string) error {
	*c = memoryCursor(id)
	return nil
}

// receiveStream has the loop in a goroutine that waits between the batches.
func receiveStream(ctx context.Context, base, customer string) (func(int) error, func(), error) {
	client, err := wrapper.New(wrapper.WithBaseURL(base), wrapper.WithAPIKey(mintKey))
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	wanted, outcome := make(chan int), make(chan error)
	go func() {
		defer close(outcome)
		var s sequence
		n := <-wanted
		for ev, err := range stream.Merchant(client, stream.Options{Cursor: new(memoryCursor), CustomerID: customer}).Events(ctx) {
			if err == nil {
				err = s.check(ev.ID, ev.Type, ev.Data.Object)
			}
			if n--; n == 0 || err != nil {
				select {
				case outcome <- err:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
				select {
				case n = <-wanted:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	receive := func(n int) error {
		select {
		case wanted <- n:
		case <-ctx.Done():
			return ctx.Err()
		}
		err, ok := <-outcome
		if !ok {
			return errors.New("the stream has ended")
		}
		return err
	}
	return receive, cancel, nil
}
