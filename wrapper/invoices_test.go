package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const anInvoice = "550e8400-e29b-41d4-a716-446655440000"

// merchantCall is a call of an invoice's method or of a payor's, what it is to send,
// and whether the documented answer is what comes out.
type merchantCall struct {
	call   func(ctx context.Context, c *Client) (any, error)
	sent   string // method and path with query
	body   string
	answer string // name of an example
	want   func(got any) bool
}

func (tc merchantCall) test(t *testing.T, wantHeaders, noHeaders []string) {
	t.Helper()
	requests := 0
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		requests++
		if got := req.Method + " " + req.URL.RequestURI(); got != tc.sent {
			t.Errorf("sent %s, want %s", got, tc.sent)
		}
		for _, name := range wantHeaders {
			if req.Header.Get(name) == "" {
				t.Errorf("there is no %s", name)
			}
		}
		for _, name := range noHeaders {
			if got := req.Header.Values(name); got != nil {
				t.Errorf("%s is sent", name)
			}
		}
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
		}
		if string(body) != tc.body {
			t.Errorf("the body is %s, want %s", body, tc.body)
		}
		return respond(http.StatusOK, documentedExample(t, tc.answer)), nil
	}, WithCommerceAPIKey("ck_1"))
	got, err := tc.call(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if requests != 1 || !tc.want(got) {
		t.Errorf("%d requests, got %+v", requests, got)
	}
}

