package pepaytest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// key is the n-th Idempotency-Key.
func key(n int) string { return fmt.Sprintf("123e4567-e89b-42d3-a456-%012d", n) }

type invoiceList struct {
	Object  string          `json:"object"`
	Data    []pepay.Invoice `json:"data"`
	HasMore bool            `json:"has_more"`
}

// someInvoices has, from the oldest to the newest and an hour apart: a paid one, an
// underpaid one, one that expired, an unpaid one of a product, and an unpaid one.
func someInvoices(t *testing.T) (s *pepaytest.Server, ids []string) {
	t.Helper()
	s = pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	create := func(body string, headers ...string) {
		t.Helper()
		r, err := request(t, s, http.MethodPost, invoicesPath, body, append(headers, "Idempotency-Key", key(len(ids)))...)
		if err != nil || r.status != http.StatusOK {
			t.Fatalf("create: %v %d %s", err, r.status, r.body)
		}
		ids = append(ids, decode[createdInvoice](t, r).ID)
		s.Advance(time.Hour)
	}
	merchant := []string{"x-api-key", s.APIKey()}
	create(`{"amount_usd":1,"customer_id":"ann"}`, merchant...)
	create(`{"amount_usd":2,"customer_id":"ann & bob"}`, merchant...)
	create(`{"amount_usd":4,"customer_id":"ann","expires_in":1000}`, merchant...)
	create(`{"amount_usd":8}`, "x-api-key", s.CommerceAPIKey())
	create(`{"amount_usd":16}`, merchant...)
	for id, p := range map[string]pepaytest.Payment{
		ids[0]: {WalletAddress: "0xAbC0000000000000000000000000000000000001"},
		ids[1]: {Millis: 500, TokenID: 10, WalletAddress: "SoLana1"},
	} {
		if err := s.Pay(id, p); err != nil {
			t.Fatal(err)
		}
	}
	return s, ids
}

func TestListInvoices(t *testing.T) {
	t.Parallel()
	s, ids := someInvoices(t)
	hour := func(n int) string { return fmt.Sprint(fixedClock().Add(time.Duration(n) * time.Hour).Unix()) }
	for name, tc := range map[string]struct {
		query string
		want  string // numbers of the invoices; a + where there are more
	}{
		"all":                       {"", "4 3 2 1 0"},
		"a page":                    {"limit=2", "4 3 +"},
		"the next page":             {"limit=2&starting_after=" + ids[3], "2 1 +"},
		"the last page":             {"limit=2&starting_after=" + ids[1], "0"},
		"a page backwards":          {"limit=2&ending_before=" + ids[0], "2 1 +"},
		"the newest, backwards":     {"limit=2&ending_before=" + ids[2], "4 3"},
		"after the last":            {"starting_after=" + ids[0], ""},
		"before the newest":         {"ending_before=" + ids[4], ""},
		"a status":                  {"status=unpaid", "4 3"},
		"statuses":                  {"status=paid,expired", "2 0"},
		"none of a status":          {"status=canceled", ""},
		"more of a status":          {"status=unpaid&limit=1", "4 +"},
		"a cursor of other status":  {"status=unpaid&starting_after=" + ids[2], ""},
		"a type":                    {"invoice_type=commerce", "3"},
		"types":                     {"invoice_type=standard,commerce", "4 3 2 1 0"},
		"a customer":                {"customer_id=ann", "2 0"},
		"another customer":          {"customer_id=" + url.QueryEscape("ann & bob"), "1"},
		"a wallet":                  {"payer_wallet_address=SoLana1", "1"},
		"a wallet in lower case":    {"payer_wallet_address=0xabc0000000000000000000000000000000000001", "0"},
		"other case of a wallet":    {"payer_wallet_address=solana1", ""},
		"a wallet and its network":  {"payer_wallet_address=SoLana1&payer_wallet_network=solana", "1"},
		"a wallet of other network": {"payer_wallet_address=SoLana1&payer_wallet_network=base", ""},
		"devnet":                    {"environment=devnet", "4 3 2 1 0"},
		"mainnet":                   {"environment=mainnet", ""},
		"created from":              {"created_gte=" + hour(3), "4 3"},
		"created to":                {"created_lte=" + hour(1), "1 0"},
		"created between":           {"created_gte=" + hour(1) + "&created_lte=" + hour(3), "3 2 1"},
		"everything":                {"status=paid&invoice_type=standard&customer_id=ann&environment=devnet&created_lte=" + hour(9), "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, s, http.MethodGet, invoicesPath+"?"+tc.query, "")
			if got := numbers(t, r, ids); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	t.Run("of a product", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodGet, invoicesPath, "", "x-api-key", s.CommerceAPIKey())
		if got := numbers(t, r, ids); err != nil || got != "3" {
			t.Errorf("a commerce key sees %q, %v", got, err)
		}
	})
	for query, want := range map[string]string{
		"starting_after=" + aUUID:                               "the cursor is unknown",
		"ending_before=nonsense":                                "the cursor is unknown",
		"starting_after=" + ids[1] + "&ending_before=" + ids[2]: "exclude each other",
		"status=paid,late":                                      `status has "late"`,
		"status=paid,":                                          `status has ""`,
		"payer_wallet_network=base":                             "requires payer_wallet_address",
		"expand=latest_payment,settlement":                      `expand has "settlement"`,
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			r := ask(t, s, http.MethodGet, invoicesPath+"?"+query, "")
			wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
			if !strings.Contains(r.body, strings.ReplaceAll(want, `"`, `\"`)) {
				t.Errorf("%s does not say %s", r.body, want)
			}
		})
	}
	t.Run("cursor of another product", func(t *testing.T) {
		t.Parallel()
		r, err := request(t, s, http.MethodGet, invoicesPath+"?starting_after="+ids[0], "", "x-api-key", s.CommerceAPIKey())
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
	})
}

