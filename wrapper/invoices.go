package wrapper

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// InvoiceService creates and reads invoices. It is safe for concurrent use.
//
// Its methods want an API key of either scope ([WithAPIKey]) or the bearer token of
// the dashboard ([WithBearerToken]). Amounts of invoices are integers in
// thousandths of a dollar (usd_millis); the amount to create one with is a decimal
// number of dollars.
//
// Errors of all methods: [ErrUnauthorized] and [ErrForbidden] for a key that does not
// open them, [ErrRateLimited].
//
// See https://docs-alpha.pepay.io/api-spec/merchant/invoices.
type InvoiceService struct{ client *Client }

// finalInvoiceStatuses are the statuses that an invoice does not leave.
var finalInvoiceStatuses = []pepay.InvoiceStatus{pepay.InvoiceStatusPaid, pepay.InvoiceStatusExpired, pepay.InvoiceStatusCanceled}

// Create makes an invoice. The payor pays it on the page at PaymentURL, or through a
// checkout of your own with SessionToken and Signature: see [Client.Payor]. These
// three are secrets; Reveal returns their values.
//
// Only AmountUSD is needed: from 0.01 to 1,000,000 dollars. An invoice can be paid
// for 12 hours, unless ExpiresIn says something else, at most 30 days in
// milliseconds. Metadata is a JSON object of at most 512 bytes, and there are at most
// 5 questions.
//
// An Idempotency-Key is sent with every request, so a call that failed is repeated
// without making a second invoice. [WithIdempotencyKey] sets it, to a version 4 UUID,
// for a call that goes on after a restart of the program.
//
// The documentation of this operation is complete, except the types of some fields.
//
// Errors: [ErrInvalidArgument] for an amount that is not set and for metadata that is
// not JSON; [ErrInvalidRequest] for a value that Pepay does not accept;
// [ErrConflict] when the idempotency key was used for another request.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/create-an-invoice.
func (s *InvoiceService) Create(ctx context.Context, r pepay.CreateInvoiceRequest, opts ...CallOption) (*pepay.CreatedInvoice, error) {
	return send(ctx, s.client, "createInvoice", input{body: r, err: checkNewInvoice(r)}, opts, createdInvoiceLacks)
}

func checkNewInvoice(r pepay.CreateInvoiceRequest) error {
	switch {
	case r.AmountUSD.IsZero():
		return invalid("CreateInvoiceRequest.AmountUSD", "is not set; pepay.ParseDecimal makes an amount from text")
	case r.Metadata != nil && !json.Valid(r.Metadata):
		return invalid("CreateInvoiceRequest.Metadata", "is not JSON")
	}
	return nil
}

func createdInvoiceLacks(created *pepay.CreatedInvoice) string {
	if created.InvoiceID == "" {
		return "invoice_id is missing"
	}
	return ""
}

// What InvoiceExpand.Expand can add to an invoice.
const (
	ExpandLatestPayment = "latest_payment"
	ExpandPayments      = "payments"
)

// InvoiceExpand says what invoices are to come with. The zero value adds nothing.
type InvoiceExpand struct {
	// Expand adds the latest payment (ExpandLatestPayment) or the payments
	// (ExpandPayments) to each invoice.
	Expand []string
	// PaymentsLimit is the largest number of payments of an invoice where Expand has
	// ExpandPayments, from 1 to 100. Zero leaves it to Pepay, whose default is 10.
	PaymentsLimit int
}

func (e InvoiceExpand) query() query { return e.addTo(query{}) }

func (e InvoiceExpand) addTo(q query) query {
	unknown := slices.ContainsFunc(e.Expand, func(v string) bool { return v != ExpandLatestPayment && v != ExpandPayments })
	return q.
		require(!unknown, "InvoiceExpand.Expand", "an element is neither latest_payment nor payments").
		list("expand", "InvoiceExpand.Expand", e.Expand).
		require(e.PaymentsLimit <= 100, "InvoiceExpand.PaymentsLimit", "must be at most 100").
		number("payments_limit", "InvoiceExpand.PaymentsLimit", e.PaymentsLimit)
}

// InvoiceParams says which invoices to list. The zero value lists all.
type InvoiceParams struct {
	// Limit is the size of a page, from 1 to 100. Zero leaves it to Pepay, whose
	// default is 10.
	Limit int
	// StartingAfter lists invoices that were created before the one with this id.
	StartingAfter string
	// EndingBefore lists invoices that were created after the one with this id. It
	// excludes StartingAfter.
	EndingBefore string
	// Statuses lists invoices in one of these statuses.
	Statuses []pepay.InvoiceStatus
	// Types lists invoices of these types, such as "standard". Keys of a Pepay product
	// see the types of that product only.
	Types []string
	// CustomerID lists invoices of the customer with this id of yours.
	CustomerID string
	// PayerWalletAddress lists invoices that have a payment from this wallet.
	PayerWalletAddress string
	// PayerWalletNetwork is the network of that wallet, such as "base". It needs
	// PayerWalletAddress.
	PayerWalletNetwork string
	// Environment lists invoices of one network environment.
	Environment pepay.NetworkEnvironment
	// CreatedFrom and CreatedTo bound the time of creation, both included. They are
	// sent in whole seconds.
	CreatedFrom, CreatedTo time.Time

	InvoiceExpand
}

