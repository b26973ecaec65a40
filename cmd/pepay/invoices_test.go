package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const (
	invoiceJSON = `{"object":"invoice","id":"` + invoiceID + `","merchant_id":123,"status":"unpaid","invoice_type":"standard","currency":"usd","amount":49990,"amount_decimal":"49.990","amount_paid":0,"amount_paid_decimal":"0.000","amount_remaining":49990,"amount_remaining_decimal":"49.990","amount_unit":"usd_millis","customer_id":"cust_123","environment":"devnet","created_at":1766318400,"expires_at":1766322000,"paid_at":null,"metadata":{"order_id":"ORD-123"},"later":"\u009b"}`
	// secondInvoice says its amount in thousandths alone, as the older examples do.
	secondInvoice = `{"object":"invoice","id":"inv_2","status":"underpaid","currency":"usd","amount":1005,"amount_unit":"usd_millis","customer_id":"コーヒー\u001b[2J","created_at":"2025-12-21T12:00:00.000Z"}`
)

func TestInvoicesList(t *testing.T) {
	t.Parallel()
	two := `{"object":"list","data":[` + invoiceJSON + `,` + secondInvoice + `],"has_more":false}`
	shown := `INVOICE                               STATUS         AMOUNT  CUSTOMER      CREATED     EXPIRES     ENVIRONMENT
550e8400-e29b-41d4-a716-446655440000  unpaid     49.990 usd  cust_123      2025-12-21  2025-12-21  devnet
inv_2                                 underpaid   1.005 usd  コーヒー [2J  2025-12-21  -           -
`
	runCases(t, []commandCase{
		{
			name: "table", args: []string{"invoices", "list"}, answers: map[string]string{"/api/v1/invoices?limit=20": two},
			asked: []string{"GET /api/v1/invoices?limit=20"}, stdout: shown,
		},
		{
			name: "every filter", args: []string{
				"invoices", "list", "--status", "unpaid,underpaid", "--invoice-type", "standard,commerce", "--customer-id", "cust_123", "--environment", "devnet",
				"--from", "1766318400", "--to", "2026-01-01T00:00:00Z", "--wallet-address", "0x1", "--wallet-network", "base", "--limit", "1",
			},
			answers: map[string]string{"/api/v1/invoices?created_gte=1766318400&created_lte=1767225600&customer_id=cust_123&environment=devnet&invoice_type=standard%2Ccommerce&limit=1&payer_wallet_address=0x1&payer_wallet_network=base&status=unpaid%2Cunderpaid": two},
			asked:   []string{"GET /api/v1/invoices?created_gte=1766318400&created_lte=1767225600&customer_id=cust_123&environment=devnet&invoice_type=standard%2Ccommerce&limit=1&payer_wallet_address=0x1&payer_wallet_network=base&status=unpaid%2Cunderpaid"},
			stdout: `INVOICE                               STATUS      AMOUNT  CUSTOMER  CREATED     EXPIRES     ENVIRONMENT
550e8400-e29b-41d4-a716-446655440000  unpaid  49.990 usd  cust_123  2025-12-21  2025-12-21  devnet
`,
		},
		{
			name: "JSON as it came", args: []string{"invoices", "list", "--json"}, answers: map[string]string{"/api/v1/invoices?limit=20": two},
			asked: []string{"GET /api/v1/invoices?limit=20"}, stdout: invoiceJSON + "\n" + secondInvoice + "\n",
		},
		{
			name: "all pages", args: []string{"invoices", "list", "--all", "--json"},
			answers: map[string]string{
				"/api/v1/invoices?limit=100":                             `{"data":[` + invoiceJSON + `],"has_more":true}`,
				"/api/v1/invoices?limit=100&starting_after=" + invoiceID: `{"data":[` + secondInvoice + `],"has_more":false}`,
			},
			asked:  []string{"GET /api/v1/invoices?limit=100", "GET /api/v1/invoices?limit=100&starting_after=" + invoiceID},
			stdout: invoiceJSON + "\n" + secondInvoice + "\n",
		},
		{
			name: "template", args: []string{"invoices", "list", "--format", "{{.ID}} {{.Status}} {{.CustomerID}}"}, answers: map[string]string{"/api/v1/invoices?limit=20": two},
			asked: []string{"GET /api/v1/invoices?limit=20"}, stdout: invoiceID + " unpaid cust_123\ninv_2 underpaid コーヒー [2J\n",
		},
		{
			name: "nothing", args: []string{"invoices", "list"}, answers: map[string]string{"/api/v1/invoices?limit=20": `{"data":[],"has_more":false}`},
			asked: []string{"GET /api/v1/invoices?limit=20"},
		},
		{
			name: "what came before a failure", args: []string{"invoices", "list", "--all", "--format", "{{.ID}}"},
			answers: map[string]string{
				"/api/v1/invoices?limit=100":                      `{"data":[` + secondInvoice + `],"has_more":true}`,
				"/api/v1/invoices?limit=100&starting_after=inv_2": "!403",
			},
			asked: []string{"GET /api/v1/invoices?limit=100", "GET /api/v1/invoices?limit=100&starting_after=inv_2"},
			code:  exitRefused, stdout: "inv_2\n",
			stderr: "pepay: listInvoices: 403 REFUSED: refused on purpose, after 1 invoices; this credential does not allow it\n",
		},
	})
}

