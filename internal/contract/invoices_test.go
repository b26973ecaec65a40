package contract_test

import (
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The simulator's invoices and the payor's side of them conform to the contract in every
// status that they can have, and what the client decodes is what was paid.
func TestInvoicesConform(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	v := &invoiceLife{T: t, server: h.server, client: h.client(t)}
	v.pays(pepaytest.Payment{Millis: 10_000, TokenID: 10}, pepay.InvoiceStatusUnderpaid)
	v.pays(pepaytest.Payment{}, pepay.InvoiceStatusPaid)
	v.ok(v.server.FailSettlement(v.invoice.InvoiceID))
	v.look(pepay.InvoiceStatusPaid)
	v.ok(v.server.Settle(v.invoice.InvoiceID))
	v.look(pepay.InvoiceStatusPaid)
	v.create()
	v.ok(v.server.Expire(v.invoice.InvoiceID))
	v.look(pepay.InvoiceStatusExpired)
	v.refused()
	v.lists()

	h.wantConforming(t)
	called := map[string]bool{}
	for _, exchange := range h.transport.Exchanges() {
		called[exchange.Operation] = called[exchange.Operation] || exchange.Status < 300
	}
	for _, operation := range []string{
		"createInvoice", "listInvoices", "getInvoice", "getInvoiceStatus", "getInvoiceTotals", "listCustomerInvoices", "verifyInvoice", "getInvoiceVerification",
		"getPaymentSession", "listAvailableTokens", "allocatePaymentAddress", "getPaymentStatus", "setCustomerEmail", "getCustomerEmail",
		"getInvoiceQuestions", "submitInvoiceForm",
	} {
		if !called[operation] {
			t.Errorf("%s was not answered with a success", operation)
		}
	}
}

// On mainnet tokens have rates, and some of them no quote.
func TestMainnetTokensConform(t *testing.T) {
	t.Parallel()
	h := newHarness(t, pepaytest.WithAccount(pepaytest.Account{MainnetAccess: true, Environment: pepay.NetworkEnvironmentMainnet}))
	v := &invoiceLife{T: t, server: h.server, client: h.client(t)}
	v.create()
	tokens, err := v.payor.AvailableTokens(t.Context(), wrapper.PayorTokenParams{Mode: "all"})
	v.ok(err)
	for _, token := range tokens {
		address, err := v.payor.AllocateAddress(t.Context(), pepay.AllocateAddressRequest{Network: token.Network, TokenID: token.ID})
		v.ok(err)
		quoted := token.AvailabilityStatus == pepay.TokenAvailabilityAVAILABLE || token.AvailabilityStatus == pepay.TokenAvailabilityQUOTEREQUIRED
		if (address.QuoteStatus == pepay.QuoteStatusAvailable) != quoted || (address.TempAddress != "") != quoted {
			t.Errorf("token %d is %s and its quote %s", token.ID, token.AvailabilityStatus, address.QuoteStatus)
		}
	}
	h.wantConforming(t)
}

// invoiceLife is what happens to an invoice, seen by its merchant and its payor.
type invoiceLife struct {
	*testing.T
	server  *pepaytest.Server
	client  *wrapper.Client
	invoice *pepay.CreatedInvoice
	payor   *wrapper.PayorSession
}

func (v *invoiceLife) ok(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *invoiceLife) create() {
	v.Helper()
	yes := true
	invoice, err := v.client.Invoices.Create(v.Context(), pepay.CreateInvoiceRequest{
		AmountUSD: decimalOf("49.99"), Description: "Starter plan", CustomerID: "cust_123",
		Questions: pepay.QuestionListInput{Questions: []pepay.InvoiceQuestionInput{{ID: "q1", Question: "Company", Validation: pepay.QuestionValidationInput{Required: &yes}}}},
	})
	v.ok(err)
	v.invoice, v.payor = invoice, v.client.Payor(invoice.SessionToken, invoice.Signature)
}

// pays walks through a checkout, on a new invoice unless there is one that is open.
func (v *invoiceLife) pays(p pepaytest.Payment, want pepay.InvoiceStatus) {
	v.Helper()
	ctx := v.Context()
	if v.invoice == nil {
		v.create()
		v.look(pepay.InvoiceStatusUnpaid)
	}
	v.ok(v.payor.SetEmail(ctx, "jo@example.com"))
	v.ok(v.payor.Submit(ctx, []pepay.QuestionResponse{{QuestionID: "q1", Response: "Acme Inc"}}))
	tokens, err := v.payor.AvailableTokens(ctx, wrapper.PayorTokenParams{})
	v.ok(err)
	v.ok(second(v.payor.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: tokens[0].Network, TokenID: tokens[0].ID})))
	v.ok(second(v.payor.Verify(ctx, v.invoice.InvoiceID, pepay.VerifyInvoiceRequest{})))
	v.ok(v.server.Pay(v.invoice.InvoiceID, p))
	v.look(want)
}

