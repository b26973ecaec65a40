package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// account is a simulator that knows the canary as the key of the merchant of the
// documentation's examples.
func account(t *testing.T, opts ...pepaytest.Option) *pepaytest.Server {
	t.Helper()
	return pepaytest.NewServer(t, append(opts, pepaytest.WithKey(canary, pepaytest.Key{}))...)
}

const commerceCanary = "ck_" + canary

func commerceAccount(t *testing.T) (*pepaytest.Server, []string) {
	t.Helper()
	server := pepaytest.NewServer(t, pepaytest.WithKey(commerceCanary, pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}))
	return server, append(at(server.URL()), "PEPAY_API_KEY=", "PEPAY_COMMERCE_API_KEY="+commerceCanary)
}

// happen emits an event of a documented type, changed as --set would.
func happen(t *testing.T, server *pepaytest.Server, eventType string, sets ...string) pepay.Event {
	t.Helper()
	ev, err := pepaytest.NewEvent(eventType)
	if err == nil {
		ev.Data.Object, err = withFields(ev.Data.Object, sets, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return server.Emit(ev)
}

// upgrades are the requests that opened streams.
func upgrades(server *pepaytest.Server) []pepaytest.Request {
	return slices.DeleteFunc(server.Requests(), func(r pepaytest.Request) bool { return !strings.HasPrefix(r.Path, "/ws/") })
}

func idsOf(t *testing.T, jsonLines string) []string {
	t.Helper()
	var ids []string
	for _, line := range lines(jsonLines) {
		var ev pepay.Event
		if err := json.Unmarshal([]byte(line), &ev); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		ids = append(ids, ev.ID)
	}
	return ids
}

func TestListenPrintsLines(t *testing.T) {
	t.Parallel()
	server := account(t)
	p := startProcess(t, at(server.URL()), "listen", "--max-events", "3")
	p.stderr.await(t, "live, following the merchant events of "+strings.TrimPrefix(server.URL(), "http://")+"\n", 1)
	paid := happen(t, server, pepay.EventInvoiceUpdated)
	pending := happen(t, server, pepay.EventInvoicePaymentCreated, "id=pay_1")
	odd := server.Emit(pepay.Event{ID: "evt_odd", Type: "invoice.\x1b[2Jodd", Data: pepay.EventData{Object: json.RawMessage(`{}`)}})
	r := p.result(t)
	r.wantDone(t)
	clock := func(ev pepay.Event) string { return ev.Created.Local().Format(time.TimeOnly) }
	want := fmt.Sprintf("%s  invoice.updated          %-21s  invoice          550e8400-e29b-41d4-a716-446655440000    10.000 usd  paid\n", clock(paid), paid.ID) +
		fmt.Sprintf("%s  invoice_payment.created  %-21s  invoice_payment  pay_1                                            -  pending\n", clock(pending), pending.ID) +
		fmt.Sprintf("%s  invoice. [2Jodd          evt_odd                -                -                                                -  -\n", clock(odd))
	if r.stdout != want {
		t.Errorf("got\n%s\nwant\n%s", r.stdout, want)
	}
}

// oddEvent has members that this version does not know, in an order of its own, and
// characters that a terminal must not see; oddEventShown is what it may see.
const (
	oddEvent = `{"id":"evt_1700000000000-123","zz":[1.50,1.50e1],"type":"invoice.updated","created":1700000000,"account":"acct_1",` +
		`"request":{"id":"req_1","actor":"a"},"data":{"revision":3,"object":{"object":"invoice","id":"inv_1","status":"paid",` +
		`"metadata":{"b":"<&>` + "\u009b2J\u202e" + `","a":12345678901234567890.10}},"previous_attributes":{"status":"unpaid"}}}`
	oddEventShown = `{"id":"evt_1700000000000-123","zz":[1.50,1.50e1],"type":"invoice.updated","created":1700000000,"account":"acct_1",` +
		`"request":{"id":"req_1","actor":"a"},"data":{"revision":3,"object":{"object":"invoice","id":"inv_1","status":"paid",` +
		`"metadata":{"b":"<&>\u009b2J\u202e","a":12345678901234567890.10}},"previous_attributes":{"status":"unpaid"}}}`
)

func TestListenFormat(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated, "customer_id=cust_\x1b[2J")
	for format, want := range map[string]string{
		"{{.ID}} {{.Type}}": ev.ID + " invoice.updated",
		"{{.Kind}}\t{{.ResourceID}} {{.Status}} {{.Amount}}": "invoice\t550e8400-e29b-41d4-a716-446655440000 paid 10.000 usd",
		"{{.Object.customer_id}} {{.Object.amount}}":         "cust_ [2J 10000",
		"{{.Created.Unix}} {{.Livemode}}":                    fmt.Sprint(ev.Created.Unix(), false),
		"{{json .Object.metadata}}":                          "{}",
	} {
		r := pepayRun(t, at(server.URL()), "events", "list", "--format", format)
		r.wantDone(t)
		if r.stdout != want+"\n" {
			t.Errorf("%s: %q, want %q", format, r.stdout, want)
		}
	}
	p := startProcess(t, at(server.URL()), "listen", "--format", "{{.ID}}", "--max-events", "1")
	p.stderr.await(t, "live", 1)
	ev = happen(t, server, pepay.EventInvoiceCreated)
	if r := p.result(t); r.code != exitDone || r.stdout != ev.ID+"\n" {
		t.Errorf("%+v", r)
	}
}

// With --audit a stream is as it is without, until something is left out.
func TestListenAudits(t *testing.T) {
	t.Parallel()
	server := account(t)
	p := startProcess(t, at(server.URL()), "listen", "--audit", "5m", "--max-events", "1", "--json")
	p.stderr.await(t, "live", 1)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	r := p.result(t)
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); len(ids) != 1 || ids[0] != ev.ID {
		t.Errorf("%+v", r)
	}
}

