package pepaytest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// actionAnswer is what can be done to an invoice or an order, or why it cannot be.
type actionAnswer struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Event   string   `json:"event"` // the types of the events that it makes happen
	Needs   []string `json:"needs,omitempty"`
	Enabled bool     `json:"enabled"`
	Why     string   `json:"why,omitempty"` // it is not
}

func newAction(name, label, event string, not error, needs ...string) actionAnswer {
	a := actionAnswer{Name: name, Label: label, Event: event, Needs: needs, Enabled: not == nil}
	if not != nil {
		a.Why = not.Error()
	}
	return a
}

// emittedAnswer says which events an action made happen.
type emittedAnswer struct {
	Events []eventItem `json:"events"`
}

type eventItem struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Created int64  `json:"created"`
}

func newEmitted(records []*record) emittedAnswer {
	a := emittedAnswer{Events: []eventItem{}}
	for _, r := range records {
		a.Events = append(a.Events, newEventItem(r))
	}
	return a
}

func newEventItem(r *record) eventItem {
	return eventItem{ID: r.event.ID, Type: r.event.Type, Created: r.event.Created}
}

// timelineAnswer is a step in the life of an invoice or an order. At is epoch seconds.
type timelineAnswer struct {
	At      int64  `json:"at"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// A console shows no more events of one thing.
const maxEventsShown = 200

// eventsOf are the last events that belong to something, the oldest first.
func (s *Server) eventsOf(belongs func(*subject) bool) []*record {
	var records []*record
	s.events.walk(s.events.end().position+1, -1, func(r *record, _ int64) bool {
		if !r.again && belongs(&r.subject) {
			records = append(records, r)
		}
		return len(records) < maxEventsShown
	})
	slices.Reverse(records)
	return records
}

// invoiceEvents are the events of an invoice and its payments, and what they say
// happened.
func (s *Server) invoiceEvents(inv *invoice) ([]eventItem, []timelineAnswer) {
	items := []eventItem{}
	timeline := []timelineAnswer{{At: inv.CreatedAt, Status: "unpaid", Message: "Created"}}
	for _, r := range s.eventsOf(func(about *subject) bool { return about.ofInvoice(inv.ID) }) {
		items = append(items, newEventItem(r))
		var is struct {
			Status     string `json:"status"`
			Paid       string `json:"amount_paid_decimal"`
			Amount     text   `json:"amount_usd"`
			Settlement string `json:"settlement_status"`
		}
		_ = json.Unmarshal(r.event.Data.Object, &is) // what has another form is not shown
		step := timelineAnswer{At: r.event.Created, Status: is.Status}
		switch r.event.Type {
		case "invoice.updated":
			step.Message = "Paid in all: " + is.Paid + " USD"
			if is.Status == "expired" {
				step.Message = "Expired"
			}
		case "invoice_payment.created":
			step.Message = "Payment of " + string(is.Amount) + " USD"
		case "invoice_payment.updated":
			step.Message = "Payment of " + string(is.Amount) + " USD: " + is.Status + ", settlement " + is.Settlement
		default:
			continue
		}
		timeline = append(timeline, step)
	}
	return items, timeline
}

// controlMoveClock moves the business time by advance_ms, at most ten years away from the
// server's clock in all, or with real back to it.
func controlMoveClock(c *controlRequest) (any, *problem) {
	var in struct {
		AdvanceMS *int64 `json:"advance_ms"`
		Real      *bool  `json:"real"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	const most = 10 * 365 * 24 * time.Hour
	switch {
	case (in.AdvanceMS == nil) == (in.Real == nil):
		return nil, invalidRequest("Give either advance_ms or real")
	case in.Real != nil && !*in.Real:
		return nil, invalidRequest("real must be true")
	case in.Real != nil:
		c.server.Advance(-time.Duration(c.server.advanced.Load()))
	default:
		d := *in.AdvanceMS
		ahead := time.Duration(c.server.advanced.Load()).Milliseconds() + min(max(d, -2*most.Milliseconds()), 2*most.Milliseconds())
		if ahead > most.Milliseconds() || ahead < -most.Milliseconds() {
			return nil, invalidRequest("advance_ms would move the clock by more than ten years")
		}
		c.server.Advance(time.Duration(d) * time.Millisecond)
	}
	return c.server.clock(), nil
}

func controlReset(c *controlRequest) (any, *problem) {
	c.server.Reset()
	return c.server.clock(), nil
}

// labelOf makes words of a name: payment_confirmed becomes Payment confirmed.
func labelOf(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
