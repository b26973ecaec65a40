package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestTriggerEveryType(t *testing.T) {
	t.Parallel()
	server := account(t)
	for _, eventType := range pepay.EventTypes() {
		r := pepayRun(t, at(server.URL()), "trigger", eventType)
		r.wantDone(t)
		kept := server.Events()
		last := kept[len(kept)-1]
		if r.stdout != last.ID+"\n" || !strings.HasPrefix(r.stderr, "it goes to ") || last.Type != eventType {
			t.Errorf("%s: %+v", eventType, r)
		}
		sample, err := pepaytest.NewEvent(eventType)
		if err != nil || string(sample.Data.Object) != string(last.Data.Object) {
			t.Errorf("%s: %s", eventType, last.Data.Object)
		}
	}
	if _, err := pepaytest.NewEvent("nope"); err == nil || !strings.HasSuffix(err.Error(), strings.Join(pepay.EventTypes(), ", ")) {
		t.Errorf("the simulator has other types: %v", err)
	}
}

func TestTriggerSetsFields(t *testing.T) {
	t.Parallel()
	server := account(t)
	r := pepayRun(t, at(server.URL()), "trigger", "--json", "invoice_payment.updated", "--count", "2",
		"--set", "status=underpaid", "--set", "data.object.settlement_status=failed", "--set", "settlement.status=failed",
		"--set", "settlement.merchant_settlement_id=31", "--set", "merchant_id=12", "--set", "invoice_id=12", "--set", `id="pay,1"`,
		"--set", "environment=null", "--set", `settlement.stage=a=b`)
	r.wantDone(t)
	all := lines(r.stdout)
	if len(all) != 2 || len(server.Events()) != 2 {
		t.Fatalf("%q", all)
	}
	var ev struct {
		ID, Type string
		Data     struct{ Object json.RawMessage }
	}
	if err := json.Unmarshal([]byte(all[1]), &ev); err != nil {
		t.Fatal(err)
	}
	const want = `{"environment":null,"id":"pay,1","invoice_id":"12","merchant_id":12,"object":"invoice_payment",` +
		`"settlement":{"merchant_settlement_id":31,"network":"bsc","settlement_tx_hash":"0xabc123","stage":"a=b","status":"failed",` +
		`"summary_status":"settled"},"settlement_status":"failed","status":"underpaid"}`
	if got := string(ev.Data.Object); got != want || ev.ID != server.Events()[1].ID || ev.Type != "invoice_payment.updated" {
		t.Errorf("got %s %s %s, want %s", ev.ID, ev.Type, got, want)
	}
}

func TestTypedAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		existing any
		text     string
		want     any
		refused  string // the type that the field has
	}{
		{"text", "unpaid", "paid", "paid", ""},
		{"text in quotes", "unpaid", `"paid"`, "paid", ""},
		{"number for text", "1.000", "2.000", "2.000", ""},
		{"JSON for text", "x", `{"a":1}`, `{"a":1}`, ""},
		{"empty", "x", "", "", ""},
		{"null for text", "x", "null", nil, ""},
		{"number", json.Number("1"), "12345678901234567890", json.Number("12345678901234567890"), ""},
		{"null for a number", json.Number("1"), "null", nil, ""},
		{"text for a number", json.Number("1"), "one", nil, "a number"},
		{"quotes for a number", json.Number("1"), `"1"`, nil, "a number"},
		{"nothing for a number", json.Number("1"), "", nil, "a number"},
		{"two values", json.Number("1"), "1 2", nil, "a number"},
		{"more than the value", json.Number("1"), `1,"status":"paid"`, nil, "a number"},
		{"bool", true, "false", false, ""},
		{"text for a bool", true, "yes", nil, "true or false"},
		{"text for an object", map[string]any{}, "x", nil, "a JSON object"},
		{"list for an object", map[string]any{}, "[]", nil, "a JSON object"},
		{"text for a list", []any{}, "x", nil, "a JSON list"},
		{"number for null", nil, "1", json.Number("1"), ""},
		{"text for null", nil, "x", "x", ""},
	} {
		if got, refused := typedAs(c.existing, c.text); got != c.want || refused != c.refused {
			t.Errorf("%s: got %#v, %q, want %#v, %q", c.name, got, refused, c.want, c.refused)
		}
	}
}

func TestWithFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		object     string
		sets, adds []string
		want       string // or the error
	}{
		{"nothing", `{"b":1,"a":2}`, nil, nil, `{"b":1,"a":2}`},
		{"one after the other", `{"metadata":{"a":1}}`, []string{`metadata={"b":{"c":2}}`, "metadata.b.c=3"}, nil, `{"metadata":{"b":{"c":3}}}`},
		{"a new member of metadata", `{"metadata":{}}`, []string{"metadata.order=17", "metadata.note=a,b"}, nil, `{"metadata":{"note":"a,b","order":17}}`},
		{"members of metadata that is null", `{"metadata":null}`, []string{"data.object.metadata.a.b=x"}, nil, `{"metadata":{"a":{"b":"x"}}}`},
		{"a member of metadata of another type", `{"metadata":{"n":1}}`, []string{"metadata.n=x"}, nil, "--set: metadata.n is a number"},
		{"add", `{"a":1}`, nil, []string{"b=2", "c.d=x", `e=[1]`, "f="}, `{"a":1,"b":2,"c":{"d":"x"},"e":[1],"f":""}`},
		{"add after set", `{"a":1}`, []string{"a=2"}, []string{"b=3"}, `{"a":2,"b":3}`},
		{"add what is there", `{"a":null}`, nil, []string{"a=1"}, "--add: there is a a already; --set changes it"},
		{"add below what is no object", `{"a":1}`, nil, []string{"a.b=1"}, "--add: a.b goes through a field that is not an object"},
		{"add nothing", `{}`, nil, []string{"=1"}, "--add: write PATH=VALUE"},
		{"add without a value", `{}`, nil, []string{canary}, "--add: write PATH=VALUE"},
		{"add with a hole", `{}`, nil, []string{"a..b=1"}, "--add: write PATH=VALUE"},
		{"a time that is none", `{"object":"invoice","paid_at":null}`, []string{"paid_at=yesterday"}, nil, "--set: paid_at "},
		{"a number for text that is null", `{"object":"invoice","commerce_order_id":null}`, []string{"commerce_order_id=order_1"}, nil, `{"commerce_order_id":"order_1","object":"invoice"}`},
		{"a field of the contract", `{"object":"invoice"}`, nil, []string{"amount=much"}, "--add: amount is a number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := withFields(json.RawMessage(c.object), c.sets, c.adds)
			if strings.HasPrefix(c.want, "--") {
				if exitCode(err) != exitUsage || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), canary) {
					t.Errorf("%s, %v; want %s", got, err, c.want)
				}
			} else if err != nil || string(got) != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestTriggerWrongUsage(t *testing.T) {
	t.Parallel()
	server := account(t)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no type", nil, "say which type of event; there are invoice.created, invoice.updated, "},
		{"two types", []string{"invoice.created", "invoice.updated"}, "takes one type of event"},
		{"unknown type", []string{"invoice.paid"}, "unknown event type; there are invoice.created, "},
		{"a slip in the type", []string{"invioce.created"}, "; did you mean invoice.created?"},
		{"key as type", []string{canary}, "unknown event type; there are"},
		{"set without a value", []string{"invoice.created", "--set", canary}, "--set: write PATH=VALUE"},
		{"unknown path", []string{"invoice.created", "--set", "state=paid"}, "--set: there is no state; there are amount, amount_decimal, "},
		{"unknown nested path", []string{"invoice_payment.created", "--set", "settlement.state=x"}, "there is no settlement.state; there are environment, id, invoice_id, merchant_id, object, settlement, settlement.merchant_settlement_id,"},
		{"another spelling of an order", []string{"commerce.order.updated", "--set", "orderId=x"}, "; there are id, invoice_id, object, status"},
		{"path into text", []string{"invoice.created", "--set", "status.x=1"}, "there is no status.x; there are"},
		{"path of the event", []string{"invoice.created", "--set", "data.object=1"}, "there is no data.object; there are"},
		{"empty path", []string{"invoice.created", "--set", "=1"}, "there is no [hidden]; there are"},
		{"another type", []string{"invoice.created", "--set", "amount=much"}, "--set: amount is a number"},
		{"another type, with a key", []string{"invoice.created", "--set", "merchant_id=" + canary}, "--set: merchant_id is a number"},
		{"a time that is none", []string{"invoice.created", "--set", "paid_at=" + canary}, "--set: paid_at "},
		{"add what is there", []string{"invoice.created", "--add", "amount=1"}, "--add: there is a amount already"},
		{"no count", []string{"invoice.created", "--count", "0"}, "--count: write a number from 1 up"},
		{"count that is none", []string{"invoice.created", "--count", canary}, "--count: write a number"},
		{"no time", []string{"invoice.created", "--timeout", "0s"}, "--timeout: write a duration above 0"},
		{"Pepay itself", []string{"invoice.created", "--base-url", "https://api-beta.pepay.io"}, "in the simulator only, and it runs on this machine: set PEPAY_API_URL"},
		{"another machine", []string{"invoice.created", "--base-url", "https://127.0.0.1.example.com"}, "in the simulator only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at(server.URL()), append([]string{"trigger"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
	t.Run("no address", func(t *testing.T) {
		t.Parallel()
		pepayRun(t, nil, "trigger", "invoice.created").wantError(t, exitUsage, "set PEPAY_API_URL or --base-url to the address that 'pepay mock' prints")
	})
	if len(server.Requests()) > 0 || len(server.Events()) > 0 {
		t.Error("something was sent nevertheless")
	}
}

func TestTriggerRefused(t *testing.T) {
	t.Parallel()
	server := account(t)
	pepayRun(t, append(at(server.URL()), "PEPAY_API_KEY=pk_wrong_"+canary), "trigger", "invoice.created").
		wantError(t, exitRefused, "401 API_KEY_INVALID: Invalid API key")
	pepayRun(t, append(at(server.URL()), "PEPAY_API_KEY="), "trigger", "invoice.created").wantError(t, exitRefused, "no API key; set PEPAY_API_KEY")
	if len(server.Events()) > 0 {
		t.Error("it happened nevertheless")
	}
}

func TestTriggerAgainstAnotherServer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"not found": http.NotFound,
		"web page":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"other JSON": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"success":true,"data":{"id":"1"}}`)
		},
		"redirect":      http.RedirectHandler("https://elsewhere.example", http.StatusTemporaryRedirect).ServeHTTP,
		"not a method":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) },
		"answers empty": func(http.ResponseWriter, *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			defer server.Close()
			pepayRun(t, at(server.URL), "trigger", "invoice.created").
				wantError(t, exitFailed, "the server at "+strings.TrimPrefix(server.URL, "http://")+" is not the simulator; 'pepay mock' starts one")
		})
	}
}

// Three terminals: the simulator, who listens, and who makes things happen.
func TestTriggerIsHeard(t *testing.T) {
	t.Parallel()
	mock := startProcess(t, nil, "mock", "--json", "--addr", "127.0.0.1:0")
	mock.stdout.await(t, "\n", 1)
	var ready struct {
		URL    string `json:"url"`
		APIKey string `json:"api_key"`
	}
	if err := json.Unmarshal([]byte(mock.stdout.String()), &ready); err != nil {
		t.Fatal(err)
	}
	env := append(at(ready.URL), "PEPAY_API_KEY="+ready.APIKey)
	listening := startProcess(t, env, "listen", "--max-events", "2", "--json")
	listening.stderr.await(t, "live", 1)
	triggered := pepayRun(t, env, "trigger", "invoice.updated", "--set", "status=underpaid", "--count", "2")
	triggered.wantDone(t)
	r := listening.result(t)
	r.wantDone(t)
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, lines(triggered.stdout)) {
		t.Errorf("triggered %q, heard %q", triggered.stdout, ids)
	}
	if n := len(regexp.MustCompile(`"status":"underpaid"`).FindAllString(r.stdout, -1)); n != 2 {
		t.Errorf("%d events are underpaid: %s", n, r.stdout)
	}
}

// trigger says which streams get an event, and they do.
func TestTriggerSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args      []string
		want      string
		listening []string // scopes that get it
	}{
		{[]string{"invoice.updated"}, "merchant stream ('pepay listen') and to webhooks", []string{"merchant"}},
		{[]string{"invoice.updated", "--set", "invoice_type=commerce"}, "to the commerce stream ('pepay listen --scope commerce')", []string{"merchant", "commerce"}},
		{[]string{"invoice_payment.created"}, "merchant stream ('pepay listen') and to webhooks", []string{"merchant"}},
		{[]string{"commerce.order.created"}, "it goes to the commerce stream ('pepay listen --scope commerce') and to webhooks", []string{"commerce"}},
		{[]string{"payment_quote.updated"}, "payment stream (/ws/payment) of invoice 550e8400-e29b-41d4-a716-446655440000 only", nil},
		{[]string{"test.ping"}, "webhooks only, and to no stream; 'pepay webhook ping URL' signs one", nil},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			server := pepaytest.NewServer(t, pepaytest.WithKey(canary, pepaytest.Key{}), pepaytest.WithKey(commerceCanary, pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}))
			r := pepayRun(t, at(server.URL()), append([]string{"trigger"}, c.args...)...)
			r.wantDone(t)
			if !strings.Contains(r.stderr, c.want) || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("%s, want %s", r.stderr, c.want)
			}
			for scope, key := range map[string]string{"merchant": canary, "commerce": commerceCanary} {
				list := pepayRun(t, append(at(server.URL()), "PEPAY_API_KEY="+key), "events", "list", "--json")
				list.wantDone(t)
				if got, want := strings.Contains(list.stdout, lines(r.stdout)[0]), slices.Contains(c.listening, scope); got != want {
					t.Errorf("scope %s gets it: %v, want %v", scope, got, want)
				}
			}
		})
	}
}
