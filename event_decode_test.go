package pepay

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestEventFieldsInOtherForms(t *testing.T) {
	t.Parallel()
	at := func(text string) Timestamp {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return Timestamp{parsed.UTC()}
	}
	second, fromID := at("2024-12-21T11:20:00Z"), at("2023-11-14T22:13:20.123Z")
	for _, c := range []struct {
		name, fields string
		want         Event
		undecoded    []string
	}{
		{"created in seconds", `"created":1734780000`, Event{Created: second}, nil},
		{"created with a fraction", `"created":1734780000.25`, Event{Created: at("2024-12-21T11:20:00.25Z")}, nil},
		{"created with an exponent", `"created":1.73478e9`, Event{Created: second}, nil},
		{"created in quotes", `"created":"1734780000"`, Event{Created: second}, nil},
		{"created with a fraction, in quotes", `"created":"1734780000.5"`, Event{Created: at("2024-12-21T11:20:00.5Z")}, nil},
		{"created in milliseconds", `"created":1734780000123`, Event{Created: at("2024-12-21T11:20:00.123Z")}, nil},
		{"created in milliseconds, in quotes", `"created":"1734780000123"`, Event{Created: at("2024-12-21T11:20:00.123Z")}, nil},
		{"created in milliseconds with a fraction", `"created":1734780000123.0`, Event{Created: at("2024-12-21T11:20:00.123Z")}, nil},
		{"created, the last second", `"created":100000000000`, Event{Created: at("5138-11-16T09:46:40Z")}, nil},
		{"created, the first millisecond", `"created":100000000001`, Event{Created: at("1973-03-03T09:46:40.001Z")}, nil},
		{"created before 1970", `"created":-1`, Event{Created: at("1969-12-31T23:59:59Z")}, nil},
		{"created in RFC 3339", `"created":"2024-12-21T11:20:00Z"`, Event{Created: second}, nil},
		{"created with an offset", `"created":"2024-12-21T12:20:00+01:00"`, Event{Created: second}, nil},
		{"created without a zone", `"created":"2024-12-21T11:20:00"`, Event{Created: second}, nil},
		{"created without a zone, with a fraction", `"created":"2024-12-21T11:20:00.25"`, Event{Created: at("2024-12-21T11:20:00.25Z")}, nil},
		{"created with an escape", `"created":"2024-12-21T11:20:00\u005a"`, Event{Created: second}, nil},
		{"created missing", ``, Event{Created: fromID}, nil},
		{"created null", `"created":null`, Event{Created: fromID}, nil},
		{"created empty", `"created":""`, Event{Created: fromID}, nil},
		{"created as a word", `"created":"soon"`, Event{Created: fromID}, []string{"created"}},
		{"created in microseconds", `"created":1734780000123456`, Event{Created: fromID}, []string{"created"}},
		{"created beyond every number", `"created":1e400`, Event{Created: fromID}, []string{"created"}},
		{"created as NaN", `"created":"NaN"`, Event{Created: fromID}, []string{"created"}},
		{"created as an object", `"created":{"seconds":1}`, Event{Created: fromID}, []string{"created"}},
		{"created as a bool", `"created":true`, Event{Created: fromID}, []string{"created"}},
		{"livemode", `"livemode":true`, Event{Livemode: true}, nil},
		{"livemode in quotes", `"livemode":"true"`, Event{Livemode: true}, nil},
		{"livemode as 1", `"livemode":1`, Event{Livemode: true}, nil},
		{"livemode as 1 in quotes", `"livemode":"1"`, Event{Livemode: true}, nil},
		{"livemode in capitals", `"livemode":"True"`, Event{Livemode: true}, nil},
		{"livemode false in quotes", `"livemode":"false"`, Event{}, nil},
		{"livemode as 0", `"livemode":0`, Event{}, nil},
		{"livemode null", `"livemode":null`, Event{}, nil},
		{"livemode as a word", `"livemode":"live"`, Event{}, []string{"livemode"}},
		{"livemode as 2", `"livemode":2`, Event{}, []string{"livemode"}},
		{"livemode as a list", `"livemode":[true]`, Event{}, []string{"livemode"}},
		{"request", `"request":{"id":"req_1","idempotency_key":"k"}`, Event{Request: EventRequest{ID: "req_1", IdempotencyKey: "k"}}, nil},
		{"request as its id", `"request":"req_1"`, Event{Request: EventRequest{ID: "req_1"}}, nil},
		{"request null", `"request":null`, Event{}, nil},
		{"request as a number", `"request":7`, Event{}, []string{"request"}},
		{"request with a number as id", `"request":{"id":7,"idempotency_key":"k"}`, Event{Request: EventRequest{IdempotencyKey: "k"}}, []string{"request.id"}},
		{"request with a list as key", `"request":{"idempotency_key":[]}`, Event{}, []string{"request.idempotency_key"}},
		{"pending_webhooks", `"pending_webhooks":3`, Event{PendingWebhooks: 3}, nil},
		{"pending_webhooks in quotes", `"pending_webhooks":"3"`, Event{PendingWebhooks: 3}, nil},
		{"pending_webhooks as a word", `"pending_webhooks":"three"`, Event{}, []string{"pending_webhooks"}},
		{"pending_webhooks with a fraction", `"pending_webhooks":1.5`, Event{}, []string{"pending_webhooks"}},
		{"pending_webhooks too large", `"pending_webhooks":9223372036854775808`, Event{}, []string{"pending_webhooks"}},
		{"api_version as a number", `"api_version":20251216`, Event{}, []string{"api_version"}},
		{"api_version with an escape", `"api_version":"2025\u002d12"`, Event{APIVersion: "2025-12"}, nil},
		{"object as a number", `"object":1`, Event{}, []string{"object"}},
		{"type as a list", `"type":["invoice.paid"]`, Event{}, []string{"type"}},
		{"type in invalid UTF-8", "\"type\":\"a\xffb\"", Event{Type: "a\ufffdb"}, nil},
		{"data", `"data":{"object":{"a":[1, 2]},"previous_attributes":{"b":1}}`, Event{Data: EventData{Object: json.RawMessage(`{"a":[1, 2]}`), PreviousAttributes: json.RawMessage(`{"b":1}`)}}, nil},
		{"data with an odd object", `"data":{"object":"inv_1"}`, Event{Data: EventData{Object: json.RawMessage(`"inv_1"`)}}, nil},
		{"data as a text", `"data":"inv_1"`, Event{}, []string{"data"}},
		{"data null", `"data":null`, Event{}, nil},
		{"names are exact", `"Livemode":true,"TYPE":"x","Data":{"object":{}}`, Event{}, nil},
		{"an escaped name", `"live\u006dode":true`, Event{Livemode: true}, nil},
		{"the last one counts", `"livemode":true,"livemode":false,"type":"a","type":"b"`, Event{Type: "b"}, nil},
		{"the last one counts, null", `"livemode":true,"livemode":null`, Event{}, nil},
		{"the last one counts, odd", `"livemode":true,"livemode":"x"`, Event{}, []string{"livemode"}},
		{"the last one counts, good", `"livemode":"x","livemode":true`, Event{Livemode: true}, nil},
		{"the last data counts", `"data":{"object":1},"data":{"previous_attributes":2}`, Event{Data: EventData{PreviousAttributes: json.RawMessage(`2`)}}, nil},
		{"the last request counts", `"request":"req_1","request":{}`, Event{}, nil},
		{"several are odd", `"created":[],"livemode":"x","request":1,"data":2`, Event{Created: fromID}, []string{"created", "livemode", "request", "data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := `{"id":"evt_1700000000123-9"}`
			if c.fields != "" {
				text = `{"id":"evt_1700000000123-9",` + c.fields + `}`
			}
			got := Event{APIVersion: "before", Livemode: c.want.Livemode == false, Data: EventData{PreviousAttributes: json.RawMessage("1")}}
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.UndecodedFields(), c.undecoded) {
				t.Errorf("undecoded: %q, want %q", got.UndecodedFields(), c.undecoded)
			}
			if string(got.Raw()) != text {
				t.Errorf("raw is %s", got.Raw())
			}
			want := c.want
			want.ID, want.raw, want.undecoded = "evt_1700000000123-9", got.raw, got.undecoded
			if want.Created.IsZero() {
				want.Created = fromID
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// Without a usable created, the time is taken from an id of Pepay's form.
func TestEventTimeOfItsID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]int64{
		"evt_1700000000123-9":        1700000000123,
		"evt_1700000000123-":         1700000000123,
		"evt_1700000000123":          0,
		"evt_1-1":                    0,
		"evt_example":                0,
		"1700000000123-9":            0,
		"evt_99999999999999999999-1": 0,
		"evt_999999999999999999-1":   0,
		"":                           0,
	} {
		var ev Event
		if err := json.Unmarshal([]byte(`{"id":`+strconv.Quote(id)+`}`), &ev); err != nil {
			t.Fatal(err)
		}
		got := int64(0)
		if !ev.Created.IsZero() {
			got = ev.Created.UnixMilli()
		}
		if got != want {
			t.Errorf("%q: %d, want %d", id, got, want)
		}
	}
}

// An id or a type that is not text is no error here: it must not fail a page. Streams
// and webhooks refuse such an event.
func TestEventWithoutID(t *testing.T) {
	t.Parallel()
	for text, odd := range map[string]string{
		`{}`: "", `{"id":null,"type":null}`: "", `{"id":"","type":""}`: "",
		`{"id":7,"type":"t"}`: "id", `{"id":{},"type":"t"}`: "id", `{"id":"e","type":7}`: "type",
	} {
		var ev Event
		if err := json.Unmarshal([]byte(text), &ev); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if ev.ID != "" && ev.Type != "" {
			t.Errorf("%s: id %q, type %q", text, ev.ID, ev.Type)
		}
		if got := strings.Join(ev.UndecodedFields(), " "); got != odd {
			t.Errorf("%s: undecoded %q, want %q", text, got, odd)
		}
	}
}

func TestEventThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `"evt_1"`, `7`, `true`, `{"id":}`, `{"id":"e"`, `{"id":"e"}{}`, ``, `ping`} {
		ev := Event{ID: "before"}
		if err := ev.UnmarshalJSON([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), "pepay: ") || ev.ID != "before" || ev.Raw() != nil {
			t.Errorf("%s: %v, %+v", text, err, ev)
		}
	}
	ev := Event{ID: "before"}
	if err := json.Unmarshal([]byte(`null`), &ev); err != nil || ev.ID != "before" {
		t.Errorf("null: %v, %+v", err, ev)
	}
}

