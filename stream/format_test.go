package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// printed is v in every way a program may print it.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", struct{ Inside any }{v})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	if encoded, err := json.Marshal(v); err == nil {
		out.Write(encoded)
	}
	return out.String()
}

// fixedSource holds its token where fmt finds it.
type fixedSource struct{ token string }

func (s fixedSource) Token(context.Context) (*pepay.WSToken, error) {
	return &pepay.WSToken{Token: pepay.Secret(s.token)}, nil
}

func TestNothingPrintsACredential(t *testing.T) {
	t.Parallel()
	const canary = "canary-5f2c91d07be8"
	client, err := wrapper.New(wrapper.WithAPIKey(canary), wrapper.WithBaseURL("http://127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	withSource := Options{Source: fixedSource{canary}, Types: []string{"invoice.*"}, Since: "evt_1", StopOnGap: true}
	for name, v := range map[string]any{
		"merchant": Merchant(client, withSource),
		"payment":  Payment(client, canary, Options{}),
		"options":  withSource,
		"pointer":  &withSource,
	} {
		if text := printed(t, v); strings.Contains(text, canary) {
			t.Errorf("%s: %s", name, text)
		}
	}
	if text := fmt.Sprint(withSource); text != `stream.Options{Types=[invoice.*] Since=evt_1 Source=set StopOnGap=true}` {
		t.Errorf("options print as %s", text)
	}
	if text := fmt.Sprint(Payment(client, canary, Options{})); text != `stream(payment, idle, cursor "")` {
		t.Errorf("a stream prints as %s", text)
	}
	var none *Stream
	if text := fmt.Sprint(none); text != "stream(nil)" {
		t.Errorf("no stream prints as %s", text)
	}
}
