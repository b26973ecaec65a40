package stream

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/pepaylabs/pepay-go"
)

// Control is a ws_control frame: Pepay's hints about replay. Its fields are not
// documented; Kind is the first of type, kind and code that it has, Raw all of it.
type Control struct {
	Kind string
	Raw  json.RawMessage
}

// frame is a decoded frame: one of the three, or none where it is of a kind that
// only a later version knows.
type frame struct {
	event   *pepay.Event
	control *Control
	failure *ServerError
}

var errNotAnEvent = errors.New("an event without an id")

// decodeFrame reads a frame. It tells the kinds apart by object, as documented.
func decodeFrame(data []byte) (frame, error) {
	ev := new(pepay.Event)
	err := json.Unmarshal(data, ev)
	if err == nil && ev.Object == "event" {
		if ev.ID == "" {
			return frame{}, errNotAnEvent
		}
		return frame{event: ev}, nil
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return frame{}, err
	}
	return decodeNotice(data, err)
}

// decodeNotice reads ws_control and ws_error frames. The documentation names the
// two and shows neither, so this is the one place that assumes what they look
// like: text or numbers under the usual names, at the top or inside of error or
// data. Whatever is missing stays empty; the raw frame is kept.
func decodeNotice(data []byte, eventErr error) (frame, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return frame{}, errors.New("a frame that is no object")
	}
	raw := json.RawMessage(slices.Clone(data))
	switch object := text(fields["object"]); object {
	case "ws_error":
		return frame{failure: &ServerError{
			Code:    oneLine(find(fields, "code", "error_code", "type", "kind")),
			Message: oneLine(find(fields, "message", "error", "reason")),
			Raw:     raw,
		}}, nil
	case "event":
		return frame{}, eventErr
	default:
		return frame{control: &Control{Kind: oneLine(find(fields, "type", "kind", "code", "object")), Raw: raw}}, nil
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
			if s := text(object[name]); s != "" {
				return s
			}
		}
	}
	return ""
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// oneLine is text from outside in a form that fits an error or a log.
func oneLine(s string) string {
	const longest = 200
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}
