package model_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// event is an event as the Events API shows it.
type event struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Created int64  `json:"created"`
	Data    struct {
		Object   json.RawMessage            `json:"object"`
		Previous map[string]json.RawMessage `json:"previous_attributes"`
	} `json:"data"`
}

// subject is what the model compares of an event's resource.
type subject struct {
	Object  string `json:"object"`
	ID      string `json:"id"`
	Status  string `json:"status"`
	Invoice string `json:"invoice_id"`
}

func (e *event) subject(t *rapid.T) subject {
	t.Helper()
	var s subject
	if err := json.Unmarshal(e.Data.Object, &s); err != nil || s.ID == "" {
		t.Fatalf("event %s: %s: %v", e.ID, e.Data.Object, err)
	}
	return s
}

// expected is an event that a step has to bring, in the order of the log.
func expected(eventType, id, status string) string {
	return fmt.Sprintf("%s %s %s", eventType, id, status)
}

// follower reads one scope's events with the Events API as they come.
type follower struct {
	who    credential
	cursor string                     // the last event read
	last   map[string]json.RawMessage // the last snapshot of each resource
}

func newFollower(who credential) *follower {
	return &follower{who: who, last: map[string]json.RawMessage{}}
}

// next reads what came since the last call, oldest first.
func (f *follower) next(t *rapid.T, m *machine) []event {
	t.Helper()
	var all []event
	for {
		query := url.Values{"limit": {"100"}}
		if f.cursor != "" {
			query.Set("ending_before", f.cursor)
		}
		page := inData[struct {
			Data    []event `json:"data"`
			HasMore bool    `json:"has_more"`
		}](t, m.ask(t, f.who, http.MethodGet, "/api/v1/events?"+query.Encode(), nil).want(t, http.StatusOK))
		if f.cursor == "" && page.HasMore {
			t.Fatal("one step brought more than 100 events")
		}
		slices.Reverse(page.Data)
		all = append(all, page.Data...)
		if len(page.Data) > 0 {
			f.cursor = page.Data[len(page.Data)-1].ID
		}
		if !page.HasMore {
			return all
		}
	}
}

// check compares the events with those that the model expects, each snapshot with the
// one before it, and the last one of each resource with what the API shows now. The events
// of orders are returned: how many a step brings is not documented.
func (f *follower) check(t *rapid.T, m *machine, want []string) (orders []event) {
	t.Helper()
	events := f.next(t, m)
	var got []string
	touched := map[string]event{}
	for _, ev := range events {
		s := ev.subject(t)
		resource := s.Object + " " + s.ID
		f.checkPrevious(t, ev, f.last[resource])
		f.last[resource] = ev.Data.Object
		if s.Object == "commerce_order" {
			orders = append(orders, ev)
			continue
		}
		got = append(got, expected(ev.Type, m.name(s), s.Status))
		touched[resource] = ev
	}
	if !slices.Equal(got, want) {
		t.Fatalf("events:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	for resource, ev := range touched {
		if shown := m.shown(t, ev.subject(t)); !bytes.Equal(shown, ev.Data.Object) {
			t.Fatalf("%s: event %s has\n%s\nthe API shows\n%s", resource, ev.ID, ev.Data.Object, shown)
		}
	}
	return orders
}

// checkPrevious holds previous_attributes against the two snapshots.
func (f *follower) checkPrevious(t *rapid.T, ev event, last json.RawMessage) {
	t.Helper()
	if strings.HasSuffix(ev.Type, ".created") != (last == nil) {
		t.Fatalf("event %s is %s, and the snapshot before it is %s", ev.ID, ev.Type, last)
	}
	if last == nil {
		return
	}
	before, after := members(t, last), members(t, ev.Data.Object)
	for name := range after {
		was, changed := before[name], !bytes.Equal(before[name], after[name])
		if was == nil {
			was = json.RawMessage("null")
		}
		previous, listed := ev.Data.Previous[name]
		if changed != listed || listed && !bytes.Equal(previous, was) {
			t.Fatalf("event %s: %s was %s and is %s, previous_attributes has %s", ev.ID, name, was, after[name], previous)
		}
	}
}

func members(t *rapid.T, object json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
