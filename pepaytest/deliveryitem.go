package pepaytest

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// numberedDeliveries are copies of the deliveries, in the order of their numbers.
func (e *Endpoint) numberedDeliveries() []delivery {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := slices.Concat(e.settled, e.dropped, e.ready, slices.Collect(maps.Keys(e.waiting)))
	slices.SortFunc(all, byNumber)
	list := make([]delivery, len(all))
	for i, d := range all {
		list[i] = delivery{number: d.number, Delivery: d.Delivery}
		list[i].Attempts = slices.Clone(d.Attempts)
	}
	return list
}

func (d *delivery) state() string {
	switch {
	case d.Dropped:
		return "dropped"
	case d.Pending:
		return "pending"
	case d.Delivered:
		return "delivered"
	}
	return "given up"
}

func (d *delivery) item(shown redactor) deliveryItem {
	item := deliveryItem{Number: d.number, EventID: d.EventID, Type: d.Type, State: d.state(), Attempts: []attemptItem{}}
	for _, a := range d.Attempts {
		item.Attempts = append(item.Attempts, attemptItem{
			At: a.At.UTC().Format(time.RFC3339Nano), Status: a.Status, Error: attemptError(a.Err), DurationUS: a.Duration.Microseconds(),
			Answer: shown.text(strings.ToValidUTF8(a.Answer, "\uFFFD")),
		})
	}
	return item
}

// attemptError leaves out the address, which may have secrets in its query.
func attemptError(err error) string {
	var failed *url.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failed) && failed.Timeout():
		return "no answer in time"
	case errors.As(err, &failed):
		return failed.Err.Error()
	}
	return err.Error()
}
