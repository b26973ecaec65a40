package pepay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// Everything a model may hold a Secret in.
type holder struct {
	Key      Secret             `json:"key"`
	Pointer  *Secret            `json:"pointer,omitempty,omitzero"`
	List     []Secret           `json:"list,omitempty,omitzero"`
	Map      map[string]Secret  `json:"map,omitempty,omitzero"`
	Inner    WSToken            `json:"inner,omitempty,omitzero"`
	Inners   []WSToken          `json:"inners,omitempty,omitzero"`
	Any      any                `json:"any,omitempty,omitzero"`
	Unset    string             `json:"unset,omitempty,omitzero"`
	Required string             `json:"required"`
	Amount   Decimal            `json:"amount,omitempty,omitzero"`
	Raw      json.RawMessage    `json:"raw,omitempty,omitzero"`
	Bytes    []byte             `json:"bytes,omitempty,omitzero"`
	More     map[string]WSToken `json:"-"`
	union    json.RawMessage
}

func (h holder) LogValue() slog.Value         { return logValue(h) }
func (h holder) Format(f fmt.State, _ rune)   { format(f, h) }
func (h holder) MarshalJSON() ([]byte, error) { type plain holder; return json.Marshal(plain(h)) }

func fullHolder() holder {
	secret, token := Secret(canary), WSToken{Token: canary, ExpiresAt: Timestamp{time.Unix(1766320496, 0).UTC()}}
	return holder{
		Key: secret, Pointer: &secret, List: []Secret{secret}, Map: map[string]Secret{canary[:3]: secret}, Inner: token, Inners: []WSToken{token},
		Any: map[string]any{"a": []any{secret}}, Amount: DecimalFromMillis(9000), Raw: json.RawMessage(`{"b":1}`), Bytes: []byte(canary),
		More: map[string]WSToken{"t": token}, union: json.RawMessage(`{"key":"` + canary + `"}`),
	}
}

func TestHoldersOfSecretsDoNotShowThem(t *testing.T) {
	t.Parallel()
	value := fullHolder()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{value, &value, []holder{value}, []*holder{&value}[0], map[string]holder{"a": value}, struct{ H holder }{value}, Redacted(value)} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("x", "value", value, "pointer", &value, "list", Redacted([]holder{value}), "map", Redacted(map[string]*holder{"a": &value}),
			"own", Redacted(struct{ Token Secret }{canary}))
	}
	encoded, err := json.Marshal(Redacted([]any{value, &value}))
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	for _, hidden := range []string{canary, fmt.Sprintf("%x", canary), strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]")} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("%s is in\n%s", hidden, out.String())
		}
	}
}

func TestRedactedShowsTheRest(t *testing.T) {
	t.Parallel()
	const want = `{"key":"[redacted]","pointer":"[redacted]","list":["[redacted]"],"map":{"can":"[redacted]"},` +
		`"inner":{"expires_at":"2025-12-21T12:34:56Z","token":"[redacted]"},"inners":[{"expires_at":"2025-12-21T12:34:56Z","token":"[redacted]"}],` +
		`"any":{"a":["[redacted]"]},"required":"","amount":9.000,"raw":"{\"b\":1}","bytes":"11 bytes",` +
		`"More":{"t":{"expires_at":"2025-12-21T12:34:56Z","token":"[redacted]"}},"union":"[redacted]"}`
	got, err := json.Marshal(Redacted(fullHolder()))
	if err != nil || string(got) != want {
		t.Errorf("got\n%s (%v), want\n%s", got, err, want)
	}
	for want, v := range map[string]any{
		"[redacted]":                        Secret(canary),
		"<nil>":                             nil,
		"{key:[redacted] required:}":        holder{},
		"[1 2]":                             []int{1, 2},
		"{a:1 b:[redacted]}":                map[string]any{"b": Secret("x"), "a": 1},
		`[200 "application/json", 0 bytes]`: testAnswer{Answer: Answer{HTTPResponse: response(200, "application/json", "")}},
	} {
		if got := fmt.Sprint(Redacted(v)); got != want {
			t.Errorf("%T prints %s, want %s", v, got, want)
		}
	}
}