// A table of many rows is written whole, also where it comes in several pages.
func TestInvoicesListOfManyPages(t *testing.T) {
	t.Parallel()
	answers := map[string]string{}
	after := ""
	for page := range 3 {
		var items []string
		for i := range 100 {
			items = append(items, fmt.Sprintf(`{"id":"inv_%03d","status":"paid","amount":%d,"amount_unit":"usd_millis","currency":"usd"}`, page*100+i, page*1000+i))
		}
		answers["/api/v1/invoices?limit=100"+after] = fmt.Sprintf(`{"data":[%s],"has_more":%v}`, strings.Join(items, ","), page < 2)
		after = fmt.Sprintf("&starting_after=inv_%03d", page*100+99)
	}
	api := newFakeAPI(t, answers)
	r := pepayRun(t, api.env(), "invoices", "list", "--all")
	r.wantDone(t)
	if rows := lines(r.stdout); len(rows) != 301 || !strings.HasPrefix(rows[300], "inv_299  paid    2.099 usd") {
		t.Errorf("%d lines: %s", len(rows), rows[len(rows)-1])
	}
}

func TestInvoicesGetAndStatus(t *testing.T) {
	t.Parallel()
	report := `{"object":"invoice_status","invoice":{"object":"invoice","id":"` + invoiceID + `","status":"paid","currency":"usd","amount":49990,"amount_decimal":"49.990","amount_unit":"usd_millis","environment":"devnet"},"latest_payment":{"object":"invoice_payment","id":"pay_1","status":"confirmed","settlement_status":"failed"}}`
	runCases(t, []commandCase{
		{
			name: "get", args: []string{"invoices", "get", invoiceID}, answers: map[string]string{"/api/v1/invoices/" + invoiceID: invoiceJSON},
			asked: []string{"GET /api/v1/invoices/" + invoiceID}, stdout: `invoice      550e8400-e29b-41d4-a716-446655440000
status       unpaid
type         standard
amount       49.990 usd
paid         0.000 usd
remaining    49.990 usd
customer     cust_123
environment  devnet
created      2025-12-21T12:00:00Z
expires      2025-12-21T13:00:00Z
metadata     {"order_id":"ORD-123"}
`,
		},
		{
			name: "get as JSON", args: []string{"invoices", "get", invoiceID, "--json", "--expand", "latest_payment,payments"},
			answers: map[string]string{"/api/v1/invoices/" + invoiceID + "?expand=latest_payment%2Cpayments": invoiceJSON},
			asked:   []string{"GET /api/v1/invoices/" + invoiceID + "?expand=latest_payment%2Cpayments"}, stdout: invoiceJSON + "\n",
		},
		{
			name: "get by a template", args: []string{"invoices", "get", invoiceID, "--format", "{{.AmountDecimal}}"}, answers: map[string]string{"/api/v1/invoices/" + invoiceID: invoiceJSON},
			asked: []string{"GET /api/v1/invoices/" + invoiceID}, stdout: "49.990\n",
		},
		{
			name: "get none", args: []string{"invoices", "get", "inv_none"}, asked: []string{"GET /api/v1/invoices/inv_none"},
			code: exitFailed, stderr: "pepay: getInvoice: 404 NOT_FOUND: no such thing; check the id, and that the API key is of the account and environment it belongs to\n",
		},
		{
			name: "status", args: []string{"invoices", "status", invoiceID}, answers: map[string]string{"/api/v1/invoices/" + invoiceID + "/status": report},
			asked: []string{"GET /api/v1/invoices/" + invoiceID + "/status"}, stdout: `invoice         550e8400-e29b-41d4-a716-446655440000
status          paid
amount          49.990 usd
environment     devnet
payment         pay_1
payment status  confirmed
settlement      failed
`,
		},
	})
}

