package wrapper

import (
	"bytes"
	"encoding/json"
)

// envelope is what an error answer says, whichever of the documented forms it
// has:
//
//	{"success":false,"error":{"code":"…","message":"…"}}
//	{"error":"…","code":"…"}
//	{"success":false,"message":"…","error_code":"…","retry_after":"15 minutes"}
//
// See https://docs-alpha.pepay.io/api-spec/errors.
type envelope struct {
	code, message, retryAfter string
}

func parseEnvelope(body []byte) envelope {
	var fields, nested map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return envelope{}
	}
	var e envelope
	if json.Unmarshal(fields["error"], &nested) != nil {
		e.message = text(fields["error"])
	}
	for _, object := range []map[string]json.RawMessage{nested, fields} {
		e.code = first(e.code, text(object["code"]), text(object["error_code"]))
		e.retryAfter = first(e.retryAfter, text(object["retry_after"]), text(object["retry_after_seconds"]))
	}
	e.message = first(text(nested["message"]), text(fields["message"]), e.message)
	return e
}

// text returns a JSON string or number as text, and nothing for anything else.
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

func first(candidates ...string) string {
	for _, s := range candidates {
		if s != "" {
			return s
		}
	}
	return ""
}

// openEnvelope returns the data of {success, data}, or else the whole body.
func openEnvelope(body []byte) []byte {
	var fields struct {
		Success *bool           `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) &&
		json.Unmarshal(body, &fields) == nil && fields.Success != nil && fields.Data != nil {
		return fields.Data
	}
	return body
}