func TestInvoices(t *testing.T) {
	t.Parallel()
	at := time.Unix(1766318400, 500)
	halfDay, no := int64(43200000), false
	create := func(r pepay.CreateInvoiceRequest) func(context.Context, *Client) (any, error) {
		return func(ctx context.Context, c *Client) (any, error) { return c.Invoices.Create(ctx, r) }
	}
	list := func(p InvoiceParams) func(context.Context, *Client) (any, error) {
		return func(ctx context.Context, c *Client) (any, error) { return c.Invoices.List(ctx, p) }
	}
	get := func(p InvoiceExpand) func(context.Context, *Client) (any, error) {
		return func(ctx context.Context, c *Client) (any, error) { return c.Invoices.Get(ctx, anInvoice, p) }
	}
	status := func(ctx context.Context, c *Client) (any, error) { return c.Invoices.Status(ctx, anInvoice) }
	created := func(got any) bool {
		c := got.(*pepay.CreatedInvoice)
		return c.InvoiceID == anInvoice && c.ExpiresAt.Unix() == 1766322000 && c.SessionToken.Reveal() == "pst_..." && c.Signature.Reveal() == "sig_..." &&
			c.PaymentSessionHeaders == pepay.PaymentSessionHeaders{SessionToken: "pst_...", Signature: "sig_..."} &&
			strings.HasSuffix(c.PaymentURL.Reveal(), "/pay?session=pst_...&signature=sig_...")
	}
	unpaid := func(got any) bool {
		i := got.(*pepay.Invoice)
		return i.ID == anInvoice && i.Status == pepay.InvoiceStatusUnpaid && i.Amount == 49990 && i.AmountRemainingDecimal == "49.990" &&
			i.CreatedAt.Unix() == 1766318400 && i.ExpiresAt.Unix() == 1766322000 && i.PaidAt.IsZero() && string(i.Metadata) == `{ "order_id": "ORD-123" }`
	}
	onePaid := func(got any) bool {
		l := got.(*pepay.InvoiceList)
		return len(l.Data) == 1 && !l.HasMore && l.Data[0].ID == "inv_123" && l.Data[0].MerchantID == 42 && l.Data[0].Amount == 129900 && l.Data[0].CreatedAt.Year() == 2025
	}
	for name, tc := range map[string]merchantCall{
		"create": {
			call: create(pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "49.990"), Description: "Starter plan", ExpiresIn: &halfDay}),
			sent: "POST /api/v1/invoices", body: `{"amount_usd":49.990,"description":"Starter plan","expires_in":43200000}`, answer: "createInvoice/response", want: created,
		},
		"create, older": {
			call: create(pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "1")}),
			sent: "POST /api/v1/invoices", body: `{"amount_usd":1}`, answer: "createInvoice/response-old", want: created,
		},
		"an amount of 0.00 and false are sent": {
			call: create(pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "0.00"), PaymentReturnURLEnabled: &no, Metadata: json.RawMessage(`{"n":9007199254740993}`)}),
			sent: "POST /api/v1/invoices", body: `{"amount_usd":0.00,"metadata":{"n":9007199254740993},"payment_return_url_enabled":false}`, answer: "createInvoice/response", want: created,
		},
		"list": {call: list(InvoiceParams{}), sent: "GET /api/v1/invoices", answer: "listInvoices/response", want: onePaid},
		"list with everything": {
			call: list(InvoiceParams{
				Limit: 100, StartingAfter: "a b", Statuses: []pepay.InvoiceStatus{"paid", "later"}, Types: []string{"standard"}, CustomerID: "cust_1",
				PayerWalletAddress: "0x1", PayerWalletNetwork: "base", Environment: "devnet", CreatedFrom: at, CreatedTo: at.Add(time.Second),
				InvoiceExpand: InvoiceExpand{Expand: []string{ExpandLatestPayment, ExpandPayments}, PaymentsLimit: 100},
			}),
			sent: "GET /api/v1/invoices?created_gte=1766318400&created_lte=1766318401&customer_id=cust_1&environment=devnet&expand=latest_payment%2Cpayments&invoice_type=standard" +
				"&limit=100&payer_wallet_address=0x1&payer_wallet_network=base&payments_limit=100&starting_after=a+b&status=paid%2Clater",
			answer: "listInvoices/response", want: onePaid,
		},
		"list of newer ones": {
			call: list(InvoiceParams{EndingBefore: "x"}), sent: "GET /api/v1/invoices?ending_before=x", answer: "listInvoices/response-empty",
			want: func(got any) bool { return len(got.(*pepay.InvoiceList).Data) == 0 },
		},
		"get": {call: get(InvoiceExpand{}), sent: "GET /api/v1/invoices/" + anInvoice, answer: "getInvoice/response", want: unpaid},
		"get, older": {
			call: get(InvoiceExpand{Expand: []string{"payments"}, PaymentsLimit: 1}),
			sent: "GET /api/v1/invoices/" + anInvoice + "?expand=payments&payments_limit=1", answer: "getInvoice/response-old", want: unpaid,
		},
		"status": {call: status, sent: "GET /api/v1/invoices/" + anInvoice + "/status", answer: "getInvoiceStatus/response", want: func(got any) bool {
			r := got.(*pepay.InvoiceStatusReport)
			return r.Invoice.Status == "paid" && r.LatestPayment.InvoiceID == anInvoice && r.LatestPayment.Settlement == pepay.Settlement{
				SummaryStatus: "settled", Stage: "final", MerchantSettlementID: 30, SettlementTxHash: "0xabc123", Network: "bsc", Status: "settled",
			}
		}},
		"status, older": {call: status, sent: "GET /api/v1/invoices/" + anInvoice + "/status", answer: "getInvoiceStatus/response-old", want: func(got any) bool {
			r := got.(*pepay.InvoiceStatusReport)
			return r.LatestPayment == pepay.InvoicePayment{Object: "invoice_payment", Status: "confirmed", SettlementStatus: "settled"}
		}},
		"totals": {
			call: func(ctx context.Context, c *Client) (any, error) {
				return c.Invoices.Totals(ctx, InvoiceTotalsParams{Statuses: []pepay.InvoiceStatus{"paid"}, Types: []string{"standard", "commerce"}, CustomerID: "c", Environment: "mainnet", CreatedFrom: at, CreatedTo: at})
			},
			sent:   "GET /api/v1/invoices/totals?created_gte=1766318400&created_lte=1766318400&customer_id=c&environment=mainnet&invoice_type=standard%2Ccommerce&status=paid",
			answer: "getInvoiceTotals/response", want: func(got any) bool {
				r := got.(*pepay.InvoiceTotals)
				return r.Totals.All == pepay.InvoiceTotal{Amount: 129900, AmountDecimal: "129.900", Count: 3} && r.Totals.Unpaid.Count == 1 && r.AmountUnit == "usd_millis"
			},
		},
		"by customer": {
			call: func(ctx context.Context, c *Client) (any, error) {
				return c.Invoices.ListByCustomer(ctx, "a/b c", InvoiceParams{Limit: 1, Statuses: []pepay.InvoiceStatus{"paid"}})
			},
			sent: "GET /api/v1/invoices/customer/a%2Fb%20c?limit=1&status=paid", answer: "listCustomerInvoices/response",
			want: func(got any) bool { l := got.(*pepay.InvoiceList); return len(l.Data) == 1 && l.HasMore },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{"X-Api-Key"}
			if strings.HasPrefix(tc.sent, "POST") {
				headers = append(headers, "Idempotency-Key")
			}
			tc.test(t, headers, []string{"X-Commerce-Api-Key", "X-Session-Token", "X-Signature", "Authorization"})
		})
	}
}

