package pepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// decodeEvent reads an event field by field, so that a mistake is named: a misspelt
// field would be ignored otherwise. emit checks data.object.
func decodeEvent(body []byte) (*pepay.Event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return nil, errors.New("The request body must be a JSON object")
	}
	var ev pepay.Event
	var seconds int64
	var request server.EventRequest
	var data struct {
		Object             json.RawMessage `json:"object"`
		PreviousAttributes json.RawMessage `json:"previous_attributes"`
	}
	into := map[string]any{
		"id": &ev.ID, "object": &ev.Object, "api_version": &ev.APIVersion, "type": &ev.Type, "created": &seconds,
		"livemode": &ev.Livemode, "pending_webhooks": &ev.PendingWebhooks, "request": &request, "data": &data,
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		target, ok := into[name]
		if !ok {
			return nil, fmt.Errorf("unknown field %q; an event has %s", name, strings.Join(slices.Sorted(maps.Keys(into)), ", "))
		}
		if err := json.Unmarshal(fields[name], target); err != nil {
			return nil, fmt.Errorf("%s has the wrong type", name)
		}
	}
	if seconds < 0 || seconds > maxExpiry {
		return nil, errors.New("created is out of range; it has epoch seconds")
	}
	if seconds > 0 {
		ev.Created.Time = time.Unix(seconds, 0)
	}
	ev.Request = pepay.EventRequest{ID: deref(request.ID), IdempotencyKey: deref(request.IdempotencyKey)}
	ev.Data = pepay.EventData{Object: data.Object, PreviousAttributes: data.PreviousAttributes}
	if !slices.Contains(pepay.EventTypes(), ev.Type) {
		return nil, fmt.Errorf("unknown type %q; there are %s", ev.Type, strings.Join(pepay.EventTypes(), ", "))
	}
	return &ev, nil
}