func (p InvoiceParams) query() query {
	q := query{}.
		require(p.Limit <= 100, "InvoiceParams.Limit", "must be at most 100").
		require(p.StartingAfter == "" || p.EndingBefore == "", "InvoiceParams", "StartingAfter and EndingBefore exclude each other").
		require(p.PayerWalletNetwork == "" || p.PayerWalletAddress != "", "InvoiceParams.PayerWalletNetwork", "needs PayerWalletAddress").
		number("limit", "InvoiceParams.Limit", p.Limit).
		text("starting_after", p.StartingAfter).
		text("ending_before", p.EndingBefore).
		list("status", "InvoiceParams.Statuses", texts(p.Statuses)).
		list("invoice_type", "InvoiceParams.Types", p.Types).
		text("customer_id", p.CustomerID).
		text("payer_wallet_address", p.PayerWalletAddress).
		text("payer_wallet_network", p.PayerWalletNetwork).
		text("environment", string(p.Environment)).
		time("created_gte", p.CreatedFrom).
		time("created_lte", p.CreatedTo)
	return p.addTo(q)
}

// List returns a page of invoices, newest first. HasMore says whether there are more;
// [InvoiceService.All] goes through all of them.
//
// The documentation of this operation is complete. That times are sent as epoch
// seconds follows the newer pages; an older one has RFC 3339.
//
// Errors: [ErrInvalidArgument] for a limit beyond 100, for both cursors at once, and
// for a wallet's network without its address; [ErrInvalidRequest] for a cursor or a
// filter that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-list.
func (s *InvoiceService) List(ctx context.Context, p InvoiceParams, opts ...CallOption) (*pepay.InvoiceList, error) {
	return send(ctx, s.client, "listInvoices", input{query: p.query()}, opts, invoiceListLacks)
}

func invoiceListLacks(list *pepay.InvoiceList) string {
	if list.Data == nil {
		return "data is missing"
	}
	return ""
}

// All goes through invoices from the newest to the oldest, asking for a page when it
// is needed. An error is the last thing it yields. EndingBefore is
// [ErrInvalidArgument], because pages lead to older invoices only. Changing p
// afterwards has no effect. Other errors are those of [InvoiceService.List].
//
// See https://docs-alpha.pepay.io/api-spec/pagination.
func (s *InvoiceService) All(ctx context.Context, p InvoiceParams, opts ...CallOption) iter.Seq2[*pepay.Invoice, error] {
	if p.EndingBefore != "" {
		return failed[pepay.Invoice](invalid("InvoiceParams.EndingBefore", "All goes to older invoices; use List for those after an invoice"))
	}
	p.Statuses, p.Types, p.Expand = slices.Clone(p.Statuses), slices.Clone(p.Types), slices.Clone(p.Expand)
	return all("listInvoices", p.StartingAfter, func(after string) (*pepay.InvoiceList, error) {
		page := p
		page.StartingAfter = after
		return s.List(ctx, page, opts...)
	}, openInvoices)
}

func openInvoices(list *pepay.InvoiceList) (items []pepay.Invoice, last string, more bool) {
	if n := len(list.Data); n > 0 {
		last = list.Data[n-1].ID
	}
	return list.Data, last, list.HasMore
}

// Get returns one invoice, with its payments if p asks for them.
//
// The documentation of this operation is complete, except the fields of payments.
//
// Errors: [ErrInvalidArgument] for an empty id and for an Expand that is not
// documented; [ErrNotFound] for an invoice that the key does not see: check the id
// and the environment.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/retrieve-invoice-details.
func (s *InvoiceService) Get(ctx context.Context, id string, p InvoiceExpand, opts ...CallOption) (*pepay.Invoice, error) {
	return send(ctx, s.client, "getInvoice", input{path: []string{id}, query: p.query()}, opts, invoiceLacks)
}

func invoiceLacks(invoice *pepay.Invoice) string {
	if invoice.ID == "" {
		return "id is missing"
	}
	return ""
}