func TestListenPrintsTheWireForm(t *testing.T) {
	t.Parallel()
	server := account(t)
	p := startProcess(t, at(server.URL()), "listen", "--json", "--max-events", "2")
	p.stderr.await(t, "live", 1)
	server.EmitRaw([]byte(strings.ReplaceAll(oddEvent, ",", ",\n  ")))
	server.Emit(pepay.Event{ID: "evt_1700000001000-124", Type: "invoice.new", Data: pepay.EventData{Object: json.RawMessage(`{}`)}})
	r := p.result(t)
	r.wantDone(t)
	const want = oddEventShown + "\n" +
		`{"api_version":"2025-12-16","created":1700000001,"data":{"object":{}},"id":"evt_1700000001000-124","livemode":false,` +
		`"object":"event","pending_webhooks":0,"type":"invoice.new"}` + "\n"
	if r.stdout != want {
		t.Errorf("got\n%s\nwant\n%s", r.stdout, want)
	}
}

func TestListenSendsFilters(t *testing.T) {
	t.Parallel()
	t.Run("merchant", func(t *testing.T) {
		t.Parallel()
		server := account(t)
		pepayRun(t, at(server.URL()), "listen", "--timeout", "5s", "--types", "invoice.*,invoice_payment.updated", "--types", "invoice.created", "--invoice-id", "inv_1",
			"--customer-id", "cust_1", "--invoice-type", "standard", "--environment", "devnet", "--since", "evt_1-1", "--stop-on-gap")
		got := upgrades(server)[0]
		want := url.Values{
			"format": {"event_v1"}, "types": {"invoice.*,invoice_payment.updated,invoice.created"}, "invoice_id": {"inv_1"}, "customer_id": {"cust_1"},
			"invoice_type": {"standard"}, "environment": {"devnet"}, "since": {"evt_1-1"},
		}
		if got.Path != "/ws/merchant/events" || got.Query.Encode() != want.Encode() || got.Header.Get("x-api-key") != canary {
			t.Errorf("%s?%s", got.Path, got.Query.Encode())
		}
	})
	t.Run("commerce", func(t *testing.T) {
		t.Parallel()
		server, env := commerceAccount(t)
		pepayRun(t, env, "listen", "--timeout", "5s", "--types", "commerce.order.*", "--invoice-id", "inv_1", "--customer-id", "cust_1",
			"--order-id", "order_1", "--wallet-address", "0x1", "--wallet-network", "solana", "--since", "evt_1-1", "--stop-on-gap")
		got := upgrades(server)[0]
		want := url.Values{
			"format": {"event_v1"}, "types": {"commerce.order.*"}, "invoice_id": {"inv_1"}, "customer_id": {"cust_1"},
			"order_id": {"order_1"}, "wallet_address": {"0x1"}, "wallet_network": {"solana"}, "since": {"evt_1-1"},
		}
		if got.Path != "/ws/commerce/events" || got.Query.Encode() != want.Encode() || got.Header.Get("x-commerce-api-key") != commerceCanary {
			t.Errorf("%s?%s", got.Path, got.Query.Encode())
		}
	})
}