// numbers says which invoices a page has.
func numbers(t *testing.T, r reply, ids []string) string {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	page := decode[invoiceList](t, r)
	var seen []string
	for _, inv := range page.Data {
		for n, id := range ids {
			if id == inv.ID {
				seen = append(seen, fmt.Sprint(n))
			}
		}
	}
	if page.HasMore {
		seen = append(seen, "+")
	}
	if page.Object != "list" || page.Data == nil {
		t.Errorf("no list: %s", r.body)
	}
	return strings.Join(seen, " ")
}

func TestListInvoicesOfACustomer(t *testing.T) {
	t.Parallel()
	s, ids := someInvoices(t)
	for path, want := range map[string]string{
		"ann":                                  "2 0",
		"ann?status=paid":                      "0",
		"ann?limit=1":                          "2 +",
		"ann?limit=1&starting_after=" + ids[2]: "0",
		url.PathEscape("ann & bob"):            "1",
		"nobody":                               "",
	} {
		r := ask(t, s, http.MethodGet, invoicesPath+"/customer/"+path, "")
		if got := numbers(t, r, ids); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestInvoiceTotals(t *testing.T) {
	t.Parallel()
	s, _ := someInvoices(t)
	for query, want := range map[string]string{
		"":                       "all 31.000/5 paid 1.000/1 unpaid 24.000/2 underpaid 2.000/1 expired 4.000/1 canceled 0.000/0",
		"?status=paid,underpaid": "all 3.000/2 paid 1.000/1 unpaid 0.000/0 underpaid 2.000/1 expired 0.000/0 canceled 0.000/0",
		"?invoice_type=commerce": "all 8.000/1 paid 0.000/0 unpaid 8.000/1 underpaid 0.000/0 expired 0.000/0 canceled 0.000/0",
		"?customer_id=ann":       "all 5.000/2 paid 1.000/1 unpaid 0.000/0 underpaid 0.000/0 expired 4.000/1 canceled 0.000/0",
		"?environment=mainnet":   "all 0.000/0 paid 0.000/0 unpaid 0.000/0 underpaid 0.000/0 expired 0.000/0 canceled 0.000/0",
	} {
		r := ask(t, s, http.MethodGet, invoicesPath+"/totals"+query, "")
		totals := decode[pepay.InvoiceTotals](t, r)
		var seen []string
		for _, status := range []struct {
			name  string
			total pepay.InvoiceTotal
		}{
			{"all", totals.Totals.All}, {"paid", totals.Totals.Paid}, {"unpaid", totals.Totals.Unpaid}, {"underpaid", totals.Totals.Underpaid},
			{"expired", totals.Totals.Expired}, {"canceled", totals.Totals.Canceled},
		} {
			seen = append(seen, fmt.Sprintf("%s %s/%d", status.name, status.total.AmountDecimal, status.total.Count))
		}
		if got := strings.Join(seen, " "); got != want || totals.AmountUnit != "usd_millis" {
			t.Errorf("%s: got %s in %s, want %s", query, got, totals.AmountUnit, want)
		}
	}
	wantError(t, ask(t, s, http.MethodGet, invoicesPath+"/totals?status=late", ""), http.StatusBadRequest, "VALIDATION_ERROR")
}

func TestExpandInvoices(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	id := newInvoice(t, s).ID
	for range 12 {
		if err := s.Pay(id, pepaytest.Payment{Millis: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		"":                                    "",
		"?expand=latest_payment":              "latest",
		"?expand=payments":                    "10 payments",
		"?expand=payments&payments_limit=1":   "1 payments",
		"?expand=payments&payments_limit=100": "12 payments",
		"?expand=latest_payment,payments":     "latest, 10 payments",
		"?payments_limit=3":                   "",
	} {
		for path, invoiceOf := range map[string]func(reply) pepay.Invoice{
			invoicesPath + "/" + id: func(r reply) pepay.Invoice { return decode[pepay.Invoice](t, r) },
			invoicesPath:            func(r reply) pepay.Invoice { return decode[invoiceList](t, r).Data[0] },
		} {
			inv := invoiceOf(ask(t, s, http.MethodGet, path+query, ""))
			var seen []string
			if inv.LatestPayment.ID != "" {
				seen = append(seen, "latest")
			}
			if n := len(inv.Payments); n > 0 {
				seen = append(seen, fmt.Sprint(n, " payments"))
				if all := only(t, s).Payments; inv.Payments[0].ID != all[0].ID || inv.Payments[n-1].ID != all[n-1].ID {
					t.Errorf("%s: not the latest payments", path+query)
				}
			}
			if got := strings.Join(seen, ", "); got != want {
				t.Errorf("%s: got %q, want %q", path+query, got, want)
			}
		}
	}
	wantError(t, ask(t, s, http.MethodGet, invoicesPath+"/"+id+"?expand=all", ""), http.StatusBadRequest, "VALIDATION_ERROR")
	wantError(t, ask(t, s, http.MethodGet, invoicesPath+"/"+aUUID+"/status", ""), http.StatusNotFound, "NOT_FOUND")
	empty := pepaytest.NewServer(t)
	unpaid := ask(t, empty, http.MethodGet, invoicesPath+"/"+newInvoice(t, empty).ID+"?expand=latest_payment,payments", "")
	if strings.Contains(unpaid.body, "latest_payment") || !strings.Contains(unpaid.body, `"payments":[]`) {
		t.Errorf("an invoice without payments: %s", unpaid.body)
	}
}

func TestWhatAnInvoiceMayBe(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	fill := func(n int) string { return strings.Repeat("x", n) }
	n := 0
	for body, want := range map[string]string{
		`"metadata":{"k":"` + fill(512-8) + `"}`:                            "",
		`"metadata": { "k" : "` + fill(512-8) + `" }`:                       "",
		`"metadata":{"k":"` + fill(513-8) + `"}`:                            "metadata has more than 512 bytes",
		`"questions":{"questions":[{"id":"` + fill(512-25) + `"}]}`:         "",
		`"questions":{"questions":[{"id":"` + fill(513-25) + `"}]}`:         "questions has more than 512 bytes",
		`"receiver_override_enable":true`:                                   "requires receiver_override_address",
		`"receiver_override_enable":true,"receiver_override_address":"0x1"`: "",
		`"receiver_override_enable":false`:                                  "",
		`"payment_return_url":"https://shop.example/done?order=1"`:          "",
		`"payment_return_url":"http://shop.example/done"`:                   "payment_return_url must be an https URL",
		`"payment_return_url":"javascript:alert(1)"`:                        "payment_return_url must be an https URL",
		`"payment_return_url":"https://"`:                                   "payment_return_url must be an https URL",
	} {
		n++
		r := ask(t, s, http.MethodPost, invoicesPath, `{"amount_usd":1,`+body+`}`, "Idempotency-Key", key(n))
		if want == "" {
			if r.status != http.StatusOK {
				t.Errorf("%s: %d %s", body, r.status, r.body)
			}
			continue
		}
		wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
		if !strings.Contains(r.body, want) {
			t.Errorf("%s: %s, want %q", body, r.body, want)
		}
	}
}
