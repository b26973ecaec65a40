package stream

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// Control is a ws_control frame, Pepay's hints about replay, or a frame of a kind
// that this version does not know. The fields of a ws_control frame are not
// documented: Kind is the first of type, kind, code and object that it has, "" if
// it has none. Raw is all of it; a frame that is not JSON is a JSON string there.
type Control struct {
	Kind string
	Raw  json.RawMessage
}

// frame is a decoded frame: one of the three.
type frame struct {
	event   *pepay.Event
	control *Control
	failure *ServerError
}

var (
	errNoID   = errors.New("an event without an id")
	errNoType = errors.New("an event without a type")
)

// decodeFrame reads a frame. It tells the kinds apart by object, as documented. A
// frame that is no JSON object, such as a keep-alive in plain text, is a control
// frame. An object that is broken, or an event without id or type, is an error.
func decodeFrame(data []byte) (frame, error) {
	ev := new(pepay.Event)
	switch err := ev.UnmarshalJSON(data); {
	case errors.Is(err, wire.ErrNotObject), err == nil && ev.Raw() == nil: // null
		return frame{control: &Control{Raw: rawText(data)}}, nil
	case err != nil:
		return frame{}, err
	case !isEvent(ev):
		return decodeNotice(data), nil
	case ev.ID == "":
		return frame{}, errNoID
	case ev.Type == "":
		return frame{}, errNoType
	}
	return frame{event: ev}, nil
}

// isEvent reports whether a frame is an event. One whose object is missing or
// cannot be read is an event when it has everything else that makes one.
func isEvent(ev *pepay.Event) bool {
	if ev.Object != "" {
		return ev.Object == "event"
	}
	return ev.ID != "" && ev.Type != "" && ev.Data.Object != nil
}

// rawText is a frame as JSON: as it is, or as a JSON string.
func rawText(data []byte) json.RawMessage {
	if json.Valid(data) {
		return slices.Clone(data)
	}
	encoded, err := json.Marshal(string(data))
	if err != nil {
		return nil // a string always encodes
	}
	return encoded
}

// decodeNotice reads ws_control and ws_error frames. The documentation names the
// two and shows neither, so this is the one place that assumes what they look
// like: text or numbers under the usual names, at the top or inside of error or
// data. Whatever is missing stays empty; the raw frame is kept.
func decodeNotice(data []byte) frame {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(data, &fields) // an object, which was checked
	raw := json.RawMessage(slices.Clone(data))
	if wire.Text(fields["object"]) != "ws_error" {
		return frame{control: &Control{Kind: find(fields, "type", "kind", "code", "object"), Raw: raw}}
	}
	return frame{failure: &ServerError{
		Code:    find(fields, "code", "error_code", "type", "kind"),
		Message: find(fields, "message", "error", "reason"),
		Raw:     raw,
	}}
}

// clean makes a notice fit to be handed out. Secrets go first, because a line that
// is too long is cut.
func (f frame) clean(secrets *redactor) {
	line := func(text string) string { return oneLine(secrets.redact(text)) }
	if c := f.control; c != nil {
		c.Kind, c.Raw = line(c.Kind), secrets.redactJSON(c.Raw)
	}
	if e := f.failure; e != nil {
		e.Code, e.Message, e.Raw = line(e.Code), line(e.Message), secrets.redactJSON(e.Raw)
	}
}

// find returns the first of the named fields that has a text.
func find(fields map[string]json.RawMessage, names ...string) string {
	objects := []map[string]json.RawMessage{fields}
	for _, inner := range []string{"error", "data"} {
		var object map[string]json.RawMessage
		if json.Unmarshal(fields[inner], &object) == nil {
			objects = append(objects, object)
		}
	}
	for _, name := range names {
		for _, object := range objects {
			if s := wire.Text(object[name]); s != "" {
				return s
			}
		}
	}
	return ""
}

// oneLine is text from outside in a form that fits an error or a log.
func oneLine(s string) string { return wire.OneLine(s, 200) }