func TestEventRaw(t *testing.T) {
	t.Parallel()
	text := []byte("{ \"id\": \"evt_1\", \"later\": [1, 2.0e0],\n\"data\":{\"object\":{},\"revision\":3} }\n")
	var ev Event
	if err := ev.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	want := string(text)
	text[0] = '#' // the caller may use its bytes again
	if string(ev.Raw()) != want {
		t.Errorf("raw is %s", ev.Raw())
	}
	_ = append(ev.Data.Object, "xxxxxx"...)
	ev.ID = "evt_2"
	if string(ev.Raw()) != want {
		t.Errorf("raw changed to %s", ev.Raw())
	}
	if built := (&Event{ID: "evt_1", Type: "t"}); built.Raw() != nil || built.UndecodedFields() != nil {
		t.Errorf("of an event that a program built: %s", built.Raw())
	}
}

// ParseEvent decodes what UnmarshalJSON does, and shares the bytes.
func TestParseEvent(t *testing.T) {
	t.Parallel()
	for name, text := range documentedEvents {
		raw := json.RawMessage(text)
		got, err := ParseEvent(raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want Event
		if err := json.Unmarshal(raw, &want); err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %v, got %+v, want %+v", name, err, *got, want)
		}
		if &got.Raw()[0] != &raw[0] || cap(got.Raw()) != len(raw) {
			t.Errorf("%s: the event has a copy, or room behind it", name)
		}
	}
	for _, text := range []string{``, `null`, `[]`, `{`, `7`, `{}{}`} {
		if ev, err := ParseEvent(json.RawMessage(text)); err == nil || ev != nil || !strings.HasPrefix(err.Error(), "pepay: event: ") {
			t.Errorf("%q: %v, %v", text, ev, err)
		}
	}
}

