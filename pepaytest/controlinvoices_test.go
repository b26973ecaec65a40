package pepaytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

type consoleAction struct {
	Name, Label, Event, Why string
	Needs                   []string
	Enabled                 bool
}

type consoleEvents struct {
	Events []struct {
		ID, Type string
		Created  int64
	}
}

// types are the types of the events, sorted, each once.
func (e consoleEvents) types() string {
	var types []string
	for _, ev := range e.Events {
		types = append(types, ev.Type)
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), ", ")
}

func sortedTypes(list string) string {
	types := strings.Split(list, ", ")
	slices.Sort(types)
	return strings.Join(types, ", ")
}

type consoleInvoice struct {
	Invoice  json.RawMessage
	Details  map[string]string
	Payments []struct {
		Status           string
		SettlementStatus string `json:"settlement_status"`
		Millis           int64
		CreatedAt        int64 `json:"created_at"`
	}
	Timeline []struct {
		At              int64
		Status, Message string
	}
	Requests []int64
	Actions  []consoleAction
	consoleEvents
}

func (i consoleInvoice) enabled() string {
	var names []string
	for _, a := range i.Actions {
		if a.Enabled == (a.Why != "") {
			names = append(names, fmt.Sprintf("%s enabled %v because of %q", a.Name, a.Enabled, a.Why))
		} else if a.Enabled {
			names = append(names, a.Name)
		}
	}
	return strings.Join(names, " ")
}

func TestControlInvoiceActions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		actions []string // with their bodies
		enabled string   // after them
	}{
		"new":                        {nil, "pay expire"},
		"underpaid":                  {[]string{`pay {"millis":1000}`}, "pay expire"},
		"completed":                  {[]string{`pay {"millis":1000}`, "pay"}, "settle fail_settlement"},
		"paid in a token":            {[]string{`pay {"token_id":15}`}, "settle fail_settlement"},
		"overpaid":                   {[]string{`pay {"millis":20000}`}, "settle fail_settlement"},
		"settled":                    {[]string{"pay {}", "settle"}, ""},
		"not settled":                {[]string{"pay", "fail_settlement"}, "settle"},
		"settled at the second time": {[]string{"pay", "fail_settlement", "settle"}, ""},
		"expired":                    {[]string{"expire"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newConsole(t)
			invoice := createInvoice(t, s, `{"amount_usd":10,"description":"Mugs","invoice_title":"Two"}`, aUUID)
			path := "invoices/" + invoice.ID
			for _, action := range c.actions {
				name, body, _ := strings.Cut(action, " ")
				before := controlled[consoleInvoice](t, s, http.MethodGet, path, "")
				events := len(s.Events())
				done := controlled[consoleEvents](t, s, http.MethodPost, path+"/"+name, body)
				i := slices.IndexFunc(before.Actions, func(a consoleAction) bool { return a.Name == name })
				if got := strings.TrimSuffix(done.types(), ", payment_quote.updated"); got != sortedTypes(before.Actions[i].Event) {
					t.Errorf("%s made %q happen, and said %q", action, done.types(), before.Actions[i].Event)
				}
				if emitted := s.Events()[events:]; len(emitted) != len(done.Events) || emitted[0].ID != done.Events[0].ID || emitted[0].Created.Unix() != done.Events[0].Created {
					t.Errorf("%s: %v, want %v", action, done.Events, emitted)
				}
			}
			after := controlled[consoleInvoice](t, s, http.MethodGet, path, "")
			if after.enabled() != c.enabled {
				t.Errorf("enabled %q, want %q", after.enabled(), c.enabled)
			}
			if want := ask(t, s, http.MethodGet, "/api/v1/"+path, "").body; string(after.Invoice) != want {
				t.Errorf("shows\n%s, REST\n%s", after.Invoice, want)
			}
			if len(after.Requests) != 1 || after.Requests[0] != 1 || after.Details["description"] != "Mugs" || after.Details["title"] != "Two" {
				t.Errorf("requests %v, details %v", after.Requests, after.Details)
			}
			if len(after.Events) != len(s.Events()) || after.Timeline[0].Message != "Created" {
				t.Errorf("%d events of %d, timeline %v", len(after.Events), len(s.Events()), after.Timeline)
			}
			if len(c.actions) > 0 && len(after.Timeline) < 2 {
				t.Errorf("timeline %v", after.Timeline)
			}
			for _, action := range []string{"pay", "settle", "fail_settlement", "expire"} {
				if strings.Contains(" "+c.enabled+" ", " "+action+" ") {
					continue
				}
				r := control(t, s, http.MethodPost, path+"/"+action, "")
				wantError(t, r, http.StatusConflict, "NOT_POSSIBLE")
				i := slices.IndexFunc(after.Actions, func(a consoleAction) bool { return a.Name == action })
				if message := messageOf(t, r); message != action+" is not possible: "+after.Actions[i].Why {
					t.Errorf("message %q, and the action said %q", message, after.Actions[i].Why)
				}
			}
		})
	}
}

