package pepay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// UnmarshalJSON decodes an event as it comes from a stream, a webhook or the
// Events API. It fails only for what is no JSON object. A field that has another
// form than documented does not take the event away: the field is zero then, and
// [Event.UndecodedFields] names it.
//
// These forms are read beside the documented ones: created as a fraction, as
// milliseconds, in quotes, and as RFC 3339 with or without a zone (UTC); without
// a usable created, the time that is part of the id; livemode as "true", "false",
// 1 or 0; request as the request's id; numbers in quotes.
//
// Names of fields are compared exactly; of a field that comes twice the last one
// counts. Fields that the event has from before are cleared.
func (e *Event) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		return nil // as encoding/json wants it
	}
	ev, err := decodeEvent(bytes.Clone(data))
	if err != nil {
		return err
	}
	*e = ev
	return nil
}

// ParseEvent decodes an event that a program stored as [Event.Raw] returned it. It
// decodes as [Event.UnmarshalJSON] does, but without a copy: the event keeps raw, so
// raw must not change any more. Anything but a JSON object is an error, null too.
func ParseEvent(raw json.RawMessage) (*Event, error) {
	ev, err := decodeEvent(raw[:len(raw):len(raw)])
	if err != nil {
		return nil, err
	}
	return &ev, nil
}

func decodeEvent(raw []byte) (Event, error) {
	fields, err := splitEvent(raw)
	if err != nil {
		return Event{}, fmt.Errorf("pepay: event: %w", err)
	}
	e := Event{raw: raw}
	d := &eventDecoder{}
	e.ID = d.text("id", fields.id)
	e.Object = d.text("object", fields.object)
	e.APIVersion = d.text("api_version", fields.apiVersion)
	e.Type = d.text("type", fields.eventType)
	e.Created = d.time("created", fields.created, e.ID)
	e.Livemode = d.bool("livemode", fields.livemode)
	e.PendingWebhooks = d.integer("pending_webhooks", fields.pendingWebhooks)
	e.Request = d.request(fields)
	e.Data = EventData{Object: fields.dataObject, PreviousAttributes: fields.previousAttributes}
	if !isNull(fields.data) {
		d.odd("data")
	}
	e.undecoded = d.undecoded
	return e, nil
}

// Raw returns the event as it came, byte for byte, with fields that this version
// does not know: what to store or to pass on, because encoding the event gives
// its known fields only. It is nil for an event that a program built itself, and
// does not follow later changes of the event's fields. Do not change the bytes:
// Data shares them.
func (e *Event) Raw() json.RawMessage { return e.raw }

// UndecodedFields names the fields that came in a form this version cannot read,
// such as "livemode" or "request.id". They are zero. It is nil for nearly every
// event.
func (e *Event) UndecodedFields() []string { return e.undecoded }

// eventFields are the values of an event's fields as JSON, nil where a field is
// missing.
type eventFields struct {
	id, object, apiVersion, created, eventType, livemode, pendingWebhooks []byte

	request, requestID, requestKey []byte // request itself only where it is no object

	data, dataObject, previousAttributes []byte // data itself only where it is no object
}

func splitEvent(data []byte) (f eventFields, err error) {
	m := wire.NewMembers(data)
	for m.Next() {
		switch string(m.Key()) {
		case "id":
			f.id = m.Value()
		case "object":
			f.object = m.Value()
		case "api_version":
			f.apiVersion = m.Value()
		case "created":
			f.created = m.Value()
		case "type":
			f.eventType = m.Value()
		case "livemode":
			f.livemode = m.Value()
		case "pending_webhooks":
			f.pendingWebhooks = m.Value()
		case "request":
			f.request, f.requestID, f.requestKey = nil, nil, nil
			if !m.Enter() {
				f.request = m.Value()
				continue
			}
			for m.Next() {
				switch string(m.Key()) {
				case "id":
					f.requestID = m.Value()
				case "idempotency_key":
					f.requestKey = m.Value()
				}
			}
		case "data":
			f.data, f.dataObject, f.previousAttributes = nil, nil, nil
			if !m.Enter() {
				f.data = m.Value()
				continue
			}
			for m.Next() {
				switch string(m.Key()) {
				case "object":
					f.dataObject = m.Value()
				case "previous_attributes":
					f.previousAttributes = m.Value()
				}
			}
		}
	}
	return f, m.Close()
}

// eventDecoder decodes the fields of an event and collects the names of those
// that it cannot.
type eventDecoder struct{ undecoded []string }

func (d *eventDecoder) odd(name string) { d.undecoded = append(d.undecoded, name) }

func isNull(value []byte) bool { return value == nil || string(value) == "null" }

func (d *eventDecoder) text(name string, value []byte) string {
	if isNull(value) {
		return ""
	}
	if known := knownText(value); known != "" {
		return known
	}
	text, ok := wire.Unquote(value)
	if !ok {
		d.odd(name)
	}
	return text
}

// knownTexts are texts that nearly every event has, so that not each of them
// allocates its own.
var knownTexts = append(EventTypes(), "event")

// knownText is the text of a JSON string if it is a known one, else "".
func knownText(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	for _, known := range knownTexts {
		if string(value[1:len(value)-1]) == known {
			return known
		}
	}
	return ""
}

// unquoted is the text of a JSON string, or the value itself.
func unquoted(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return value
	}
	if inner := value[1 : len(value)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	text, _ := wire.Unquote(value)
	return []byte(text)
}

func (d *eventDecoder) bool(name string, value []byte) bool {
	if isNull(value) {
		return false
	}
	switch strings.ToLower(string(unquoted(value))) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	d.odd(name)
	return false
}

func (d *eventDecoder) integer(name string, value []byte) int64 {
	if isNull(value) {
		return 0
	}
	if text := unquoted(value); wire.IsNumber(text) {
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return n
		}
	}
	d.odd(name)
	return 0
}

// request also reads a request that is its id alone.
func (d *eventDecoder) request(f eventFields) EventRequest {
	if !isNull(f.request) {
		return EventRequest{ID: d.text("request", f.request)}
	}
	return EventRequest{ID: d.text("request.id", f.requestID), IdempotencyKey: d.text("request.idempotency_key", f.requestKey)}
}

// time reads when the event was created. Without a usable field, it takes the
// milliseconds that ids such as "evt_1700000000000-123" begin with.
func (d *eventDecoder) time(name string, value []byte, id string) Timestamp {
	if t, ok := eventTime(value); ok {
		return t
	}
	if !isNull(value) && string(value) != `""` {
		d.odd(name)
	}
	rest, prefixed := strings.CutPrefix(id, "evt_")
	millis, _, found := strings.Cut(rest, "-")
	if n, err := strconv.ParseInt(millis, 10, 64); prefixed && found && err == nil && n > maxSeconds {
		if t, err := epoch(n/1e3, n%1e3*1e6); err == nil {
			return Timestamp{t.UTC()}
		}
	}
	return Timestamp{}
}

// eventTime reads a time and reports whether value is one.
func eventTime(value []byte) (Timestamp, bool) {
	if isNull(value) {
		return Timestamp{}, false
	}
	text := unquoted(value)
	if value[0] != '"' && !wire.IsNumber(text) {
		return Timestamp{}, false
	}
	t, err := parseTimestamp(string(text))
	if err != nil {
		return Timestamp{}, false
	}
	return Timestamp{t.UTC()}, true
}