// Encoding gives the fields as they are, whether an event was decoded or built.
func TestEventEncodesItsFields(t *testing.T) {
	t.Parallel()
	for name, text := range documentedEvents {
		var ev Event
		if err := json.Unmarshal([]byte(text), &ev); err != nil {
			t.Fatal(err)
		}
		built := Event{ID: ev.ID, Object: ev.Object, APIVersion: ev.APIVersion, Type: ev.Type, Created: ev.Created, Livemode: ev.Livemode,
			PendingWebhooks: ev.PendingWebhooks, Request: ev.Request, Data: ev.Data}
		a, err := json.Marshal(ev)
		b, _ := json.Marshal(built)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: %v\n%s\n%s", name, err, a, b)
		}
		var again Event
		if err := json.Unmarshal(a, &again); err != nil || again.ID != ev.ID || again.Created != ev.Created || !bytes.Equal(again.Data.Object, ev.Data.Object) {
			t.Errorf("%s: again %v, %+v", name, err, again)
		}
	}
}

// The decoder is written by hand: a field that the contract gains must be added.
func TestEventDecodesEveryField(t *testing.T) {
	t.Parallel()
	var known []string
	for _, s := range []any{Event{}, EventRequest{}, EventData{}} {
		fields := reflect.TypeOf(s)
		for i := range fields.NumField() {
			name, _, _ := strings.Cut(fields.Field(i).Tag.Get("json"), ",")
			if name != "-" {
				known = append(known, fields.Name()+"."+name)
			}
		}
	}
	want := []string{
		"Event.api_version", "Event.created", "Event.data", "Event.id", "Event.livemode", "Event.object", "Event.pending_webhooks",
		"Event.request", "Event.type", "EventRequest.id", "EventRequest.idempotency_key", "EventData.object", "EventData.previous_attributes",
	}
	slices.Sort(known)
	slices.Sort(want)
	if !slices.Equal(known, want) {
		t.Errorf("the contract's fields are %q, UnmarshalJSON knows %q", known, want)
	}
}

