package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

const (
	// https://docs-alpha.pepay.io/api-spec/pagination
	defaultLimit = 10
	maxLimit     = 100
)

// ListEvents simulates GET /api/v1/events.
//
// See https://docs-alpha.pepay.io/api-reference/events/list-events
func (h handlers) ListEvents(w http.ResponseWriter, r *http.Request, params server.ListEventsParams) {
	who := callOf(r).who.audience()
	page, err := newPage(who, params, r.URL.Query())
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	events, more, err := page.read(h.server.events)
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	writeJSON(w, http.StatusOK, listAnswer{
		Success: true,
		Data:    listData{EventList: server.EventList{Object: ptr("list"), HasMore: &more}, Data: events},
	})
}

// The contract's models, except that events are sent as they are: [Server.EmitRaw] makes
// some that the models have no place for.
type (
	listAnswer struct {
		Success bool     `json:"success"`
		Data    listData `json:"data"`
	}
	listData struct {
		server.EventList
		Data []json.RawMessage `json:"data"`
	}
	eventAnswer struct {
		Success bool            `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
)

func newEventAnswer(rec *record) eventAnswer {
	return eventAnswer{Success: true, Data: rec.frame}
}

// GetEvent simulates GET /api/v1/events/{eventId}.
//
// See https://docs-alpha.pepay.io/api-reference/events/retrieve-a-single-event-by-id
func (h handlers) GetEvent(w http.ResponseWriter, r *http.Request, eventID string) {
	who := callOf(r).who.audience()
	rec, _ := h.server.events.get(eventID)
	if rec == nil || !who.sees(rec) {
		(&problem{http.StatusNotFound, "NOT_FOUND", "No such event"}).write(w)
		return
	}
	writeJSON(w, http.StatusOK, newEventAnswer(rec))
}

// audience gets what the streams of the same scope carry, payments of a session's payor
// excepted.
func (q *requester) audience() audience {
	return audience{kind: streamKind(q.scope), merchantID: q.merchantID, environment: q.environment}
}

// page is one request for a page of events.
type page struct {
	selection    selection
	from, to     *int64 // created, both included
	limit        int
	older, newer string // than this event
}

func newPage(who audience, params server.ListEventsParams, query url.Values) (*page, error) {
	p := &page{
		selection: selection{audience: who}, from: params.CreatedGTE, to: params.CreatedLTE, limit: defaultLimit,
		older: query.Get("starting_after"), newer: query.Get("ending_before"),
	}
	if p.older != "" && p.newer != "" {
		return nil, errors.New("starting_after and ending_before exclude each other")
	}
	if params.Limit != nil {
		if *params.Limit < 1 || *params.Limit > maxLimit {
			return nil, fmt.Errorf("limit must be from 1 to %d", maxLimit)
		}
		p.limit = int(*params.Limit)
	}
	if query.Has("type") {
		var err error
		if p.selection.types, err = parseTypes(query.Get("type")); err != nil {
			return nil, err
		}
	}
	p.selection.conditions = conditionsOf(query)
	return p, nil
}

func (p *page) wants(r *record) bool {
	return (p.from == nil || r.event.Created >= *p.from) && (p.to == nil || r.event.Created <= *p.to) && p.selection.wants(r)
}

// read walks from the cursor, or from the newest event, until the page is full and one
// more event is seen. A page is newest first in either direction; the one before a cursor
// has the events next to it.
func (p *page) read(log *eventLog) (events []json.RawMessage, more bool, err error) {
	start := log.end().position + 1
	if cursor := orElse(p.older, p.newer); cursor != "" {
		rec, place := log.get(cursor)
		if rec == nil || !p.selection.audience.sees(rec) {
			return nil, false, fmt.Errorf("no event %q to page from", cursor)
		}
		start = place.position
	}
	events = []json.RawMessage{}
	take := func(r *record, _ int64) bool {
		if r.again || !p.wants(r) {
			return true
		}
		if more = len(events) == p.limit; !more {
			events = append(events, r.frame)
		}
		return !more
	}
	if p.newer != "" {
		log.walk(start, +1, take)
		slices.Reverse(events)
	} else {
		log.walk(start, -1, take)
	}
	return events, more, nil
}
