package pepaytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestEmitFillsInWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time { return fixedClock().Add(345 * time.Millisecond) }))
	object := json.RawMessage(`{"object":"invoice","amount":1e2,"html":"<b>"}`)
	cases := []struct {
		name string
		give pepay.Event
		want pepay.Event
	}{
		{"all of it", pepay.Event{},
			pepay.Event{ID: "evt_1766320436345-1", Object: "event", APIVersion: "2025-12-16", Created: at(1766320436)}},
		{"but created", pepay.Event{Created: pepay.Timestamp{Time: time.UnixMilli(1700000000123)}},
			pepay.Event{ID: "evt_1700000000123-2", Object: "event", APIVersion: "2025-12-16", Created: at(1700000000)}},
		{"but the id", pepay.Event{ID: "evt_1700000000999-7"},
			pepay.Event{ID: "evt_1700000000999-7", Object: "event", APIVersion: "2025-12-16", Created: at(1700000000)}},
		{"but an id of another form", pepay.Event{ID: "evt_example"},
			pepay.Event{ID: "evt_example", Object: "event", APIVersion: "2025-12-16", Created: at(1766320436)}},
		{"nothing", pepay.Event{
			ID: "evt_1-1", Object: "event", APIVersion: "v", Created: at(2), Livemode: true, PendingWebhooks: 3,
			Request: pepay.EventRequest{ID: "req_1", IdempotencyKey: "key"}, Data: pepay.EventData{PreviousAttributes: json.RawMessage(`{"a":null}`)},
		}, pepay.Event{
			ID: "evt_1-1", Object: "event", APIVersion: "v", Created: at(2), Livemode: true, PendingWebhooks: 3,
			Request: pepay.EventRequest{ID: "req_1", IdempotencyKey: "key"}, Data: pepay.EventData{PreviousAttributes: json.RawMessage(`{"a":null}`)},
		}},
		{"and the numbers go on", pepay.Event{},
			pepay.Event{ID: "evt_1766320436345-6", Object: "event", APIVersion: "2025-12-16", Created: at(1766320436)}},
	}
	c := openMerchant(t, s, "")
	for i := range cases {
		tc := &cases[i]
		tc.give.Type, tc.want.Type = "invoice.updated", "invoice.updated"
		tc.give.Data.Object, tc.want.Data.Object = object, object
		if got := s.Emit(tc.give); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: returned\n%+v, want\n%+v", tc.name, got, tc.want)
		}
		if got := built(c.next()); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: sent\n%+v, want\n%+v", tc.name, got, tc.want)
		}
	}
	for i, got := range s.Events() {
		if !reflect.DeepEqual(got, cases[i].want) {
			t.Errorf("%s: kept\n%+v, want\n%+v", cases[i].name, got, cases[i].want)
		}
	}
}

// built is a received event as a program would build it: without the bytes it came in.
func built(ev pepay.Event) pepay.Event {
	return pepay.Event{
		ID: ev.ID, Object: ev.Object, APIVersion: ev.APIVersion, Type: ev.Type, Created: ev.Created, Livemode: ev.Livemode,
		PendingWebhooks: ev.PendingWebhooks, Request: ev.Request, Data: ev.Data,
	}
}

func at(seconds int64) pepay.Timestamp { return pepay.Timestamp{Time: time.Unix(seconds, 0).UTC()} }

func TestEmitRefusesMistakes(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for _, tc := range []struct{ eventType, object, previous, want string }{
		{"", `{}`, "", "type is empty"},
		{"invoice.updated", ``, "", "data.object"},
		{"invoice.updated", `null`, "", "data.object"},
		{"invoice.updated", `[]`, "", "data.object"},
		{"invoice.updated", `{"a":`, "", "data.object"},
		{"invoice.updated", `{} {}`, "", "data.object"},
		{"invoice.updated", "{\"a\":\"\xff\"}", "", "data.object"},
		{"invoice.updated", `{}`, "1", "data.previous_attributes"},
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "pepaytest: Emit: ") || !strings.Contains(text, tc.want) {
					t.Errorf("%q %q: panic %q, want %q", tc.eventType, tc.object, text, tc.want)
				}
			}()
			s.Emit(pepay.Event{Type: tc.eventType, Data: pepay.EventData{
				Object: json.RawMessage(tc.object), PreviousAttributes: json.RawMessage(tc.previous),
			}})
		}()
	}
	if len(s.Events()) != 0 {
		t.Error("a refused event is in the log")
	}
}

