package stream

import (
	"encoding/json"
	"strings"
	"testing"
)

const documentedFrame = `{"id":"evt_1734780000000-123","object":"event","api_version":"2025-12-16","created":1734780000,"type":"invoice.updated","livemode":false,"pending_webhooks":0,"data":{"object":{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000","status":"paid","invoice_type":"standard","environment":"devnet"}}}`

func TestDecodeFrame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     string // event <id>, control <kind>, error <code>: <message>, or bad
	}{
		{"documented", documentedFrame, "event evt_1734780000000-123"},
		{"minimal", `{"id":"e","object":"event","type":"t","created":1,"data":{"object":{}}}`, "event e"},
		{"unknown fields", `{"id":"e","object":"event","later":[1],"type":"t","created":1,"data":{"object":{},"later":1}}`, "event e"},
		{"created as text", `{"id":"e","object":"event","type":"t","created":"2025-12-21T12:34:56.000Z","data":{"object":{}}}`, "event e"},
		{"no id", `{"object":"event","type":"t","created":1,"data":{"object":{}}}`, "bad"},
		{"id is a number", `{"id":1,"object":"event","type":"t","created":1,"data":{"object":{}}}`, "bad"},
		{"no type", `{"id":"e","object":"event","created":1,"data":{"object":{}}}`, "bad"},
		{"empty id", `{"id":"","object":"event","type":"t","created":1,"data":{"object":{}}}`, "bad"},
		{"type is a list", `{"id":"e","object":"event","type":["t"],"created":1,"data":{"object":{}}}`, "bad"},
		{"every other field is odd", `{"id":"e","object":"event","type":"t","created":"soon","livemode":[],"request":7,"api_version":1,"pending_webhooks":{},"data":1}`, "event e"},
		{"id and type alone", `{"id":"e","object":"event","type":"t"}`, "event e"},
		{"object is missing, the rest is an event's", `{"id":"e","type":"t","created":1,"data":{"object":{}}}`, "event e"},
		{"object is odd, the rest is an event's", `{"id":"e","object":{"a":1},"type":"t","created":1,"data":{"object":{}}}`, "event e"},
		{"object is missing, no data", `{"id":"e","type":"t","created":1}`, "control t"},
		{"control, type", `{"object":"ws_control","type":"replay_truncated","since":"evt_1"}`, "control replay_truncated"},
		{"control, kind", `{"object":"ws_control","kind":"resync"}`, "control resync"},
		{"control, nothing else", `{"object":"ws_control"}`, "control ws_control"},
		{"control with fields an event has", `{"object":"ws_control","type":"x","id":7,"created":"never","data":[]}`, "control x"},
		{"of a later version", `{"object":"ws_metrics","n":1}`, "control ws_metrics"},
		{"no object", `{"hello":1}`, "control "},
		{"error", `{"object":"ws_error","code":"TOKEN_EXPIRED","message":"no"}`, "error TOKEN_EXPIRED: no"},
		{"error, nested", `{"object":"ws_error","error":{"code":"X","message":"no"}}`, "error X: no"},
		{"error, in data", `{"object":"ws_error","data":{"code":4401,"message":"no"}}`, "error 4401: no"},
		{"error as text", `{"object":"ws_error","error":"no"}`, "error : no"},
		{"error, nothing else", `{"object":"ws_error"}`, "error : "},
		{"error with control characters", `{"object":"ws_error","code":"a\nb","message":"c\u001bd"}`, "error a b: c d"},
		{"array", `[]`, "control "},
		{"null", `null`, "control "},
		{"text", `"x"`, "control "},
		{"number", `7`, "control "},
		{"truncated", documentedFrame[:100], "bad"},
		{"an open brace", `{`, "bad"},
		{"two", documentedFrame + documentedFrame, "bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := decodeFrame([]byte(c.in))
			f.clean(&redactor{})
			got := "bad"
			switch {
			case err != nil:
			case f.event != nil:
				got = "event " + f.event.ID
			case f.control != nil:
				got = "control " + f.control.Kind
				if string(f.control.Raw) != c.in {
					t.Errorf("the raw frame is %s", f.control.Raw)
				}
			case f.failure != nil:
				got = "error " + f.failure.Code + ": " + f.failure.Message
				if string(f.failure.Raw) != c.in {
					t.Errorf("the raw frame is %s", f.failure.Raw)
				}
			}
			if got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// A frame that is not JSON is kept as a JSON string, so that Raw always encodes.
func TestFrameThatIsNotJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ping": `"ping"`, "": `""`, "[1": `"[1"`, "a\"b\n": `"a\"b\n"`, "\xff": `"\ufffd"`,
	} {
		f, err := decodeFrame([]byte(in))
		if err != nil || f.control == nil || f.control.Kind != "" || string(f.control.Raw) != want {
			t.Errorf("%q: %+v, %v; want %s", in, f.control, err, want)
		}
	}
}

// The frame's bytes are the connection's and used again for the next one.
func TestDecodedFrameKeepsNothingOfItsBytes(t *testing.T) {
	t.Parallel()
	for _, in := range []string{documentedFrame, `{"object":"ws_control","type":"x"}`, `{"object":"ws_error","code":"x"}`} {
		data := []byte(in)
		f, err := decodeFrame(data)
		if err != nil {
			t.Fatal(err)
		}
		before := render(t, f)
		for i := range data {
			data[i] = '#'
		}
		if after := render(t, f); after != before {
			t.Errorf("the frame changed with its bytes: %s", after)
		}
	}
}

func render(t *testing.T, f frame) string {
	t.Helper()
	encoded, err := json.Marshal([]any{f.event, f.control, f.failure})
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func FuzzDecodeFrame(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeFrame(data)
		kinds := 0
		if got.event != nil {
			kinds++
			if got.event.ID == "" || got.event.Type == "" {
				t.Error("an event without an id or a type")
			}
			got.event.Resource()
			(&Options{CustomerID: "x"}).wants(got.event)
		}
		if got.control != nil {
			kinds++
		}
		if got.failure != nil {
			kinds++
			if text := got.failure.Error(); strings.ContainsAny(text, "\r\n\x00") || len(text) > 300 {
				t.Errorf("error text %q", text)
			}
			got.failure.speaksOfCredential()
		}
		if (err == nil) != (kinds == 1) {
			t.Errorf("%d kinds, %v", kinds, err)
		}
	})
}