func TestInvoiceArguments(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request is sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx, s := t.Context(), client.Invoices
	list := func(p InvoiceParams) error { _, err := s.List(ctx, p); return err }
	byCustomer := func(id string, p InvoiceParams) error { _, err := s.ListByCustomer(ctx, id, p); return err }
	get := func(id string, p InvoiceExpand) error { _, err := s.Get(ctx, id, p); return err }
	create := func(r pepay.CreateInvoiceRequest) error { _, err := s.Create(ctx, r); return err }
	for want, err := range map[string]error{
		"CreateInvoiceRequest.AmountUSD: ":                  create(pepay.CreateInvoiceRequest{}),
		"CreateInvoiceRequest.Metadata: ":                   create(pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "1"), Metadata: json.RawMessage(`{`)}),
		"InvoiceParams.Limit: must be at most 100":          list(InvoiceParams{Limit: 101}),
		"InvoiceParams.Limit: must not be negative":         list(InvoiceParams{Limit: -1}),
		"StartingAfter and EndingBefore exclude each other": list(InvoiceParams{StartingAfter: "a", EndingBefore: "b"}),
		"InvoiceParams.PayerWalletNetwork: ":                list(InvoiceParams{PayerWalletNetwork: "base"}),
		"InvoiceParams.Statuses: ":                          list(InvoiceParams{Statuses: []pepay.InvoiceStatus{"paid,expired"}}),
		"InvoiceExpand.Expand: ":                            get(anInvoice, InvoiceExpand{Expand: []string{"customer"}}),
		"InvoiceExpand.PaymentsLimit: must be at most 100":  get(anInvoice, InvoiceExpand{PaymentsLimit: 101}),
		"InvoiceExpand.PaymentsLimit: must not be negative": get(anInvoice, InvoiceExpand{PaymentsLimit: -1}),
		"invoiceId":                  get("", InvoiceExpand{}),
		"customerId":                 byCustomer("..", InvoiceParams{}),
		"InvoiceParams.CustomerID: ": byCustomer("c", InvoiceParams{CustomerID: "d"}),
		"InvoiceParams.PayerWalletAddress: is not documented": byCustomer("c", InvoiceParams{PayerWalletAddress: "0x1"}),
	} {
		if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
	for _, err := range s.All(ctx, InvoiceParams{EndingBefore: "a"}) {
		if !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("All: %v", err)
		}
	}
}

// All asks for the page behind the last invoice, with the filters of the first page.
func TestAllInvoices(t *testing.T) {
	t.Parallel()
	var sent []string
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.URL.RawQuery)
		if len(sent) == 1 {
			return respond(http.StatusOK, `{"object":"list","data":[{"id":"inv_3"},{"id":"inv_2"}],"has_more":true}`), nil
		}
		return respond(http.StatusOK, `{"object":"list","data":[{"id":"inv_1"}],"has_more":false}`), nil
	})
	statuses := []pepay.InvoiceStatus{"paid"}
	all := client.Invoices.All(t.Context(), InvoiceParams{Limit: 2, Statuses: statuses})
	statuses[0] = "expired"
	var ids []string
	for invoice, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, invoice.ID)
	}
	if !reflect.DeepEqual(ids, []string{"inv_3", "inv_2", "inv_1"}) ||
		!reflect.DeepEqual(sent, []string{"limit=2&status=paid", "limit=2&starting_after=inv_2&status=paid"}) {
		t.Errorf("got %v with %v", ids, sent)
	}
}