// Status returns an invoice and its latest payment with its settlement: what is
// needed to follow an invoice. LatestPayment is zero while there is no payment. The
// status of the invoice is what counts; that of the settlement says whether the money
// is at the merchant's.
//
// The documentation shows an example of this answer and no list of the payment's
// fields.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for an invoice that the
// key does not see.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-status.
func (s *InvoiceService) Status(ctx context.Context, id string, opts ...CallOption) (*pepay.InvoiceStatusReport, error) {
	return send(ctx, s.client, "getInvoiceStatus", input{path: []string{id}}, opts, invoiceReportLacks)
}

func invoiceReportLacks(report *pepay.InvoiceStatusReport) string {
	if report.Invoice.Status == "" {
		return "invoice.status is missing"
	}
	return ""
}

// WaitForStatus asks for the status of an invoice until it is one of statuses, or
// until it is final (paid, expired or canceled) where there are none. The context
// bounds the wait; [Wait] says how often it asks and what ends it.
//
// It returns the last report that it saw, also with an error: the context's, or
// [ErrWontHappen] when the invoice came to a final status that was not waited for.
// Errors of [InvoiceService.Status] end it as well, except 429 and 503.
//
// A merchant with many open invoices follows them with package stream or with
// webhooks instead.
//
// See https://docs-alpha.pepay.io/sdk/merchants/invoices.
func (s *InvoiceService) WaitForStatus(ctx context.Context, id string, w Wait, statuses []pepay.InvoiceStatus, opts ...CallOption) (*pepay.InvoiceStatusReport, error) {
	return waitFor(ctx, w, func(ctx context.Context) (*pepay.InvoiceStatusReport, error) {
		return s.Status(ctx, id, opts...)
	}, func(r *pepay.InvoiceStatusReport) pepay.InvoiceStatus { return r.Invoice.Status }, statuses, finalInvoiceStatuses)
}

// InvoiceTotalsParams says which invoices to sum up. The zero value sums up all.
type InvoiceTotalsParams struct {
	// Statuses sums up invoices in one of these statuses.
	Statuses []pepay.InvoiceStatus
	// Types sums up invoices of these types, such as "standard".
	Types []string
	// CustomerID sums up invoices of the customer with this id of yours.
	CustomerID string
	// Environment sums up invoices of one network environment.
	Environment pepay.NetworkEnvironment
	// CreatedFrom and CreatedTo bound the time of creation, both included. They are
	// sent in whole seconds.
	CreatedFrom, CreatedTo time.Time
}

func (p InvoiceTotalsParams) query() query {
	return query{}.
		list("status", "InvoiceTotalsParams.Statuses", texts(p.Statuses)).
		list("invoice_type", "InvoiceTotalsParams.Types", p.Types).
		text("customer_id", p.CustomerID).
		text("environment", string(p.Environment)).
		time("created_gte", p.CreatedFrom).
		time("created_lte", p.CreatedTo)
}

// Totals returns the number of invoices and the sum of their amounts, in all and by
// status. Amounts are in the unit that AmountUnit names; AmountDecimal has dollars.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidRequest] for a filter that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/get-invoice-totals.
func (s *InvoiceService) Totals(ctx context.Context, p InvoiceTotalsParams, opts ...CallOption) (*pepay.InvoiceTotals, error) {
	return send(ctx, s.client, "getInvoiceTotals", input{query: p.query()}, opts, invoiceTotalsLack)
}

func invoiceTotalsLack(totals *pepay.InvoiceTotals) string {
	if totals.Totals == (pepay.InvoiceTotalsByStatus{}) && totals.Object == "" {
		return "totals is missing"
	}
	return ""
}

// ListByCustomer returns a page of the invoices of a customer, newest first, by the
// id that you gave the customer. CustomerID, PayerWalletAddress and
// PayerWalletNetwork of p are [ErrInvalidArgument], because the documentation does
// not have them here; [InvoiceService.All] with a CustomerID goes through all pages.
//
// The documentation lists the parameters and leaves the fields of the answer to
// [InvoiceService.List].
//
// Errors: those of [InvoiceService.List], and [ErrInvalidArgument] for an empty id.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/list-invoices-by-customer-id.
func (s *InvoiceService) ListByCustomer(ctx context.Context, customerID string, p InvoiceParams, opts ...CallOption) (*pepay.InvoiceList, error) {
	return send(ctx, s.client, "listCustomerInvoices", input{path: []string{customerID}, query: p.ofCustomer()}, opts, invoiceListLacks)
}

// ofCustomer is the query without what names a payor another way.
func (p InvoiceParams) ofCustomer() query {
	return p.query().
		require(p.CustomerID == "", "InvoiceParams.CustomerID", "is the argument of ListByCustomer").
		require(p.PayerWalletAddress == "", "InvoiceParams.PayerWalletAddress", "is not documented for ListByCustomer; use List")
}