func TestInvoicesTotals(t *testing.T) {
	t.Parallel()
	totals := `{"object":"invoice_totals","currency":"usd","amount_unit":"usd_millis","totals":{"all":{"amount":129900,"amount_decimal":"129.900","count":3},"paid":{"amount":99900,"amount_decimal":"99.900","count":2},"unpaid":{"amount":30000,"amount_decimal":"30.000","count":1},"underpaid":{"amount":0,"amount_decimal":"0.000","count":0},"expired":{"amount":0,"amount_decimal":"0.000","count":0},"canceled":{"amount":0,"amount_decimal":"0.000","count":0}}}`
	runCases(t, []commandCase{
		{
			name: "table", args: []string{"invoices", "totals", "--environment", "mainnet"}, answers: map[string]string{"/api/v1/invoices/totals?environment=mainnet": totals},
			asked: []string{"GET /api/v1/invoices/totals?environment=mainnet"}, stdout: `STATUS     INVOICES       AMOUNT
paid              2   99.900 usd
unpaid            1   30.000 usd
underpaid         0    0.000 usd
expired           0    0.000 usd
canceled          0    0.000 usd
all               3  129.900 usd
`,
		},
		{
			name: "JSON", args: []string{"invoices", "totals", "--json"}, answers: map[string]string{"/api/v1/invoices/totals": totals},
			asked: []string{"GET /api/v1/invoices/totals"}, stdout: totals + "\n",
		},
	})
}

func TestInvoicesCreate(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"/api/v1/invoices": createdJSON}
	runCases(t, []commandCase{
		{
			name: "least", args: []string{"invoices", "create", "--amount", "49.90"}, answers: answers,
			asked:  []string{`POST /api/v1/invoices {"amount_usd":49.90}`},
			stdout: "invoice      " + invoiceID + "\nexpires      2025-12-21T13:00:00Z\npayment URL  not shown; --show-payment-url prints it\n",
		},
		{
			name: "with the payment URL", args: []string{"invoices", "create", "--amount", "1000000", "--show-payment-url"}, answers: answers,
			asked:  []string{`POST /api/v1/invoices {"amount_usd":1000000}`},
			stdout: "invoice      " + invoiceID + "\nexpires      2025-12-21T13:00:00Z\npayment URL  https://pay.example/pay?session=pst_secret&signature=sig_secret\n",
		},
		{
			name: "JSON", args: []string{"invoices", "create", "--amount", "0.01", "--metadata", `{"a":[1.50]}`, "--json"}, answers: answers,
			asked: []string{`POST /api/v1/invoices {"amount_usd":0.01,"metadata":{"a":[1.50]}}`}, stdout: createdJSON + "\n",
		},
		{
			name: "everything", args: []string{
				"invoices", "create", "--amount", "12.5", "--description", "a, b", "--customer-id", "cust_1", "--metadata", "order_id=ORD=1", "--metadata", "n=2", "--expires-in", "90m",
				"--customer-email", "a@example.com", "--title", "t", "--footer", "f", "--return-url", "https://shop.example/done", "--receiver", "0x1",
			},
			answers: answers,
			asked: []string{`POST /api/v1/invoices {"amount_usd":12.5,"customer_email":"a@example.com","customer_id":"cust_1","description":"a, b","expires_in":5400000,` +
				`"invoice_footer":"f","invoice_title":"t","metadata":{"n":"2","order_id":"ORD=1"},"payment_return_url":"https://shop.example/done","payment_return_url_enabled":true,` +
				`"receiver_override_address":"0x1","receiver_override_enable":true}`},
			stdout: "invoice      " + invoiceID + "\nexpires      2025-12-21T13:00:00Z\npayment URL  not shown; --show-payment-url prints it\n",
		},
		{
			name: "refused", args: []string{"invoices", "create", "--amount", "1"}, answers: map[string]string{"/api/v1/invoices": "!400"},
			asked: []string{`POST /api/v1/invoices {"amount_usd":1}`}, code: exitFailed, stderr: "pepay: createInvoice: 400 REFUSED: refused on purpose\n",
		},
	})
	api := newFakeAPI(t, answers)
	const key = "123e4567-e89b-42d3-a456-556642440000"
	pepayRun(t, api.env(), "invoices", "create", "--amount", "1", "--idempotency-key", key).wantDone(t)
	pepayRun(t, api.env(), "invoices", "create", "--amount", "1").wantDone(t)
	if keys := api.sent("Idempotency-Key"); len(keys) != 2 || keys[0] != key || keys[1] == key || len(keys[1]) != len(key) {
		t.Errorf("%v", keys)
	}
}