// The Events API does not list to a merchant's key what a commerce stream missed.
func TestListenUsesTheKeyOfItsScopeAlone(t *testing.T) {
	t.Parallel()
	server, env := commerceAccount(t)
	first := happen(t, server, pepay.EventCommerceOrderCreated)
	second := happen(t, server, pepay.EventCommerceOrderUpdated)
	env = append(env, "PEPAY_API_KEY="+server.APIKey())
	r := pepayRun(t, env, "listen", "--scope", "commerce", "--since", first.ID, "--max-events", "1", "--json", "--stop-on-gap")
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, []string{second.ID}) {
		t.Errorf("got %v, want %s", ids, second.ID)
	}
	for _, request := range server.Requests() {
		if request.Header.Get("x-api-key") != "" {
			t.Errorf("%s carried the merchant's key", request.Path)
		}
	}
}

func TestListenKeyFile(t *testing.T) {
	t.Parallel()
	server := account(t)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The only key of the environment is a commerce key, and is not asked.
	env := append(at(server.URL()), "PEPAY_API_KEY=", "PEPAY_COMMERCE_API_KEY=ck_other")
	p := startProcess(t, env, "listen", "--api-key-file", file, "--max-events", "1")
	p.stderr.await(t, "live, following the merchant events", 1)
	happen(t, server, pepay.EventInvoiceCreated)
	p.result(t).wantDone(t)
}

func TestListenExitCodes(t *testing.T) {
	t.Parallel()
	never := func(*pepaytest.Server) {}
	fault := func(f pepaytest.Fault) func(*pepaytest.Server) {
		return func(server *pepaytest.Server) { server.Faults().On("openMerchantStream", f, pepaytest.Always()) }
	}
	for _, c := range []struct {
		name  string
		setup func(*pepaytest.Server)
		env   []string
		args  []string
		code  int
		want  string // the last line on stderr
	}{
		{"timeout while live", never, nil, []string{"--timeout", "1s"}, exitDone, "live, following the merchant events"},
		{"timeout before the events", never, nil, []string{"--timeout", "1s", "--max-events", "2"}, exitTimeout, "pepay: --timeout passed after 0 of 2 events"},
		{"timeout before it is live", fault(pepaytest.Latency(time.Hour)), nil, []string{"--timeout", "300ms"}, exitTimeout, "pepay: --timeout passed while the stream was not live"},
		{"timeout in an outage", fault(pepaytest.RefuseUpgrade(503)), nil, []string{"--timeout", "500ms"}, exitTimeout, "pepay: --timeout passed while the stream was not live"},
		{"timeout in a replay", func(server *pepaytest.Server) {
			server.Emit(pepay.Event{ID: "evt_1-1", Type: pepay.EventInvoiceCreated, Data: pepay.EventData{Object: []byte("{}")}})
		},
			nil, []string{"--timeout", "600ms", "--since", "evt_1-1"}, exitTimeout, "pepay: --timeout passed while the stream was not live"},
		{"400", never, nil, []string{"--types", "invoice.nope"}, exitFailed, "pepay: the upgrade was answered with 400 VALIDATION_ERROR: unknown event type"},
		{"404", fault(pepaytest.RefuseUpgrade(404)), nil, nil, exitFailed, "pepay: the upgrade was answered with 404 NOT_FOUND: Not Found"},
		{"redirect", fault(pepaytest.RedirectTo("https://elsewhere.example/?k=" + canary)), nil, nil, exitFailed, "pepay: the upgrade was answered with 307"},
		{"cursor file that is empty", never, nil, []string{"--cursor-file", os.DevNull}, exitFailed, "pepay: loading the cursor: " + os.DevNull + " is not a regular file"},
		{"401", never, []string{"PEPAY_API_KEY=pk_wrong_" + canary}, nil, exitRefused, "pepay: unauthorized: the upgrade was answered with 401 API_KEY_INVALID: Invalid API key; check the API key"},
		{"403", never, []string{"PEPAY_API_KEY=ck_pepaytest_commerce"}, nil, exitRefused, "pepay: unauthorized: the upgrade was answered with 403 FORBIDDEN: A credential of scope commerce does not open the merchant stream; check the API key"},
		{"401 of the mint", never, []string{"PEPAY_API_KEY=pk_wrong_" + canary}, []string{"--token"}, exitRefused, "pepay: mintWsToken: 401 API_KEY_INVALID"},
		{"token rejected twice", fault(pepaytest.RejectToken()), nil, []string{"--token"}, exitRefused, "pepay: unauthorized: the upgrade was answered with 401"},
		{"no key", never, []string{"PEPAY_API_KEY="}, nil, exitRefused, "pepay: no API key; set PEPAY_API_KEY"},
		{"no merchant key", never, []string{"PEPAY_API_KEY=", "PEPAY_COMMERCE_API_KEY=ck_1234"}, []string{"--scope", "merchant"}, exitRefused, "pepay: no API key; set PEPAY_API_KEY"},
		{"gap", never, nil, []string{"--stop-on-gap", "--since", "evt_1-1"}, exitGap, "pepay: there may be a gap: the Events API does not know the event evt_1-1 any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := account(t)
			c.setup(server)
			r := pepayRun(t, append(at(server.URL()), c.env...), append([]string{"listen"}, c.args...)...)
			all := lines(r.stderr)
			if last := all[len(all)-1]; r.code != c.code || !strings.HasPrefix(last, c.want) {
				t.Errorf("exit code %d, want %d; stderr does not end with %q:\n%s", r.code, c.code, c.want, r.stderr)
			}
			if c.code != exitDone && strings.Contains(r.stderr, "live,") != (c.name == "timeout before the events") {
				t.Errorf("it says that it is live:\n%s", r.stderr)
			}
			if r.stdout != "" {
				t.Errorf("stdout: %s", r.stdout)
			}
		})
	}
}