// The same id is delivered again and listed once; replay begins at the first.
func TestEmitAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		c := openMerchant(t, s, "")
		first, second := emit(s, pepay.EventInvoiceCreated), emit(s, pepay.EventInvoiceUpdated)
		s.Emit(first)
		c.wantRest(first, second, first)
		openMerchant(t, s, "since="+first.ID).wantRest(second, first)
		if got, want := ids(s.Events()), ids([]pepay.Event{first, second}); got != want {
			t.Errorf("kept %s, want %s", got, want)
		}
		if got, want := ids(listEvents(t, s, "").Data), ids([]pepay.Event{second, first}); got != want {
			t.Errorf("listed %s, want %s", got, want)
		}
	})
}

func TestEventsAreCopies(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	object := json.RawMessage(`{"id":"inv_1"}`)
	given := pepay.Event{Type: "invoice.updated", Data: pepay.EventData{Object: object, PreviousAttributes: json.RawMessage(`{"a":1}`)}}
	returned := s.Emit(given)
	kept := s.Events()[0]
	for _, raw := range []json.RawMessage{object, returned.Data.Object, kept.Data.Object, returned.Data.PreviousAttributes, kept.Data.PreviousAttributes} {
		raw[0] = 'x'
	}
	ev := s.Events()[0]
	if string(ev.Data.Object) != `{"id":"inv_1"}` || string(ev.Data.PreviousAttributes) != `{"a":1}` {
		t.Errorf("the log has changed: %s %s", ev.Data.Object, ev.Data.PreviousAttributes)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithRetention(3))
	events := emitN(s, 5)
	if got, want := ids(s.Events()), ids(events[2:]); got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
	for i, status := range []int{404, 404, 200, 200, 200} {
		r, err := request(t, s, http.MethodGet, eventsPath+"/"+events[i].ID, "", "x-api-key", s.APIKey())
		if err != nil || r.status != status {
			t.Errorf("event %d: %d, %v", i, r.status, err)
		}
	}
}

// Ids are unique, and have the order in which streams and the log have the events.
func TestEmitFromManyGoroutines(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	c := openMerchant(t, s, "")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { emitN(s, 100) })
	}
	wg.Wait()
	events := s.Events()
	for i, ev := range events {
		if !strings.HasSuffix(ev.ID, fmt.Sprintf("-%d", i+1)) {
			t.Fatalf("event %d is %s", i, ev.ID)
		}
	}
	c.want(events...)
}

// Every stream gets every event, however many there are.
func TestManyEventsToManyStreams(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: sends 5,000 events to 8 streams")
	}
	s := pepaytest.NewServer(t)
	const n, readers = 5_000, 8
	var wg sync.WaitGroup
	for range readers {
		c := openMerchant(t, s, "")
		wg.Go(func() {
			for i := range n {
				frame, err := c.frame()
				if err != nil || !strings.Contains(frame, fmt.Sprintf(`-%d","livemode"`, i+1)) {
					t.Errorf("%s, %v; want number %d", frame, err, i+1)
					return
				}
			}
		})
	}
	ev := event(pepay.EventInvoiceUpdated, "id", "inv_1")
	for range n {
		s.Emit(ev)
	}
	wg.Wait()
}

func BenchmarkEmit(b *testing.B) {
	s := pepaytest.NewServer(b)
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Emit(ev)
	}
}