// look reads all that can be read of an invoice.
func (v *invoiceLife) look(want pepay.InvoiceStatus) {
	v.Helper()
	ctx, id := v.Context(), v.invoice.InvoiceID
	invoice, err := v.client.Invoices.Get(ctx, id, wrapper.InvoiceExpand{Expand: []string{"latest_payment", "payments"}})
	v.ok(err)
	report, err := v.client.Invoices.Status(ctx, id)
	v.ok(err)
	status, err := v.payor.Status(ctx)
	v.ok(err)
	session, err := v.payor.Details(ctx)
	v.ok(err)
	if invoice.Status != want || report.Invoice.Status != want || status.Status != want || session.InvoiceStatus != want {
		v.Errorf("the invoice is %s, in its report %s, for its payor %s and %s, want %s", invoice.Status, report.Invoice.Status, status.Status, session.InvoiceStatus, want)
	}
	if session.AmountRemainingUSD.Cmp(pepay.DecimalFromMillis(invoice.AmountRemaining)) != 0 {
		v.Errorf("%s remains for the payor, %d for the merchant", session.AmountRemainingUSD, invoice.AmountRemaining)
	}
	v.ok(second(v.payor.Email(ctx)))
	v.ok(second(v.payor.Questions(ctx)))
	if len(invoice.Payments) > 0 {
		v.ok(second(v.payor.Verification(ctx, id)))
	}
}

func (v *invoiceLife) refused() {
	v.Helper()
	ctx := v.Context()
	for name, err := range map[string]error{
		"an e-mail":         v.payor.SetEmail(ctx, "jo@example.com"),
		"an address":        second(v.payor.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: "base", TokenID: 11})),
		"another session":   second(v.client.Payor("pst_0", "sig").Details(ctx)),
		"no verification":   second(v.payor.Verification(ctx, v.invoice.InvoiceID)),
		"an unknown cursor": second(v.client.Invoices.List(ctx, wrapper.InvoiceParams{StartingAfter: "none"})),
		"an unknown one":    second(v.client.Invoices.Status(ctx, "none")),
	} {
		if err == nil {
			v.Errorf("%s was not refused", name)
		}
	}
}

func (v *invoiceLife) lists() {
	v.Helper()
	ctx := v.Context()
	page, err := v.client.Invoices.List(ctx, wrapper.InvoiceParams{InvoiceExpand: wrapper.InvoiceExpand{Expand: []string{"latest_payment", "payments"}}})
	v.ok(err)
	mine, err := v.client.Invoices.ListByCustomer(ctx, "cust_123", wrapper.InvoiceParams{CreatedFrom: time.Now().Add(-time.Hour)})
	v.ok(err)
	totals, err := v.client.Invoices.Totals(ctx, wrapper.InvoiceTotalsParams{})
	v.ok(err)
	if len(page.Data) != 2 || len(mine.Data) != 2 || totals.Totals.All.Count != 2 || totals.Totals.Paid.Count != 1 || totals.Totals.Expired.Count != 1 {
		v.Errorf("lists of %d and %d, totals %+v", len(page.Data), len(mine.Data), totals.Totals)
	}
}