func TestListenKeepsItsPlace(t *testing.T) {
	t.Parallel()
	server := account(t)
	file := filepath.Join(t.TempDir(), "cursor")
	args := []string{"listen", "--cursor-file", file, "--json", "--stop-on-gap", "--max-events"}
	p := startProcess(t, at(server.URL()), append(args, "2")...)
	p.stderr.await(t, "live", 1)
	var want []string
	for range 2 {
		want = append(want, happen(t, server, pepay.EventInvoiceUpdated).ID)
	}
	r := p.result(t)
	r.wantDone(t)
	got := idsOf(t, r.stdout)
	if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != want[1] {
		t.Errorf("kept %q, want %s: %v", kept, want[1], err)
	}
	for range 3 { // while nobody listens
		want = append(want, happen(t, server, pepay.EventInvoiceUpdated).ID)
	}
	// What the file says wins over --since.
	r = pepayRun(t, at(server.URL()), append(args, "3", "--since", want[0])...)
	r.wantDone(t)
	if got = append(got, idsOf(t, r.stdout)...); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestListenFrameTooLarge(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.OversizedFrameAfter(0, 2<<20), pepaytest.Always())
	p := startProcess(t, at(server.URL()), "listen")
	p.stderr.await(t, "live", 1)
	happen(t, server, pepay.EventInvoiceCreated)
	r := p.result(t)
	if all := lines(r.stderr); r.code != exitFailed || r.stdout != "" || all[len(all)-1] != "pepay: frame too large" {
		t.Errorf("%+v", r)
	}
}

func TestListenResumes(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.DropAfter(2), pepaytest.Next(1))
	p := startProcess(t, at(server.URL()), "listen", "--json")
	p.stderr.await(t, "live", 1)
	var want []string
	for range 4 { // the third is not sent before the drop
		want = append(want, happen(t, server, pepay.EventInvoiceUpdated).ID)
	}
	p.stdout.await(t, "\n", 4)
	p.stderr.await(t, "resumed after", 1)
	r := p.signal(t, syscall.SIGTERM)
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	text := regexp.MustCompile(`(?m)^waiting to try again, because connection lost: EOF: attempt 1 in [\d.]+m?s
connecting to the merchant events of .*
connected, looking for what was missed
live, following the merchant events of .*
resumed after ` + want[1] + `: away for [\d.]+(m|µ)?s, 2 events replayed, 0 backfilled from the Events API, none missing
$`)
	if !text.MatchString(r.stderr) {
		t.Errorf("stderr: %s", r.stderr)
	}
}

func TestListenQuiet(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.DropAfter(1), pepaytest.Next(1))
	first := happen(t, server, pepay.EventInvoiceCreated)
	p := startProcess(t, at(server.URL()), "listen", "--quiet", "--since", first.ID)
	for range 3 {
		happen(t, server, pepay.EventInvoiceUpdated)
	}
	p.stdout.await(t, "\n", 3)
	if r := p.signal(t, os.Interrupt); r.code != exitDone || r.stderr != "" {
		t.Errorf("%+v", r)
	}
}