// An answer without what the method is for is an error, never an empty result.
func TestInvoiceAnswersThatLack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for want, call := range map[string]func(*Client) error{
		"invoice_id is missing": func(c *Client) error {
			_, err := c.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "1")})
			return err
		},
		"data is missing":           func(c *Client) error { _, err := c.Invoices.List(ctx, InvoiceParams{}); return err },
		"id is missing":             func(c *Client) error { _, err := c.Invoices.Get(ctx, "i", InvoiceExpand{}); return err },
		"invoice.status is missing": func(c *Client) error { _, err := c.Invoices.Status(ctx, "i"); return err },
		"totals is missing":         func(c *Client) error { _, err := c.Invoices.Totals(ctx, InvoiceTotalsParams{}); return err },
		"status is missing":         func(c *Client) error { _, err := c.Payor("t", "s").Status(ctx); return err },
		"temp_address is missing": func(c *Client) error {
			_, err := c.Payor("t", "s").AllocateAddress(ctx, pepay.AllocateAddressRequest{})
			return err
		},
		"data is missing ": func(c *Client) error {
			_, err := c.Payor("t", "s").Verify(ctx, "i", pepay.VerifyInvoiceRequest{})
			return err
		},
	} {
		client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(http.StatusOK, `{}`), nil })
		if err := call(client); !errors.Is(err, ErrMalformedResponse) || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestInvoiceFailures(t *testing.T) {
	t.Parallel()
	for status, sentinel := range map[int]error{400: ErrInvalidRequest, 401: ErrUnauthorized, 404: ErrNotFound, 409: ErrConflict, 410: ErrGone} {
		client := newTestClient(t, func(*http.Request) (*http.Response, error) {
			return respond(status, `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`), nil
		}, WithRetry(RetryPolicy{}))
		_, created := client.Invoices.Create(t.Context(), pepay.CreateInvoiceRequest{AmountUSD: dollars(t, "1")})
		_, got := client.Invoices.Get(t.Context(), anInvoice, InvoiceExpand{})
		for _, err := range []error{created, got, client.Payor("t", "s").SetEmail(t.Context(), "a@b")} {
			if !errors.Is(err, sentinel) || !IsCode(err, "VALIDATION_ERROR") {
				t.Errorf("%d: got %v", status, err)
			}
		}
	}
}

func TestInvoiceWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // ends a wait that knows no final status
		defer cancel()
		answers := []string{"unpaid", "underpaid", "expired"}
		asked := 0
		client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
			status := answers[min(asked, len(answers)-1)]
			asked++
			if strings.HasSuffix(req.URL.Path, "payment-status") {
				return respond(http.StatusOK, `{"status":"`+status+`","paid_at":null}`), nil
			}
			return respond(http.StatusOK, `{"invoice":{"status":"`+status+`"}}`), nil
		})
		report, err := client.Invoices.WaitForStatus(ctx, "i", Wait{}, nil)
		if err != nil || report.Invoice.Status != "expired" || asked != 3 {
			t.Errorf("any final one: %+v, %v after %d", report, err, asked)
		}
		asked = 0
		report, err = client.Invoices.WaitForStatus(ctx, "i", Wait{}, []pepay.InvoiceStatus{"paid"})
		if !errors.Is(err, ErrWontHappen) || report.Invoice.Status != "expired" {
			t.Errorf("paid: %+v, %v", report, err)
		}
		asked = 0
		status, err := client.Payor("t", "s").WaitForStatus(ctx, Wait{}, []pepay.InvoiceStatus{"underpaid"})
		if err != nil || status.Status != "underpaid" || asked != 2 {
			t.Errorf("underpaid: %+v, %v after %d", status, err, asked)
		}
		asked, answers = 0, []string{"cancelled"}
		if status, err = client.Payor("t", "s").WaitForStatus(ctx, Wait{}, nil); err != nil || status.Status != "cancelled" {
			t.Errorf("the other spelling: %+v, %v", status, err)
		}
	})
}

