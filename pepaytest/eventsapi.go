package pepaytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// ListEvents simulates GET /api/v1/events.
//
// See https://docs-alpha.pepay.io/api-reference/events/list-events
func (h handlers) ListEvents(w http.ResponseWriter, r *http.Request, params server.ListEventsParams) {
	who := callOf(r).who.audience()
	page, bad := newPage(who, params, r.URL.Query())
	if bad != nil {
		bad.write(w)
		return
	}
	events, more, bad := page.read(h.server.events)
	if bad != nil {
		bad.write(w)
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
	cursors
	selection selection
	from, to  *int64 // created, both included
}

func newPage(who audience, params server.ListEventsParams, query url.Values) (*page, *problem) {
	p := &page{
		cursors:   pageOf(params.Limit, params.StartingAfter, params.EndingBefore),
		selection: selection{audience: who}, from: params.CreatedGTE, to: params.CreatedLTE,
	}
	if bad := p.check(); bad != nil {
		return nil, bad
	}
	if query.Has("type") {
		var err error
		if p.selection.types, err = parseTypes(query.Get("type")); err != nil {
			return nil, invalidRequest(err.Error())
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
func (p *page) read(log *eventLog) (events []json.RawMessage, more bool, bad *problem) {
	start := log.end().position + 1
	if cursor := orElse(p.older, p.newer); cursor != "" {
		rec, place := log.get(cursor)
		if rec == nil || !p.selection.audience.sees(rec) {
			return nil, false, invalidRequest(fmt.Sprintf("no event %q to page from", cursor))
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