func TestListenSaysThatThereMayBeAGap(t *testing.T) {
	t.Parallel()
	server := account(t)
	p := startProcess(t, at(server.URL()), "listen", "--since", "evt_1-1", "--quiet")
	const want = "resumed after evt_1-1: 0 events replayed, 0 backfilled from the Events API; events may be missing: the Events API does not know the event evt_1-1 any more\n"
	p.stderr.await(t, want, 1)
	if r := p.signal(t, os.Interrupt); r.code != exitDone || r.stderr != want {
		t.Errorf("%+v", r)
	}
}

func TestListenSurvivesAServerError(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.WSErrorAfter(1, "INTERNAL", "out of \x1b[2J luck"), pepaytest.Next(1))
	p := startProcess(t, at(server.URL()), "listen", "--json", "--max-events", "2", "--verbose")
	p.stderr.await(t, "live", 1)
	first := happen(t, server, pepay.EventInvoiceCreated)
	p.stderr.await(t, "waiting to try again, because ws_error INTERNAL: out of  [2J luck: attempt 1 in ", 1)
	second := happen(t, server, pepay.EventInvoiceUpdated)
	r := p.result(t)
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, []string{first.ID, second.ID}) {
		t.Errorf("%v", ids)
	}
}

func TestListenPrintsControlFrames(t *testing.T) {
	t.Parallel()
	server := account(t, pepaytest.WithOldCursor(pepaytest.OldCursorControl))
	p := startProcess(t, at(server.URL()), "listen", "--since", "evt_1-1", "--verbose")
	p.stderr.await(t, `control frame replay_truncated: {"object":"ws_control"`, 1)
	p.stderr.await(t, "resumed after", 1)
	if r := p.signal(t, os.Interrupt); r.code != exitDone {
		t.Errorf("%+v", r)
	}
}

// A token that expires on an open stream is replaced, and nothing is lost.
func TestListenRenewsItsToken(t *testing.T) {
	t.Parallel()
	server := account(t, pepaytest.WithCloseOnExpiry())
	p := startProcess(t, at(server.URL()), "listen", "--token", "--ttl", "1s", "--json", "--verbose", "--max-events", "2")
	p.stderr.await(t, "live", 1)
	first := happen(t, server, pepay.EventInvoiceCreated)
	p.stderr.await(t, "waiting to try again, because the token expired: closed with 1008 token expired: attempt 1 in ", 1)
	second := happen(t, server, pepay.EventInvoiceUpdated)
	r := p.result(t)
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, []string{first.ID, second.ID}) {
		t.Errorf("%v", ids)
	}
	tokens := map[string]bool{}
	for _, upgrade := range upgrades(server) {
		token := upgrade.Query.Get("token")
		tokens[token] = true
		if token == "" || upgrade.Header.Get("x-api-key") != "" || strings.Contains(r.stderr+r.stdout, token) {
			t.Errorf("token %q, header %v\nstderr: %s", token, upgrade.Header, r.stderr)
		}
	}
	if len(tokens) < 2 {
		t.Errorf("%d tokens", len(tokens))
	}
}

func TestListenOnlyCommerceKey(t *testing.T) {
	t.Parallel()
	server, env := commerceAccount(t)
	p := startProcess(t, env, "listen", "--token", "--max-events", "1")
	p.stderr.await(t, "live, following the commerce events", 1)
	happen(t, server, pepay.EventInvoiceUpdated) // of no order, and not for this stream
	happen(t, server, pepay.EventCommerceOrderCreated)
	r := p.result(t)
	r.wantDone(t)
	if !strings.Contains(r.stdout, "commerce.order.created ") || !strings.HasSuffix(r.stdout, "  commerce_order   order_123                                        -  placed\n") {
		t.Errorf("stdout: %s", r.stdout)
	}
	if mint := server.Requests()[0]; mint.Operation != "mintWsToken" || string(mint.Body) != `{"scope":"commerce","ttl_seconds":60}` || mint.Status != http.StatusOK {
		t.Errorf("%s %s %d", mint.Operation, mint.Body, mint.Status)
	}
}

func TestShortID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": "", "order_123": "order_123", "123456789012": "123456789012", "1234567890123": "12345678…", "äöüäöüäöüäöüä": "äöüäöüäö…"} {
		if got := short(id); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}