func TestPayor(t *testing.T) {
	t.Parallel()
	type payorCall = func(ctx context.Context, p *PayorSession) (any, error)
	const base = "/api/v1/payments/"
	for name, tc := range map[string]struct {
		call               payorCall
		sent, body, answer string
		want               func(any) bool
	}{
		"details": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Details(ctx) }, "GET " + base + "session-details", "", "getPaymentSession/response",
			func(got any) bool {
				d := got.(*pepay.PaymentSession)
				return d.InvoiceID == anInvoice && d.AmountUSD.String() == "49.99" && d.ExpiresAt.Unix() == 1766322000 && d.RemainingSeconds.String() == "3600" && d.LockedNetwork == ""
			}},
		"details, older": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Details(ctx) }, "GET " + base + "session-details", "", "getPaymentSession/response-old",
			func(got any) bool {
				d := got.(*pepay.PaymentSession)
				return d.AmountRemainingUSD.String() == "100" && d.ExpiresAt.Year() == 2024 && d.NetworkEnvironment == "mainnet"
			}},
		"details of the overview": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Details(ctx) }, "GET " + base + "session-details", "", "getPaymentSession/response-overview",
			func(got any) bool {
				d := got.(*pepay.PaymentSession)
				return d.InvoiceID == "inv_123" && d.Environment == "devnet"
			}},
		"tokens": {func(ctx context.Context, p *PayorSession) (any, error) {
			return p.AvailableTokens(ctx, PayorTokenParams{})
		}, "GET " + base + "available-tokens", "", "listAvailableTokens/response",
			func(got any) bool {
				l := got.([]pepay.PaymentToken)
				return len(l) == 2 && l[0].SettlementRate.String() == "1.02" && !l[0].TierFee.IsZero() && l[1].TierFee.IsZero() && l[1].TokenAddress == "" && l[1].AvailabilityStatus == pepay.TokenAvailabilitySTALE
			}},
		"tokens of a network": {func(ctx context.Context, p *PayorSession) (any, error) {
			return p.AvailableTokens(ctx, PayorTokenParams{Mode: "network", Network: "base", AvailableOnly: true})
		}, "GET " + base + "available-tokens?available_only=true&mode=network&network=base", "", "listAvailableTokens/response-mirror",
			func(got any) bool {
				l := got.([]pepay.PaymentToken)
				return len(l) == 1 && l[0].TierFee.IsZero() && l[0].ID == 123
			}},
		"address": {func(ctx context.Context, p *PayorSession) (any, error) {
			return p.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: "base", TokenID: 123})
		}, "POST " + base + "payment-addresses", `{"network":"base","tokenId":123}`, "allocatePaymentAddress/response",
			func(got any) bool {
				a := got.(*pepay.PaymentAddress)
				return a.TempAddress == "<payment_address>" && a.EstimatedTokenAmount.String() == "49.990000" && a.QuoteValidUntil.Unix() == 1766320796 && a.RetryAfterSeconds.IsZero() &&
					a.WSConnection.Token.Reveal() == "<payment_session_jwt>" && !strings.Contains(fmt.Sprintf("%+v", a), "jwt")
			}},
		"address, reference": {func(ctx context.Context, p *PayorSession) (any, error) {
			return p.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: "ethereum", TokenID: 1})
		}, "POST " + base + "payment-addresses", `{"network":"ethereum","tokenId":1}`, "allocatePaymentAddress/response-reference",
			func(got any) bool {
				a := got.(*pepay.PaymentAddress)
				return a.ExchangeRate.String() == "0.9950" && a.QuoteStatus == ""
			}},
		"status": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Status(ctx) }, "GET " + base + "payment-status", "", "getPaymentStatus/response",
			func(got any) bool {
				s := got.(*pepay.PaymentStatus)
				return s.Status == "paid" && s.PaidAt.Year() == 2024
			}},
		"unpaid": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Status(ctx) }, "GET " + base + "payment-status", "", "getPaymentStatus/response-unpaid",
			func(got any) bool { s := got.(*pepay.PaymentStatus); return s.Status == "unpaid" && s.PaidAt.IsZero() }},
		"set e-mail": {func(ctx context.Context, p *PayorSession) (any, error) {
			return nil, p.SetEmail(ctx, "customer@example.com")
		}, "POST " + base + "customer-email", `{"email":"customer@example.com"}`, "setCustomerEmail/response",
			func(any) bool { return true }},
		"e-mail": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Email(ctx) }, "GET " + base + "customer-email", "", "getCustomerEmail/response",
			func(got any) bool { return got == "[email protected]" }},
		"questions": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Questions(ctx) }, "GET " + base + "invoice-questions", "", "getInvoiceQuestions/response",
			func(got any) bool {
				q := got.(*pepay.InvoiceQuestions)
				return q.HasQuestions && len(q.Questions.Questions) == 1 && q.Questions.Questions[0].Validation.Required
			}},
		"submit": {func(ctx context.Context, p *PayorSession) (any, error) {
			return nil, p.Submit(ctx, []pepay.QuestionResponse{{QuestionID: "q1", Response: "Acme Inc"}, {QuestionID: "q2"}})
		}, "POST " + base + "submit-form", `{"responses":[{"question_id":"q1","response":"Acme Inc"},{"question_id":"q2","response":""}]}`, "submitInvoiceForm/response",
			func(any) bool { return true }},
		"verify": {func(ctx context.Context, p *PayorSession) (any, error) {
			return p.Verify(ctx, "inv/1", pepay.VerifyInvoiceRequest{Network: "base"})
		}, "POST /api/v1/invoice/inv%2F1/verify", `{"network":"base"}`, "verifyInvoice/response",
			func(got any) bool {
				v := got.(*pepay.ManualVerification)
				return v.JobStatus == "pending" && string(v.CreatedAt) == `"<string>"`
			}},
		"verification": {func(ctx context.Context, p *PayorSession) (any, error) { return p.Verification(ctx, "inv_1") }, "GET /api/v1/invoice/inv_1/verify", "", "getInvoiceVerification/response-made",
			func(got any) bool { return got.(*pepay.ManualVerification).AttemptCount == 123 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			merchantCall{
				call: func(ctx context.Context, c *Client) (any, error) { return tc.call(ctx, c.Payor("pst_1", "sig_1")) },
				sent: tc.sent, body: tc.body, answer: tc.answer, want: tc.want,
			}.test(t, []string{"X-Session-Token", "X-Signature"}, []string{"X-Api-Key", "X-Commerce-Api-Key", "Authorization"})
		})
	}
}

