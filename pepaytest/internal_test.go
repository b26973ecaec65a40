package pepaytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// An operation without a handler answers the contract's example if it is documented
// only by name, else 501 and its name.
func TestOperationsWithoutAHandler(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.routes = s.newRoutes(server.Unimplemented{})
	var payor session
	s.change(nil, func(t *tx) { payor = t.newInvoice(&invoice{Amount: 1000}, time.Hour).Session })
	bodies := exampleBodies(t)
	examples := 0
	for _, op := range pepay.Operations() {
		w := httptest.NewRecorder()
		path := strings.NewReplacer("{tokenId}", "1", "{", "", "}", "").Replace(op.Path)
		r := httptest.NewRequestWithContext(t.Context(), op.Method, path, strings.NewReader(bodies[op.ID]))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		if op.IdempotencyKey {
			r.Header.Set("Idempotency-Key", "123e4567-e89b-42d3-a456-556642440000")
		}
		for scheme := range op.Security[0] {
			switch scheme {
			case "merchantApiKey":
				r.Header.Set("x-api-key", s.APIKey())
			case "commerceApiKey":
				r.Header.Set("x-commerce-api-key", s.CommerceAPIKey())
			case "bearerAuth":
				r.Header.Set("Authorization", "Bearer "+s.BearerToken())
			case "sessionToken":
				r.Header.Set("x-session-token", payor.Token)
				r.Header.Set("x-signature", payor.Signature)
			}
		}
		s.serve(w, r)
		status, header := http.StatusNotImplemented, ""
		want := `{"success":false,"error":{"code":"NOT_SIMULATED","message":"pepaytest does not simulate ` + op.ID + `"}}`
		if example, ok := server.ExampleOf(op.ID); ok {
			status, want, header = example.Status, example.Body, "true"
			examples++
		}
		if got := w.Header().Get("X-Pepaytest-Example"); w.Code != status || w.Body.String() != want || got != header {
			t.Errorf("%s: %d %s, X-Pepaytest-Example %q", op.ID, w.Code, w.Body, got)
		}
	}
	if examples == 0 {
		t.Error("no operation has an example")
	}
}

// exampleBodies are the requests that the contract shows, by operation id.
func exampleBodies(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../api/openapi.effective.json")
	if err != nil {
		t.Fatal(err)
	}
	type operation struct {
		OperationID string
		RequestBody struct {
			Content map[string]struct{ Example json.RawMessage }
		}
	}
	var doc struct {
		Paths map[string]map[string]operation
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, methods := range doc.Paths {
		for _, op := range methods {
			bodies[op.OperationID] = string(op.RequestBody.Content["application/json"].Example)
		}
	}
	bodies["getOrderPayments"] = `{"orderIds":[]}` // the contract has no example of it
	return bodies
}

// The router's patterns and the table's paths have to be the same texts.
func TestEveryOperationIsRouted(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for _, op := range pepay.Operations() {
		r := httptest.NewRequestWithContext(t.Context(), op.Method, op.Path, http.NoBody)
		if got := s.operationID(r); got != op.ID {
			t.Errorf("%s %s is taken for %q, want %s", op.Method, op.Path, got, op.ID)
		}
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?q=1", http.NoBody)
	t.Run("by number", func(t *testing.T) {
		t.Parallel()
		var log requestLog
		for i := range maxRecorded + 5 {
			if got := log.add(newRequest(time.Time{}, "", r, nil)); got != int64(i+1) {
				t.Fatalf("number %d, want %d", got, i+1)
			}
		}
		log.settle(5, Request{Status: 500}) // not kept any more
		log.settle(6, Request{Status: 201})
		log.settle(maxRecorded+5, Request{Status: 202})
		all := log.all()
		if len(all) != maxRecorded || all[0].Status != 201 || all[len(all)-1].Status != 202 {
			t.Errorf("%d entries, first %d, last %d", len(all), all[0].Status, all[len(all)-1].Status)
		}
	})
	t.Run("by size", func(t *testing.T) {
		t.Parallel()
		var log requestLog
		for range 20 {
			log.add(newRequest(time.Time{}, "", r, make([]byte, maxRecordedBytes/10)))
		}
		if got := len(log.all()); got != 9 || log.bytes > maxRecordedBytes {
			t.Errorf("%d entries of %d bytes", got, log.bytes)
		}
		last := log.kept()[8]
		for range 3 { // answered again, the answer counts once
			log.settle(last.number, last.answered(200, &answer{body: *bytes.NewBuffer(make([]byte, 8*maxRecordedAnswer))}, time.Second))
		}
		if got, want := log.bytes, 9*maxRecordedBytes/10; got < want+maxRecordedAnswer || got > want+maxRecordedAnswer+100 {
			t.Errorf("%d bytes, want %d and an answer that is cut", got, want)
		}
		if answered := log.get(last.number); !answered.cut || len(answered.AnswerBody) != maxRecordedAnswer || answered.Duration != time.Second || last.Status != 0 {
			t.Errorf("%d bytes of the answer, cut %v", len(answered.AnswerBody), answered.cut)
		}
		log.settle(last.number, last.answered(200, &answer{header: http.Header{"X": {string(make([]byte, maxRecordedBytes/8))}}}, 0))
		if got := len(log.all()); got != 8 || log.bytes > maxRecordedBytes {
			t.Errorf("%d entries of %d bytes after a large answer", got, log.bytes)
		}
		log.add(newRequest(time.Time{}, "", r, make([]byte, maxRecordedBytes+1)))
		if got := len(log.all()); got != 1 {
			t.Errorf("%d entries, want the last whatever its size", got)
		}
	})
}

// A reader whose next event is the oldest one kept has lost nothing; one event
// further back, it has.
func TestEventLogAtTheEdges(t *testing.T) {
	t.Parallel()
	log := newEventLog(3)
	for range 5 {
		log.add(func(seq int64) *record {
			return newRecord(&pepay.Event{Type: "invoice.updated"}, subject{}, time.Unix(1, 0), seq)
		})
	}
	buf := make([]*record, 2)
	for _, tc := range []struct {
		after   int64
		n       int
		lost    bool
		waiting bool
	}{{0, 0, true, false}, {1, 0, true, false}, {2, 2, false, false}, {3, 2, false, false}, {4, 1, false, false}, {5, 0, false, true}} {
		n, lost, changed := log.read(&logPlace{position: tc.after}, buf)
		if n != tc.n || lost != tc.lost || (changed != nil) != tc.waiting {
			t.Errorf("after %d: %d, %t, %v; want %+v", tc.after, n, lost, changed, tc)
		}
		if n > 0 && buf[0].event.ID != "evt_1000-"+strconv.FormatInt(tc.after+1, 10) {
			t.Errorf("after %d comes %s", tc.after, buf[0].event.ID)
		}
	}
	if got := log.tail(2, func(*record) bool { return true }); got.position != 3 {
		t.Errorf("the last two are after %+v", got)
	}
}

func TestHostport(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", ":80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80",
		"[::1]:80": "[::1]:80", "192.0.2.1:80": "192.0.2.1:80", "pipe": "127.0.0.1",
	} {
		if got := hostport(textAddr(addr)); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

type textAddr string

func (textAddr) Network() string  { return "test" }
func (a textAddr) String() string { return string(a) }
