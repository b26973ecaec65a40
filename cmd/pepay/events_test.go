package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestEventsList(t *testing.T) {
	t.Parallel()
	server := account(t)
	var ids []string // newest first
	for range 12 {
		ids = slices.Insert(ids, 0, happen(t, server, pepay.EventInvoiceUpdated).ID)
	}
	payment := happen(t, server, pepay.EventInvoicePaymentCreated, "invoice_id=inv_2", "environment=mainnet")
	everything := slices.Insert(slices.Clone(ids), 0, payment.ID)
	soon := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"default", nil, everything[:10]},
		{"limit", []string{"--limit", "3"}, everything[:3]},
		{"all", []string{"--all"}, everything},
		{"types", []string{"--types", "test.ping,invoice_payment.*"}, []string{payment.ID}},
		{"types twice", []string{"--types", "test.ping", "--types", "invoice.updated", "--limit", "100"}, ids},
		{"invoice", []string{"--invoice-id", "inv_2"}, []string{payment.ID}},
		{"environment", []string{"--environment", "mainnet"}, []string{payment.ID}},
		{"from the future", []string{"--from", soon}, nil},
		{"since the future", []string{"--since-time", time.Now().Add(time.Hour).Format(time.RFC3339)}, nil},
		{"between", []string{"--from", "2020-01-01T00:00:00+01:00", "--to", soon, "--all"}, everything},
		{"up to the past", []string{"--to", "2020-01-01T00:00:00Z"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := pepayRun(t, at(server.URL()), append([]string{"events", "list", "--json"}, c.args...)...)
			r.wantDone(t)
			var got []string
			if r.stdout != "" {
				got = idsOf(t, r.stdout)
			}
			if !slices.Equal(got, c.want) || r.stderr != "" {
				t.Errorf("got %v, want %v: %s", got, c.want, r.stderr)
			}
		})
	}
	r := pepayRun(t, at(server.URL()), "events", "list", "--limit", "1")
	r.wantDone(t)
	if want := payment.Created.Local().Format(time.DateTime) + "  invoice_payment.created  " + payment.ID + " "; !strings.HasPrefix(r.stdout, want) {
		t.Errorf("got %s, want %s", r.stdout, want)
	}
}

func TestEventsGet(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := server.EmitRaw([]byte(oddEvent))
	for _, args := range [][]string{{"get", ev.ID, "--json"}, {"list", "--json"}} {
		r := pepayRun(t, at(server.URL()), append([]string{"events"}, args...)...)
		r.wantDone(t)
		if r.stdout != oddEventShown+"\n" {
			t.Errorf("%v: %+v", args, r)
		}
	}
	r := pepayRun(t, at(server.URL()), "events", "get", ev.ID)
	r.wantDone(t)
	var want bytes.Buffer
	if err := json.Indent(&want, []byte(oddEventShown), "", "  "); err != nil {
		t.Fatal(err)
	}
	if r.stdout != want.String()+"\n" {
		t.Errorf("%s", r.stdout)
	}
	pepayRun(t, at(server.URL()), "events", "get", "evt_none").wantError(t, exitFailed, "getEvent: 404 NOT_FOUND")
	pepayRun(t, at(server.URL()), "events", "get", "evt_none").wantError(t, exitFailed, "check the id")
}

func TestEventsResend(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoicePaymentCreated)
	hook := newReceiver(t, func(n int) int {
		if n == 1 {
			return http.StatusInternalServerError
		}
		return http.StatusAccepted
	})
	r := pepayRun(t, signing(at(server.URL())), "events", "resend", ev.ID, "--forward-to", strings.TrimPrefix(hook.URL, "http://")+"/w",
		"--retry-backoff", "10ms", "--forward-header", "X-A: 1, 2")
	r.wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, []string{ev.ID, ev.ID}) {
		t.Errorf("got %v", ids)
	}
	last := hook.all()[1].header
	if last.Get("X-Pepay-Event") != ev.Type || last.Get("X-Pepay-Event-ID") != ev.ID || last.Get("X-Pepay-Network-Environment") != "devnet" || last.Get("X-A") != "1, 2" {
		t.Errorf("%v", last)
	}
	text := regexp.MustCompile(`^→ invoice_payment\.created ` + ev.ID + `\n← 500 \d+ms, attempt 2 of 3 in \d+ms\n← 202 \d+ms\n$`)
	if !text.MatchString(r.stdout) || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	hook.Close()
	r = pepayRun(t, signing(at(server.URL())), "events", "resend", ev.ID, "--forward-to", hook.URL+"/?token="+canary, "--retry", "1", "--retry-backoff", "1ms")
	if r.code != exitFailed || !strings.HasPrefix(r.stderr, "pepay: event "+ev.ID+" was not accepted after 2 attempts: ") {
		t.Errorf("%+v", r)
	}
}

// An event that is delivered again is byte for byte what the Events API has.
func TestEventsResendIsWhole(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(http.StatusOK))
	ev := server.EmitRaw([]byte(oddEvent))
	pepayRun(t, signing(at(server.URL())), "events", "resend", ev.ID, "--forward-to", hook.URL).wantDone(t)
	if got := hook.all(); len(got) != 1 || got[0].body != oddEvent || got[0].err != nil {
		t.Errorf("%+v\nwant %s", got, oddEvent)
	}
}