// A session that cannot be used says so at the first call, without a request and
// without its values.
func TestPayorArguments(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request is sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx := t.Context()
	status := func(token, signature pepay.Secret) error {
		_, err := client.Payor(token, signature).Status(ctx)
		return err
	}
	good := client.Payor("t", "s")
	_, tokens := good.AvailableTokens(ctx, PayorTokenParams{Mode: "network"})
	_, verify := good.Verify(ctx, "", pepay.VerifyInvoiceRequest{})
	for want, err := range map[string]error{
		"Payor: token: is empty":     status("", "sig"),
		"Payor: signature: is empty": status("pst", ""),
		"Payor: token: has":          status("canary\n", "sig"),
		"Payor: signature: has":      status("pst", " canary"),
		"PayorTokenParams.Network":   tokens,
		"answers: there are 0":       good.Submit(ctx, nil),
		"answers: there are 6":       good.Submit(ctx, make([]pepay.QuestionResponse, 6)),
		"invoiceId":                  verify,
	} {
		if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(fmt.Sprint(err), want) || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestPayorSessionPrintsNothingSecret(t *testing.T) {
	t.Parallel()
	session := newTestClient(t, nil).Payor("canary-token", "canary-signature")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("session", "pointer", session, "value", *session, "in", []*PayorSession{session})
	text := log.String() + fmt.Sprintf("%v %+v %#v %s %q %x %v %#v", session, session, session, session, session, session, *session, struct{ S *PayorSession }{session})
	if strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") || !strings.Contains(text, "wrapper.PayorSession{https://api.example}") {
		t.Errorf("printed %s", text)
	}
}

// A session has its two credentials and no key, and the client that opened it has no
// credential of a payor.
func TestPayorSharesNoCredentials(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request is sent")
		return respond(http.StatusOK, `{}`), nil
	})
	session := client.Payor("pst_1", "sig_1")
	if _, err := client.API().GetPaymentStatusWithResponse(t.Context()); !errors.Is(err, ErrNoCredential) {
		t.Errorf("the client asks as a payor: %v", err)
	}
	if _, err := (&InvoiceService{session.client}).Get(t.Context(), anInvoice, InvoiceExpand{}); !errors.Is(err, ErrNoCredential) {
		t.Errorf("the payor asks as a merchant: %v", err)
	}
}
