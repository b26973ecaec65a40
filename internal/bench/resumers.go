package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	gorilla "github.com/gorilla/websocket"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// outage is what a contestant comes back to.
type outage struct {
	base, key, cursor string
	events            int // missed since the cursor
}

// resumer delivers what was missed, oldest first, and stops when deliver has an error.
type resumer struct {
	name   string
	resume func(ctx context.Context, from outage, deliver func(id string) error) error
}

func resumers() []resumer {
	return []resumer{
		{"lists everything, then dials: net/http + encoding/json + gorilla/websocket", resumeNaively},
		{"pepay-go stream", resumeStream},
	}
}

func resumeStream(ctx context.Context, from outage, deliver func(string) error) error {
	client, err := wrapper.New(wrapper.WithBaseURL(from.base), wrapper.WithAPIKey(from.key))
	if err != nil {
		return err
	}
	cursor := memoryCursor(from.cursor)
	for ev, err := range stream.Merchant(client, stream.Options{Cursor: &cursor}).Events(ctx) {
		if err == nil {
			err = deliver(ev.ID)
		}
		if err != nil {
			return err
		}
	}
	return errors.New("the stream has ended")
}

// resumeNaively is what one writes first: read the list to the cursor, go on with the
// stream from its newest event, and handle what was listed.
func resumeNaively(ctx context.Context, from outage, deliver func(string) error) error {
	client := &http.Client{}
	var missed []plainEvent
	for reached, after := false, ""; !reached; {
		events, more, err := listOnce(ctx, client, from, after)
		if err != nil {
			return err
		}
		for _, ev := range events {
			if reached = ev.ID == from.cursor; reached {
				break
			}
			missed = append(missed, ev)
		}
		if !reached && !more {
			return errors.New("the list ends before the cursor")
		}
		after = events[len(events)-1].ID
	}
	query := url.Values{"format": {"event_v1"}, "since": {missed[0].ID}}
	conn, _, err := new(gorilla.Dialer).DialContext(ctx, "ws"+strings.TrimPrefix(from.base, "http")+framesPath+"?"+query.Encode(), //nolint:bodyclose // the library owns the body
		http.Header{"X-Api-Key": {from.key}})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	for _, ev := range slices.Backward(missed) {
		if err := deliver(ev.ID); err != nil {
			return err
		}
	}
	return errors.New("there is nothing more")
}

// listOnce returns a page of events, newest first.
func listOnce(ctx context.Context, client *http.Client, from outage, after string) (events []plainEvent, more bool, err error) {
	query := url.Values{"limit": {"100"}}
	if after != "" {
		query.Set("starting_after", after)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from.base+"/api/v1/events?"+query.Encode(), nil)
	if err != nil {
		return nil, false, err
	}
	req.Header.Set("X-Api-Key", from.key)
	resp, err := client.Do(req)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = resp.Body.Close() }()
	var page struct {
		Data struct {
			Data    []plainEvent `json:"data"`
			HasMore bool         `json:"has_more"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
		return nil, false, err
	}
	if resp.StatusCode != http.StatusOK || len(page.Data.Data) == 0 {
		return nil, false, fmt.Errorf("a page of %d events, %s", len(page.Data.Data), resp.Status)
	}
	return page.Data.Data, page.Data.HasMore, nil
}

// errDelivered ends a resume after the last missed event.
var errDelivered = errors.New("everything is delivered")

// everyOne fails for an event that is lost, doubled or out of order, and ends the resume
// after the last one. The simulator numbers its events.
func (from outage) everyOne() (deliver func(id string) error, err error) {
	number, err := numberOf(from.cursor)
	last := number + from.events
	return func(id string) error {
		got, err := numberOf(id)
		if number++; err != nil || got != number {
			return fmt.Errorf("got the event %q, want number %d", id, number)
		}
		if number == last {
			return errDelivered
		}
		return nil
	}, err
}

func numberOf(id string) (int, error) {
	_, digits, _ := strings.Cut(id, "-")
	return strconv.Atoi(digits)
}
