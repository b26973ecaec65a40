package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type consoleFaults struct {
	Rules []struct {
		Number int64
		Spec   string
		Hits   int
	}
	Presets []struct{ Name, Label, Spec string }
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	set := s.Faults().On(mintID, pepaytest.Status(503), pepaytest.Always())
	controlled[struct{}](t, s, http.MethodPost, "faults", `{"spec":"listEvents:status=500,every=2"}`)
	mint(t, s, "")
	faults := controlled[consoleFaults](t, s, http.MethodGet, "faults", "")
	if sprint(faults.Rules) != "[{1 mintWsToken: set by the program 1} {2 listEvents:status=500,every=2 0}]" {
		t.Errorf("rules %v", faults.Rules)
	}
	controlled[struct{}](t, s, http.MethodDelete, "faults/1", "")
	if r := mint(t, s, ""); r.status != http.StatusOK || set.Hits() != 1 {
		t.Errorf("%d %s after %d hits", r.status, r.body, set.Hits())
	}
	for _, path := range []string{"faults/1", "faults/9", "faults/x"} {
		wantError(t, control(t, s, http.MethodDelete, path, ""), http.StatusNotFound, "NOT_FOUND")
	}
	for _, body := range []string{`{"spec":"x"}`, `{"spec":""}`, `{}`, `{"spec":"mintWsTokn:status=500"}`, `{"spec":"mintWsToken:status=9"}`, `{"spec":1}`} {
		if r := control(t, s, http.MethodPost, "faults", body); r.status != http.StatusBadRequest || !strings.Contains(r.body, "spec") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	controlled[struct{}](t, s, http.MethodDelete, "faults", "")
	if left := controlled[consoleFaults](t, s, http.MethodGet, "faults", ""); len(left.Rules) != 0 || len(left.Presets) == 0 {
		t.Errorf("%+v", left)
	}
	// Every preset can be switched on, and does something.
	for _, preset := range faults.Presets {
		t.Run(preset.Name, func(t *testing.T) {
			added := controlled[struct{ Number int64 }](t, s, http.MethodPost, "faults", `{"spec":"`+preset.Spec+`"}`)
			token := decode[minted](t, mint(t, s, "")).Data.Token
			_, _, _ = tryOpen(t, s, merchantPath+"?token="+token) // which may be refused
			mint(t, s, "")
			rules := controlled[consoleFaults](t, s, http.MethodGet, "faults", "").Rules
			if len(rules) != 1 || rules[0].Hits == 0 || rules[0].Number != added.Number {
				t.Errorf("%+v", rules)
			}
			controlled[struct{}](t, s, http.MethodDelete, "faults", "")
		})
	}
}

func TestControlDropsAStream(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	first, second := openMerchant(t, s, "types=invoice.*&customer_id=c&format=event_v1"), openMerchant(t, s, "")
	list := controlled[[]struct {
		Number  int64
		Filters map[string]string
	}](t, s, http.MethodGet, "streams", "")
	if sprint(list) != "[{1 map[customer_id:c types:invoice.*]} {2 map[]}]" {
		t.Errorf("%v", list)
	}
	feed := followChanges(t.Context(), t, s)
	controlled[struct{}](t, s, http.MethodDelete, "streams/1", "")
	if frame, err := first.frame(); err == nil {
		t.Errorf("still open: %s", frame)
	}
	feed.until("stream 1")
	second.want(emitN(s, 1)...)
	for _, path := range []string{"streams/1", "streams/3", "streams/x"} {
		wantError(t, control(t, s, http.MethodDelete, path, ""), http.StatusNotFound, "NOT_FOUND")
	}
}

func TestControlClock(t *testing.T) {
	t.Parallel()
	s := newConsole(t, pepaytest.WithClock(fixedClock))
	invoice := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	feed := followChanges(t.Context(), t, s)
	type clock struct {
		Now      int64 `json:"now"`
		OffsetMS int64 `json:"offset_ms"`
	}
	start := fixedClock().UnixMilli()
	for _, c := range []struct {
		body string
		want clock
	}{
		{`{"advance_ms":900000}`, clock{start + 900_000, 900_000}},
		{`{"advance_ms":43200000}`, clock{start + 44_100_000, 44_100_000}},
		{`{"advance_ms":-100000}`, clock{start + 44_000_000, 44_000_000}},
		{`{"real":true}`, clock{start, 0}},
	} {
		if got := controlled[clock](t, s, http.MethodPost, "clock", c.body); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.body, got, c.want)
		}
	}
	feed.until("invoice "+invoice.ID, "clock ")
	for body, names := range map[string]string{
		``: "advance_ms", `{}`: "advance_ms", `{"real":false}`: "real", `{"real":true,"advance_ms":1}`: "either", `{"advance_ms":1e3}`: "advance_ms",
		`{"advance_ms":315360000001}`: "ten years", `{"advance_ms":9223372036854775807}`: "ten years", `{"advance_ms":-9223372036854775808}`: "ten years", `{"advance_ms":99999999999999999999}`: "advance_ms",
	} {
		if r := control(t, s, http.MethodPost, "clock", body); r.status != http.StatusBadRequest || !strings.Contains(r.body, names) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

func TestControlReset(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	s.Advance(1 << 40)
	feed := followChanges(t.Context(), t, s)
	clock := controlled[struct {
		OffsetMS *int64 `json:"offset_ms"`
	}](t, s, http.MethodPost, "reset", "")
	feed.until("reset ")
	if len(s.Invoices()) != 0 || clock.OffsetMS == nil || *clock.OffsetMS != 0 {
		t.Errorf("%d invoices, %v", len(s.Invoices()), clock)
	}
}