func TestEventDecodeAllocations(t *testing.T) {
	text := []byte(documentedEvents["merchant stream"])
	allocs := testing.AllocsPerRun(100, func() {
		if err := new(Event).UnmarshalJSON(text); err != nil {
			t.Error(err)
		}
	})
	if allocs > 4 { // the event, its bytes, its id and its version
		t.Errorf("%v allocations", allocs)
	}
}

func FuzzEvent(f *testing.F) {
	for _, text := range documentedEvents {
		f.Add([]byte(text))
	}
	for _, text := range []string{
		`{"id":"evt_1700000000123-9","created":"2024-12-21T11:20:00","livemode":"1","request":"r","data":[]}`,
		`{"id":"e","created":1734780000123,"livemode":1,"pending_webhooks":"3","request":{"id":1},"type":"\u0061"}`,
		`{"id":1,"id":"e","data":{"object":1,"object":2},"data":{}}`, `null`, `[]`, `{`, `{"created":-1e400}`, `{"id":"evt_-1-","Created":1}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want, isObject := referenceEvent(data)
		var got Event
		err := got.UnmarshalJSON(data)
		if string(bytes.TrimSpace(data)) == "null" {
			if err != nil || got.Raw() != nil {
				t.Fatalf("null: %v", err)
			}
			return
		}
		if (err == nil) != isObject {
			t.Fatalf("%q: %v, encoding/json says it is an object: %v", data, err, isObject)
		}
		if !isObject {
			return
		}
		if !bytes.Equal(got.Raw(), data) {
			t.Fatalf("raw is %q, want %q", got.Raw(), data)
		}
		undecoded := got.undecoded
		got.raw, got.undecoded = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got\n%+v, want\n%+v", data, got, want)
		}
		for _, name := range undecoded {
			if strings.ContainsAny(name, "\n\"") {
				t.Fatalf("a field %q", name)
			}
		}
		got.Resource()
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("%q does not encode: %v", data, err)
		}
	})
}

// referenceEvent says the same as UnmarshalJSON, slowly and by reflection.
func referenceEvent(data []byte) (Event, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil || fields == nil {
		return Event{}, false
	}
	text := func(raw json.RawMessage) string {
		var s any
		_ = json.Unmarshal(raw, &s)
		said, _ := s.(string)
		return said
	}
	inner := func(name string) map[string]json.RawMessage {
		var m map[string]json.RawMessage
		_ = json.Unmarshal(fields[name], &m)
		return m
	}
	scalar := func(name string) string { // of a text, a number, a bool
		if s := text(fields[name]); s != "" {
			return s
		}
		return string(fields[name])
	}
	ev := Event{ID: text(fields["id"]), Object: text(fields["object"]), APIVersion: text(fields["api_version"]), Type: text(fields["type"])}
	ev.Livemode = slices.Contains([]string{"true", "1"}, strings.ToLower(scalar("livemode")))
	var n int64
	if json.Unmarshal([]byte(scalar("pending_webhooks")), &n) == nil {
		ev.PendingWebhooks = n
	}
	request, body := inner("request"), inner("data")
	ev.Request = EventRequest{ID: text(request["id"]), IdempotencyKey: text(request["idempotency_key"])}
	if request == nil {
		ev.Request.ID = text(fields["request"])
	}
	ev.Data = EventData{Object: body["object"], PreviousAttributes: body["previous_attributes"]}

	created := scalar("created")
	var number json.Number
	isNumber := created != "" && created[0] != '"' && json.Unmarshal([]byte(created), &number) == nil && number.String() == created
	if isNumber {
		ev.Created = referenceTime(created)
	} else if created == text(fields["created"]) {
		for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, created); err == nil && t.UTC().Year() > 0 && t.UTC().Year() < 10000 && ev.Created.IsZero() {
				ev.Created = Timestamp{t.UTC()}
			}
		}
	}
	if _, usable := eventTime(fields["created"]); !usable {
		millis, _, found := strings.Cut(ev.ID, "-")
		millis, prefixed := strings.CutPrefix(millis, "evt_")
		if n, err := strconv.ParseInt(millis, 10, 64); err == nil && found && prefixed && n > 1e11 && n/1000 <= maxEpoch {
			ev.Created = Timestamp{time.UnixMilli(n).UTC()}
		}
	}
	return ev, true
}

func referenceTime(number string) Timestamp {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		at := time.Unix(n, 0)
		if n > 1e11 {
			at = time.UnixMilli(n)
		}
		if s := at.Unix(); s < minEpoch || s > maxEpoch || n > 1e15 {
			return Timestamp{}
		}
		return Timestamp{at.UTC()}
	}
	n, err := strconv.ParseFloat(number, 64)
	if n > 1e11 {
		n /= 1000
	}
	if err != nil || n < minEpoch || n > maxEpoch {
		return Timestamp{}
	}
	whole := math.Floor(n)
	at := time.Unix(int64(whole), int64(math.Round((n-whole)*1e6))*1e3)
	if at.Unix() > maxEpoch {
		return Timestamp{}
	}
	return Timestamp{at.UTC()}
}