func TestControlInvoiceActionsRefused(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	invoice := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	for name, c := range map[string]struct {
		action, body string
		status       int
		names        string
	}{
		"nothing":          {"pay", `{"millis":0}`, 400, "millis"},
		"less":             {"pay", `{"millis":-1}`, 400, "millis"},
		"too much":         {"pay", `{"millis":1000000000001}`, 400, "millis"},
		"a fraction":       {"pay", `{"millis":1.5}`, 400, "millis"},
		"a text":           {"pay", `{"millis":"1"}`, 400, "millis"},
		"a misspelt field": {"pay", `{"milis":1}`, 400, "milis"},
		"two objects":      {"pay", `{}{}`, 400, "JSON object"},
		"a list":           {"pay", `[]`, 400, "JSON object"},
		"unknown token":    {"pay", `{"token_id":9999}`, 409, "9999"},
		"mainnet's token":  {"pay", `{"token_id":1}`, 409, "mainnet"},
		"millis to settle": {"settle", `{"millis":1}`, 400, "millis"},
		"unknown action":   {"refund", ``, 404, "settle"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := control(t, s, http.MethodPost, "invoices/"+invoice.ID+"/"+c.action, c.body)
			if r.status != c.status || !strings.Contains(r.body, c.names) {
				t.Errorf("%d %s, want %d and a word on %s", r.status, r.body, c.status, c.names)
			}
		})
	}
	for _, r := range []reply{control(t, s, http.MethodGet, "invoices/none", ""), control(t, s, http.MethodPost, "invoices/none/pay", "")} {
		wantError(t, r, http.StatusNotFound, "NOT_FOUND")
	}
}

func TestControlInvoiceList(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	var ids []string
	for i := range 5 {
		ids = append(ids, createInvoice(t, s, fmt.Sprintf(`{"amount_usd":10,"description":"Mug %d","customer_id":"cust_%d"}`, i, i%2), fmt.Sprintf("8d8ac610-566d-4ef0-9c22-186b2a5ed79%d", i)).ID)
	}
	controlled[consoleEvents](t, s, http.MethodPost, "invoices/"+ids[3]+"/expire", "")
	for query, want := range map[string]string{
		"":                            "4 3 2 1 0 false",
		"limit=2":                     "4 3 true",
		"limit=2&before=" + ids[3]:    "2 1 true",
		"limit=2&before=" + ids[2]:    "1 0 false",
		"search=mug+2":                "2 false",
		"search=CUST_1":               "3 1 false",
		"search=expired":              "3 false",
		"search=" + ids[1]:            "1 false",
		"search=cust_0&limit=2":       "4 2 true",
		"search=nothing+of+the+kind":  "false",
		"search=mug&before=" + ids[0]: "false",
	} {
		list := controlled[struct {
			Items []struct{ ID string }
			More  bool
		}](t, s, http.MethodGet, "invoices?"+query, "")
		var got []any
		for _, item := range list.Items {
			got = append(got, slices.Index(ids, item.ID))
		}
		if sprint(append(got, list.More)...) != want {
			t.Errorf("%s: %v, want %s", query, append(got, list.More), want)
		}
	}
	wantError(t, control(t, s, http.MethodGet, "invoices?before=none", ""), http.StatusBadRequest, "VALIDATION_ERROR")
}