func TestInvoicesWait(t *testing.T) {
	t.Parallel()
	report := func(status string) string {
		return `{"invoice":{"id":"inv_1","status":"` + status + `"},"latest_payment":{"status":"pending"}}`
	}
	fields := func(status string) string {
		return "invoice         inv_1\nstatus          " + status + "\npayment status  pending\n"
	}
	const path = "/api/v1/invoices/inv_1/status"
	runCases(t, []commandCase{
		{
			name: "reached at once", args: []string{"invoices", "wait", "inv_1"}, answers: map[string]string{path: report("paid")},
			asked: []string{"GET " + path}, stdout: fields("paid"),
		},
		{
			name: "reached later", args: []string{"invoices", "wait", "inv_1", "--status", "paid", "--json"}, answers: map[string]string{path: report("unpaid") + "\n" + report("paid")},
			asked: []string{"GET " + path, "GET " + path}, stdout: report("paid") + "\n",
		},
		{
			name: "will not happen", args: []string{"invoices", "wait", "inv_1", "--status", "paid"}, answers: map[string]string{path: report("expired")},
			asked: []string{"GET " + path}, code: exitFailed, stdout: fields("expired"),
			stderr: "pepay: the status waited for will not come: it is expired, which is final, not paid\n",
		},
		{
			name: "timeout", args: []string{"invoices", "wait", "inv_1", "--timeout", "1s"}, answers: map[string]string{path: report("unpaid")},
			asked: []string{"GET " + path}, code: exitTimeout, stdout: fields("unpaid"),
			stderr: "pepay: the status was not reached within 1s (--timeout)\n",
		},
		{
			name: "no such invoice", args: []string{"invoices", "wait", "inv_1"}, asked: []string{"GET " + path},
			code: exitFailed, stderr: "pepay: getInvoiceStatus: 404 NOT_FOUND: no such thing; check the id, and that the API key is of the account and environment it belongs to\n",
		},
	})
}

func TestInvoicesWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no command", nil, "say which command; see 'pepay invoices --help'"},
		{"unknown command", []string{"lst"}, "unknown command lst; there are create, list, get, status, wait, totals; did you mean list?"},
		{"no amount", []string{"create"}, "--amount: say how much in USD"},
		{"comma", []string{"create", "--amount", "49,99"}, "--amount: write the amount with a point"},
		{"thousands", []string{"create", "--amount", "1,049.99"}, "--amount: write the amount with a point and without separators"},
		{"dollar", []string{"create", "--amount", "$49"}, "--amount: write the digits alone"},
		{"currency", []string{"create", "--amount", "49 usd"}, "--amount: write the digits alone"},
		{"exponent", []string{"create", "--amount", "1e3"}, "--amount: write the digits alone"},
		{"no number", []string{"create", "--amount", "pk_x"}, "--amount: write an amount in USD such as 49.99"},
		{"key", []string{"create", "--amount", canary}, "--amount: write "},
		{"not a number", []string{"create", "--amount", "NaN"}, "--amount: write an amount in USD such as 49.99"},
		{"a little too little", []string{"create", "--amount", "0.009"}, "--amount: write an amount from 0.01"},
		{"zero", []string{"create", "--amount", "0.00"}, "--amount: write an amount from 0.01 to 1000000 USD"},
		{"less than nothing", []string{"create", "--amount=-5"}, "--amount: write an amount from 0.01"},
		{"a little too much", []string{"create", "--amount", "1000000.001"}, "--amount: write an amount from 0.01"},
		{"metadata without a value", []string{"create", "--amount", "1", "--metadata", canary}, "--metadata: write NAME=VALUE"},
		{"broken metadata", []string{"create", "--amount", "1", "--metadata", "{" + canary}, "--metadata: is not a JSON object"},
		{"metadata in two forms", []string{"create", "--amount", "1", "--metadata", "a=1", "--metadata", "{}"}, "--metadata: write NAME=VALUE"},
		{"metadata twice", []string{"create", "--amount", "1", "--metadata", "a=1", "--metadata", "a=2"}, "--metadata: the name a is given twice"},
		{"metadata twice in JSON", []string{"create", "--amount", "1", "--metadata", `{"order": {"id": 1}, "id": 2, "a\u0062": 1, "ab": 2}`}, "--metadata: the name ab is given twice"},
		{"metadata twice within", []string{"create", "--amount", "1", "--metadata", `{"id": 3, "orders": [{"id": 1}, {"id": 1, "id": 2}]}`}, "--metadata: the name id is given twice"},
		{"metadata that is a list", []string{"create", "--amount", "1", "--metadata", `{"a":1}]`}, "--metadata: is not a JSON object"},
		{"idempotency key that is no UUID", []string{"create", "--amount", "1", "--idempotency-key", canary}, "--idempotency-key: write a version 4 UUID in small letters, such as 123e4567-e89b-42d3-a456-556642440000"},
		{"idempotency key of version 1", []string{"create", "--amount", "1", "--idempotency-key", "123e4567-e89b-12d3-a456-556642440000"}, "--idempotency-key: write a version 4 UUID"},
		{"idempotency key in capitals", []string{"create", "--amount", "1", "--idempotency-key", "123E4567-E89B-42D3-A456-556642440000"}, "--idempotency-key: write a version 4 UUID in small letters"},
		{"return URL without https", []string{"create", "--amount", "1", "--return-url", "http://shop.example/done?" + canary}, "--return-url: write an https address such as https://shop.example/done"},
		{"return URL without a host", []string{"create", "--amount", "1", "--return-url", "https:///done"}, "--return-url: write an https address"},
		{"return URL that is a path", []string{"create", "--amount", "1", "--return-url", "/done"}, "--return-url: write an https address"},
		{"return URL with a line", []string{"create", "--amount", "1", "--return-url", "https://shop.example/\n"}, "--return-url: write an https address"},
		{"long return URL", []string{"create", "--amount", "1", "--return-url", "https://shop.example/" + strings.Repeat("x", 2028)}, "--return-url: is longer than 2048 characters"},
		{"expires at once", []string{"create", "--amount", "1", "--expires-in", "0s"}, "--expires-in: write a duration from 1ms to 720h"},
		{"expires late", []string{"create", "--amount", "1", "--expires-in", "721h"}, "--expires-in: write a duration from 1ms to 720h"},
		{"empty description", []string{"create", "--amount", "1", "--description="}, "--description: is empty"},
		{"argument", []string{"create", "--amount", "1", canary}, "'pepay invoices create' takes no arguments"},
		{"unknown status", []string{"list", "--status", "unpiad"}, "--status: unknown value unpiad; there are unpaid, underpaid, paid, expired, canceled; did you mean unpaid?"},
		{"key as status", []string{"list", "--status", canary}, "--status: unknown value; there are"},
		{"empty status", []string{"list", "--status="}, "--status: "},
		{"network alone", []string{"list", "--wallet-network", "base"}, "--wallet-network: goes with --wallet-address"},
		{"unknown network", []string{"list", "--wallet-address", "0x1", "--wallet-network", "bas"}, "did you mean base?"},
		{"limit and all", []string{"list", "--all", "--limit", "3"}, "--all: excludes --limit"},
		{"no limit", []string{"list", "--limit", "0"}, "--limit: write a number from 1 up"},
		{"unknown field", []string{"list", "--format", "{{.Secret}}"}, "--format: the template has a field or function that there is not; see 'pepay invoices list --help'"},
		{"no template", []string{"get", "inv_1", "--format="}, "--format: write a Go template such as"},
		{"JSON and template", []string{"get", "inv_1", "--json", "--format", "{{.ID}}"}, "--format: excludes --json"},
		{"no id", []string{"get"}, "say which invoice, by its id"},
		{"two ids", []string{"status", "a", canary}, "'pepay invoices status' takes one id"},
		{"unknown expansion", []string{"get", "inv_1", "--expand", "payment"}, "--expand: write latest_payment or payments"},
		{"unknown status to wait for", []string{"wait", "inv_1", "--status", "done"}, "--status: unknown value; there are"},
		{"no time to wait", []string{"wait", "inv_1", "--timeout", "0s"}, "--timeout: write a duration above 0"},
		{"environment of totals", []string{"totals", "--environment", "testnet"}, "--environment: write devnet or mainnet"},
		{"time of totals", []string{"totals", "--from", canary}, "--from: write a time such as"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"invoices"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}

// A simulator that is older than the contract does not have all of it.
func TestNotSimulated(t *testing.T) {
	t.Parallel()
	older := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotImplemented)
		_, _ = io.WriteString(w, `{"success":false,"error":{"code":"NOT_SIMULATED","message":"pepaytest does not simulate createInvoice"}}`)
	}))
	t.Cleanup(older.Close)
	r := pepayRun(t, at(older.URL), "invoices", "create", "--amount", "49.99")
	r.wantError(t, exitFailed, "the simulator does not have this yet; it works with Pepay's API")
}
