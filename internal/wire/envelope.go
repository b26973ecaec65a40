package wire

import (
	"encoding/json"
	"slices"
)

// Envelope is what an error answer says, whichever of Pepay's forms it has:
//
//	{"success":false,"error":{"code":"…","message":"…"}}
//	{"error":"…","code":"…"}
//	{"success":false,"message":"…","error_code":"…","retry_after":"15 minutes"}
//	{"error":"…","error_code":"…","hint":"…","details":["…"]}
//
// The texts are as they were sent: they may have line breaks or repeat a
// credential.
//
// See https://docs-alpha.pepay.io/api-spec/errors.
type Envelope struct {
	Code, Message, Hint string
	Details             []string
	RetryAfter          string
}

// ReadEnvelope reads the body of an error answer. What is not such an envelope
// gives an empty one.
func ReadEnvelope(body []byte) Envelope {
	outer := object(body)
	nested := object(outer["error"])
	find := func(names ...string) string {
		for _, fields := range []map[string]json.RawMessage{nested, outer} {
			for _, name := range names {
				if s := Text(fields[name]); s != "" {
					return s
				}
			}
		}
		return ""
	}
	e := Envelope{
		Code:       find("code", "error_code"),
		Message:    find("message"),
		Hint:       find("hint"),
		RetryAfter: find("retry_after", "retry_after_seconds"),
		Details:    texts(outer["details"]),
	}
	if e.Message == "" {
		e.Message = Text(outer["error"])
	}
	if inner := texts(nested["details"]); inner != nil {
		e.Details = inner
	}
	return e
}

// object returns the members of a JSON object, nil for anything else.
func object(raw []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return fields
}

// Text returns a JSON string or number as text, and nothing for anything else.
func Text(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
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

// texts returns the details of an error: strings as they are, objects as JSON.
func texts(raw json.RawMessage) []string {
	var list []json.RawMessage
	if len(raw) == 0 {
		return nil
	}
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		s := Text(item)
		if s == "" && (item[0] == '{' || item[0] == '[') {
			s = string(item)
		}
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return slices.Clip(out)
}
