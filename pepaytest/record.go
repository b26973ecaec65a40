package pepaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// The version every documented event has.
const apiVersion = "2025-12-16"

// record is an event of the log: as the API answers it, as streams send it and as
// filters see it.
type record struct {
	event   server.Event
	frame   []byte // encoded once for all streams
	subject subject
	// again marks one more delivery of an event that the log already has. It is sent
	// again and listed once.
	again bool
	raw   bool // by EmitRaw: the frame has any form
}

// checkEvent refuses what the contract has no place for.
func checkEvent(ev *pepay.Event) error {
	if ev.Type == "" {
		return errors.New("type is empty")
	}
	if !isObject(ev.Data.Object) {
		return errors.New("data.object is not a JSON object")
	}
	if len(ev.Data.PreviousAttributes) > 0 && !isObject(ev.Data.PreviousAttributes) {
		return errors.New("data.previous_attributes is not a JSON object")
	}
	return nil
}

func isObject(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) && json.Valid(raw) && utf8.Valid(raw)
}

// newRecord completes a checked event. Pepay's event ids have the form
// evt_<ms>-<seq>, and in every example <ms> is within the second of created.
func newRecord(ev *pepay.Event, about subject, now time.Time, seq int64) *record {
	created := ev.Created.Time
	if created.IsZero() {
		created = now
		if ms, ok := idMillis(ev.ID); ok {
			created = time.UnixMilli(ms)
		}
	}
	id := ev.ID
	if id == "" {
		id = fmt.Sprintf("evt_%d-%d", created.UnixMilli(), seq)
	}
	rec := &record{subject: about, event: server.Event{
		ID: id, Object: orElse(ev.Object, "event"), Type: ev.Type, Created: created.Unix(),
		APIVersion: ptr(orElse(ev.APIVersion, apiVersion)),
		Livemode:   ptr(ev.Livemode), PendingWebhooks: ptr(ev.PendingWebhooks),
		Data: server.EventData{Object: bytes.Clone(ev.Data.Object)},
	}}
	if ev.Request != (pepay.EventRequest{}) {
		rec.event.Request = &server.EventRequest{ID: nonEmpty(ev.Request.ID), IdempotencyKey: nonEmpty(ev.Request.IdempotencyKey)}
	}
	if len(ev.Data.PreviousAttributes) > 0 {
		rec.event.Data.PreviousAttributes = ptr(json.RawMessage(bytes.Clone(ev.Data.PreviousAttributes)))
	}
	rec.frame = encode(rec.event)
	return rec
}

// idMillis reads the time in an event id.
func idMillis(id string) (int64, bool) {
	rest, ok := strings.CutPrefix(id, "evt_")
	ms, _, dash := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	return n, ok && dash && err == nil && n > 0 && n < maxExpiry*1000
}

// encode is json.Marshal without its escapes for HTML, so that a resource goes out
// as it came.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("pepaytest: encode: " + err.Error())
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// public is the record in the form of the Go interface; the caller owns it.
func (r *record) public() pepay.Event {
	ev := pepay.Event{
		ID: r.event.ID, Object: r.event.Object, APIVersion: *r.event.APIVersion, Type: r.event.Type,
		Created:  pepay.Timestamp{Time: time.Unix(r.event.Created, 0).UTC()},
		Livemode: *r.event.Livemode, PendingWebhooks: *r.event.PendingWebhooks,
		Data: pepay.EventData{Object: bytes.Clone(r.event.Data.Object)},
	}
	if req := r.event.Request; req != nil {
		ev.Request = pepay.EventRequest{ID: deref(req.ID), IdempotencyKey: deref(req.IdempotencyKey)}
	}
	if previous := r.event.Data.PreviousAttributes; previous != nil {
		ev.Data.PreviousAttributes = bytes.Clone(*previous)
	}
	return ev
}

func ptr[T any](v T) *T { return &v }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// deref is what p points to, or the zero T.
func deref[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}