// With the keys of both scopes at hand, events of commerce are seen too.
func TestEventsScope(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t, pepaytest.WithKey(canary, pepaytest.Key{}), pepaytest.WithKey(commerceCanary, pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}))
	both := append(at(server.URL()), "PEPAY_COMMERCE_API_KEY="+commerceCanary)
	invoice, order := happen(t, server, pepay.EventInvoiceUpdated), happen(t, server, pepay.EventCommerceOrderCreated)
	hook := newReceiver(t, always(http.StatusOK))
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want []string // ids; nil is a failure
	}{
		{"by default the merchant's", both, []string{"list"}, []string{invoice.ID}},
		{"scope merchant", both, []string{"list", "--scope", "merchant"}, []string{invoice.ID}},
		{"scope commerce", both, []string{"list", "--scope", "commerce"}, []string{order.ID}},
		{"types of commerce", both, []string{"list", "--types", "commerce.order.*"}, []string{order.ID}},
		{"types of both", both, []string{"list", "--types", "commerce.order.*,invoice.*"}, []string{invoice.ID}},
		{"only the commerce key", append(slices.Clone(both), "PEPAY_API_KEY="), []string{"list"}, []string{order.ID}},
		{"get one of the merchant's", both, []string{"get", invoice.ID}, []string{invoice.ID}},
		{"get one of commerce", both, []string{"get", order.ID}, []string{order.ID}},
		{"get with the other scope", both, []string{"get", order.ID, "--scope", "merchant"}, nil},
		{"get with the right scope", both, []string{"get", order.ID, "--scope", "commerce"}, []string{order.ID}},
		{"get without a commerce key", at(server.URL()), []string{"get", order.ID}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := pepayRun(t, c.env, append(append([]string{"events"}, c.args...), "--json")...)
			if c.want == nil {
				r.wantError(t, exitFailed, "getEvent: 404")
				return
			}
			r.wantDone(t)
			if got := idsOf(t, r.stdout); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	pepayRun(t, signing(both), "events", "resend", order.ID, "--forward-to", hook.URL).wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, []string{order.ID}) {
		t.Errorf("resent %v", ids)
	}
}

func TestEventsExitCodes(t *testing.T) {
	t.Parallel()
	server := account(t)
	for _, c := range []struct {
		name string
		env  string
		args []string
		code int
		want string
	}{
		{"no command", "", nil, exitUsage, "say which command; see 'pepay events --help'"},
		{"unknown command", "", []string{"show"}, exitUsage, "unknown command; there are list, get, resend"},
		{"argument of list", "", []string{"list", canary}, exitUsage, "'pepay events list' takes no arguments"},
		{"empty types", "", []string{"list", "--types="}, exitUsage, "--types: is empty"},
		{"types with a hole", "", []string{"list", "--types", "invoice.*,,x"}, exitUsage, "--types: is empty"},
		{"types with a space", "", []string{"list", "--types", "invoice.* x"}, exitUsage, "--types: an element is empty or has a comma or a space"},
		{"empty invoice", "", []string{"list", "--invoice-id="}, exitUsage, "--invoice-id: is empty"},
		{"empty time", "", []string{"list", "--from="}, exitUsage, "--from: is empty"},
		{"no time", "", []string{"list", "--to", canary}, exitUsage, "--to: write a time such as"},
		{"milliseconds", "", []string{"list", "--since-time", "1734780000000"}, exitUsage, "--from: it looks like milliseconds"},
		{"unknown scope", "", []string{"list", "--scope", canary}, exitUsage, "--scope: write merchant or commerce"},
		{"unknown scope of get", "", []string{"get", "evt_1", "--scope="}, exitUsage, "--scope: write merchant or commerce"},
		{"no limit", "", []string{"list", "--limit", "0"}, exitUsage, "--limit: write a number from 1 up"},
		{"limit and all", "", []string{"list", "--limit", "1", "--all"}, exitUsage, "--all: excludes --limit"},
		{"unknown environment", "", []string{"list", "--environment", canary}, exitUsage, "--environment: write devnet or mainnet"},
		{"no timeout", "", []string{"list", "--timeout", "0s"}, exitUsage, "--timeout: write a duration above 0"},
		{"no id", "", []string{"get"}, exitUsage, "say which event"},
		{"two ids", "", []string{"get", "a", canary}, exitUsage, "'pepay events get' takes one id"},
		{"nowhere to", "", []string{"resend", "evt_1"}, exitUsage, "--forward-to: say where to"},
		{"no id to resend", "", []string{"resend", "--forward-to", "3000"}, exitUsage, "say which event"},
		{"401", "PEPAY_API_KEY=pk_wrong_" + canary, []string{"list"}, exitRefused, "listEvents: 401 API_KEY_INVALID"},
		{"no key", "PEPAY_API_KEY=", []string{"get", "evt_1"}, exitRefused, "no API key; set PEPAY_API_KEY"},
		{"401 of resend", "PEPAY_API_KEY=pk_wrong_" + canary, []string{"resend", "evt_1", "--forward-to", "3000"}, exitRefused, "getEvent: 401 API_KEY_INVALID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, append(signing(at(server.URL())), c.env), append([]string{"events"}, c.args...)...).wantError(t, c.code, c.want)
		})
	}
}
