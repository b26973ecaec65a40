package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A raw event arrives as it is, on streams, in webhooks and in the Events API.
func TestEmitRaw(t *testing.T) {
	t.Parallel()
	const compact = `{"zz":{"n":1.50},"id":"evt_1-1","type":"invoice.updated","created":"yesterday","livemode":"maybe","data":{"revision":3,"object":{"object":"invoice","id":"inv_1","note":"<b>"}}}`
	for _, tc := range []struct{ name, raw, listed string }{
		{"unknown members and odd forms", compact, compact},
		{"white space", strings.ReplaceAll(compact, ",", " ,\n "), compact},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
				c := openMerchant(t, s, "invoice_id=inv_1&types=invoice.*")
				e := s.AddWebhook(webhookURL, webhookSecret, "invoice.*")
				if ev := s.EmitRaw([]byte(tc.raw)); ev.ID != "evt_1-1" || !ev.Created.Equal(fixedClock()) || ev.Type != "invoice.updated" {
					t.Errorf("%+v", ev)
				}
				if frame, err := c.frame(); err != nil || frame != tc.raw {
					t.Errorf("on the stream: %s, %v", frame, err)
				}
				wait(t, e)
				if got := rc.requests(); len(got) != 1 || got[0].body != tc.raw || got[0].header.Get("X-Pepay-Event-ID") != "evt_1-1" {
					t.Errorf("in webhooks: %+v", got)
				}
				for path, want := range map[string]string{
					"/api/v1/events":         `{"success":true,"data":{"has_more":false,"object":"list","data":[` + tc.listed + `]}}`,
					"/api/v1/events/evt_1-1": `{"success":true,"data":` + tc.listed + `}`,
				} {
					r, err := request(t, s, http.MethodGet, path, "", "x-api-key", s.APIKey())
					if err != nil || r.body != want {
						t.Errorf("%s: %s, %v\nwant %s", path, r.body, err, want)
					}
				}
			}, pepaytest.WithClock(fixedClock))
		})
	}
}

// An event that names no date is dated by the business time, as those of Emit are.
func TestEmitRawIsDatedLikeEmit(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	s.Advance(time.Hour)
	raw, emitted := s.EmitRaw(json.RawMessage(`{"type":"invoice.created"}`)), emit(s, pepay.EventInvoiceCreated)
	if want := fixedClock().Add(time.Hour); !raw.Created.Equal(want) || !emitted.Created.Equal(want) {
		t.Errorf("dated %v, and by Emit %v, want %v", raw.Created, emitted.Created, want)
	}
}

// Events without an id are all kept; none of them can be a cursor.
func TestEmitRawWithoutAnID(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithRetention(3))
	c := openMerchant(t, s, "")
	for _, raw := range []string{`{"type":"invoice.created"}`, `{"type":"invoice.updated","id":null}`, `{"type":"x","id":{}}`, `{"a":1}`} {
		s.EmitRaw(json.RawMessage(raw))
		if frame, err := c.frame(); err != nil || frame != raw {
			t.Errorf("%s, %v; want %s", frame, err, raw)
		}
	}
	if got := listEvents(t, s, ""); len(got.Data) != 3 || len(s.Events()) != 3 {
		t.Errorf("%d listed, %d kept", len(got.Data), len(s.Events()))
	}
	emitN(s, 2)
	if got := listEvents(t, s, ""); len(got.Data) != 3 || got.Data[0].ID == "" {
		t.Errorf("%+v", got)
	}
}

func TestEmitRawRefusesMistakes(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for _, raw := range []string{"", "[]", "null", `"x"`, `{"a":`, "{} {}", "{\"a\":\"\xff\"}"} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "EmitRaw: not a JSON object") {
					t.Errorf("%q: %q", raw, text)
				}
			}()
			s.EmitRaw(json.RawMessage(raw))
		}()
	}
}
