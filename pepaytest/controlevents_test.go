package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// An event is shown as it was sent, but for what is secret.
func TestControlGetEvent(t *testing.T) {
	t.Parallel()
	type shown struct {
		ID, Type string
		Created  int64
		Body     string
	}
	s := newConsole(t)
	ev := s.EmitRaw([]byte(`{"id":"evt_1-1", "type":"invoice.updated","data":{"object":{"id":"inv_1","n":9007199254740993,"session_token":"a canary"}}}`))
	got := controlled[shown](t, s, http.MethodGet, "events/"+ev.ID, "")
	const want = `{"id":"evt_1-1", "type":"invoice.updated","data":{"object":{"id":"inv_1","n":9007199254740993,"session_token":"[redacted]"}}}`
	if got.ID != ev.ID || got.Type != pepay.EventInvoiceUpdated || got.Created != ev.Created.Unix() || got.Body != want {
		t.Errorf("%+v", got)
	}
	wantError(t, control(t, s, http.MethodGet, "events/evt_none", ""), http.StatusNotFound, "NOT_FOUND")

	few := newConsole(t, pepaytest.WithRetention(1))
	forgotten := emit(few, pepay.EventInvoiceUpdated)
	emit(few, pepay.EventInvoiceUpdated)
	if r := control(t, few, http.MethodGet, "events/"+forgotten.ID, ""); r.status != http.StatusNotFound || !strings.Contains(r.body, "is kept") {
		t.Errorf("%d %s", r.status, r.body)
	}
}