func TestControlOrderActions(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	made := checkout(t, s, "")
	path := "orders/" + made.OrderID
	type consoleOrder struct {
		consoleInvoice
		Order json.RawMessage
	}
	for _, step := range []string{"payment_confirmed", "payment_settled", "placed", `shipped {"tracking":{"carrier":"DHL","trackingNumber":"JD01"}}`, `delivery_confirmed {"tracking":null}`} {
		name, body, _ := strings.Cut(step, " ")
		before := controlled[consoleOrder](t, s, http.MethodGet, path, "")
		i := slices.IndexFunc(before.Actions, func(a consoleAction) bool { return a.Name == name })
		if !before.Actions[i].Enabled {
			t.Errorf("%s: %s", name, before.Actions[i].Why)
		}
		done := controlled[consoleEvents](t, s, http.MethodPost, path+"/"+name, body)
		if done.types() != sortedTypes(before.Actions[i].Event) {
			t.Errorf("%s made %q happen, and said %q", step, done.types(), before.Actions[i].Event)
		}
	}
	after := controlled[consoleOrder](t, s, http.MethodGet, path, "")
	rest, err := request(t, s, http.MethodGet, "/api/commerce/merchant/orders/"+made.OrderID, "", "x-commerce-api-key", s.CommerceAPIKey())
	if err != nil || rest.body != `{"success":true,"data":`+string(after.Order)+`}` {
		t.Errorf("shows\n%s, REST\n%s", after.Order, rest.body)
	}
	if !strings.Contains(string(after.Order), "JD01") || len(after.Timeline) != 5 || after.Invoice == nil || len(after.Events) != len(s.Events()) || len(after.Requests) != 1 {
		t.Errorf("%+v", after)
	}
	for _, r := range []reply{control(t, s, http.MethodPost, path+"/placed", ""), control(t, s, http.MethodPost, path+"/shipped", `{"tracking":[]}`)} {
		if r.status != http.StatusBadRequest {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	for _, r := range []reply{control(t, s, http.MethodPost, path+"/eaten", ""), control(t, s, http.MethodPost, "orders/none/placed", ""), control(t, s, http.MethodGet, "orders/none", "")} {
		wantError(t, r, http.StatusNotFound, "NOT_FOUND")
	}
	for query, want := range map[string]int{"": 1, "search=" + made.InvoiceID: 1, "search=delivered": 1, "search=nothing": 0} {
		list := controlled[struct{ Items []struct{ OrderID string } }](t, s, http.MethodGet, "orders?"+query, "")
		if len(list.Items) != want || want == 1 && list.Items[0].OrderID != made.OrderID {
			t.Errorf("%s: %v", query, list)
		}
	}
	// An invoice of an order moves both.
	other := checkout(t, s, "")
	invoice := controlled[consoleInvoice](t, s, http.MethodGet, "invoices/"+other.InvoiceID, "")
	for i, name := range []string{"pay", "settle"} {
		if done := controlled[consoleEvents](t, s, http.MethodPost, "invoices/"+other.InvoiceID+"/"+name, ""); done.types() != sortedTypes(invoice.Actions[i].Event) {
			t.Errorf("%s made %q happen, and said %q", name, done.types(), invoice.Actions[i].Event)
		}
	}
	last := checkout(t, s, "")
	if done := controlled[consoleEvents](t, s, http.MethodPost, "invoices/"+last.InvoiceID+"/expire", ""); done.types() != "commerce.order.updated, invoice.updated" {
		t.Errorf("expire made %q happen", done.types())
	}
}
