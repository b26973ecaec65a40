package wrapper

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/pepaylabs/pepay-go"
)

// PayorSession is the payor's side of one invoice: what a checkout page needs. Make
// one with [Client.Payor]. It is safe for concurrent use, and no verb prints its
// credentials.
//
// The usual way: Details, AvailableTokens, AllocateAddress, then show the address
// and the amount, and wait for the payment with WaitForStatus or with package
// stream's Payment.
//
// Errors of all methods: [ErrInvalidArgument] for a token or signature that cannot be
// sent, [ErrUnauthorized] for one that is wrong, [ErrForbidden] when the two do not
// belong together, [ErrNotFound] for a session that has ended, [ErrRateLimited].
//
// See https://docs-alpha.pepay.io/api-spec/payors/overview.
type PayorSession struct {
	client *Client // has the two credentials of the session and no other
	err    error   // what is wrong with them
}

// Payor opens the payor's side of an invoice with the SessionToken and the Signature
// of its [pepay.CreatedInvoice]. Nothing is sent before the first call of a method; a
// token or signature that cannot be sent is [ErrInvalidArgument] then.
//
// The session shares the connections, limits and retries of the client and sends the
// two values and no key: a client for payors needs none. The values open the state of
// the invoice to whoever has them, so keep them in memory.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-sessions.
func (c *Client) Payor(token, signature pepay.Secret) *PayorSession {
	cfg := *c.cfg
	cfg.credentials = nil
	if err := cfg.apply([]Option{
		withCredential("Payor: token", "sessionToken", token.Reveal()),
		withCredential("Payor: signature", "sessionSignature", signature.Reveal()),
	}); err != nil {
		return &PayorSession{c, err}
	}
	session, err := newClient(&cfg)
	if err != nil { // of a middleware, which is made anew
		return &PayorSession{c, err}
	}
	return &PayorSession{session, nil}
}

// with is an input that fails where the session cannot be used.
func (s *PayorSession) with(in input) input {
	if s.err != nil {
		in.err = s.err
	}
	return in
}

// Details returns the invoice as its payor sees it. After a partial payment the
// invoice is underpaid and the rest must be paid with the same token on the same
// network: LockedNetwork, LockedTokenID and LockedPaymentAddress say where.
// RemainingTime is in milliseconds and RemainingSeconds in seconds.
//
// The documentation of this operation is complete. An overview page shows another
// form of the answer, which is decoded too: Environment stands in for
// NetworkEnvironment there.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/payment-session-details.
func (s *PayorSession) Details(ctx context.Context, opts ...CallOption) (*pepay.PaymentSession, error) {
	return send(ctx, s.client, "getPaymentSession", s.with(input{}), opts, paymentSessionLacks)
}

func paymentSessionLacks(session *pepay.PaymentSession) string {
	if session.InvoiceID == "" {
		return "invoice_id is missing"
	}
	return ""
}

// PayorTokenParams says which tokens to list. The zero value lists those whose rates
// Pepay computes in advance.
type PayorTokenParams struct {
	// Mode is "monitored" (the default), "all", which adds tokens that need a quote
	// first, or "network" for the tokens of one network.
	Mode string
	// Network is the network for the mode "network", in lower case, such as "base".
	Network string
	// AvailableOnly lists only tokens that can be used now: those that are AVAILABLE on
	// mainnet, and DEVNET on devnet.
	AvailableOnly bool
}

func (p PayorTokenParams) query() query {
	q := query{}.
		require(p.Mode != "network" || p.Network != "", "PayorTokenParams.Network", `is needed for the mode "network"`).
		text("mode", p.Mode).
		text("network", p.Network)
	if p.AvailableOnly {
		q = q.flag("available_only", &p.AvailableOnly)
	}
	return q
}

// AvailableTokens lists the tokens in which the invoice can be paid, with rates and
// costs. Once the invoice is underpaid it is only the token of the first payment. On
// devnet there are no rates.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for the mode "network" without a network.
//
// See https://docs-alpha.pepay.io/api-spec/payors/available-tokens.
func (s *PayorSession) AvailableTokens(ctx context.Context, p PayorTokenParams, opts ...CallOption) ([]pepay.PaymentToken, error) {
	return value(send[[]pepay.PaymentToken](ctx, s.client, "listAvailableTokens", s.with(input{query: p.query()}), opts, nil))
}

// AllocateAddress allocates the address to pay to, or replaces it, for a token of
// [PayorSession.AvailableTokens]. EstimatedTokenAmount is what to pay, in the token;
// the quote holds until QuoteValidUntil, 5 minutes. WSConnection.Token opens the
// stream of the payment: stream.Payment(client, address.WSConnection.Token, …).
//
// Look at QuoteStatus: without a quote the call succeeds all the same, StatusCode
// says why, and Retryable and RetryAfterSeconds say whether and when to allocate again.
// Pepay answers [ErrInvalidRequest] in some such cases.
//
// The call is not repeated after a failure, except 429 and 503, because it replaces the
// address.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidRequest] for a token that cannot be selected.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-addresses.
func (s *PayorSession) AllocateAddress(ctx context.Context, r pepay.AllocateAddressRequest, opts ...CallOption) (*pepay.PaymentAddress, error) {
	return send(ctx, s.client, "allocatePaymentAddress", s.with(input{body: r}), opts, paymentAddressLacks)
}

// paymentAddressLacks wants an address where there is a quote. Older answers do not
// say whether there is one.
func paymentAddressLacks(address *pepay.PaymentAddress) string {
	quoted := address.QuoteStatus == "" || address.QuoteStatus == pepay.QuoteStatusAvailable
	if quoted && address.TempAddress == "" {
		return "temp_address is missing"
	}
	return ""
}

// Status returns whether the invoice is paid, and since when.
//
// The documentation of this operation is complete. It does not have the status
// canceled.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/check-payment-status.
func (s *PayorSession) Status(ctx context.Context, opts ...CallOption) (*pepay.PaymentStatus, error) {
	return send(ctx, s.client, "getPaymentStatus", s.with(input{}), opts, paymentStatusLacks)
}

func paymentStatusLacks(status *pepay.PaymentStatus) string {
	if status.Status == "" {
		return "status is missing"
	}
	return ""
}

// finalPaymentStatuses has both spellings: a page about payors has cancelled.
var finalPaymentStatuses = append(finalInvoiceStatuses[:len(finalInvoiceStatuses):len(finalInvoiceStatuses)], "cancelled")

// WaitForStatus asks for the status of the payment until it is one of statuses, or
// until it is final (paid, expired or canceled) where there are none. The context
// bounds the wait; [Wait] says how often it asks and what ends it.
//
// It returns the last status that it saw, also with an error: the context's, or
// [ErrWontHappen] when the invoice came to a final status that was not waited for.
//
// See https://docs-alpha.pepay.io/api-spec/payors/overview.
func (s *PayorSession) WaitForStatus(ctx context.Context, w Wait, statuses []pepay.InvoiceStatus, opts ...CallOption) (*pepay.PaymentStatus, error) {
	return waitFor(ctx, w, func(ctx context.Context) (*pepay.PaymentStatus, error) {
		return s.Status(ctx, opts...)
	}, func(p *pepay.PaymentStatus) pepay.InvoiceStatus { return p.Status }, statuses, finalPaymentStatuses)
}

// SetEmail stores the e-mail address of the customer, which Pepay checks and
// normalizes.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an empty address, [ErrInvalidRequest] for one that
// Pepay does not accept and for an
// invoice that is paid, [ErrGone] for one that has expired.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/store-customer-email.
func (s *PayorSession) SetEmail(ctx context.Context, email string, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "setCustomerEmail", s.with(input{body: pepay.SetCustomerEmailRequest{Email: email}, err: query{}.needs("email", email).err}), opts)
}

// Email returns the e-mail address of the customer, "" if there is none.
//
// The documentation of this operation is complete.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/retrieve-customer-email.
func (s *PayorSession) Email(ctx context.Context, opts ...CallOption) (string, error) {
	email, err := value(send[pepay.CustomerEmail](ctx, s.client, "getCustomerEmail", s.with(input{}), opts, nil))
	return email.Email, err
}

// Questions returns what the merchant asks the payor of the invoice. Questions is
// empty where HasQuestions is false.
//
// The documentation of this operation is complete, except the kinds of questions.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/get-invoice-questions.
func (s *PayorSession) Questions(ctx context.Context, opts ...CallOption) (*pepay.InvoiceQuestions, error) {
	return send[pepay.InvoiceQuestions](ctx, s.client, "getInvoiceQuestions", s.with(input{}), opts, nil)
}

// Submit sends the answers to the questions of the invoice, from 1 to 5.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for no answer or more than 5, [ErrInvalidRequest] when
// one to a required question is missing or does not fit.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/submit-form-responses.
func (s *PayorSession) Submit(ctx context.Context, answers []pepay.QuestionResponse, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "submitInvoiceForm", s.with(formInput(answers)), opts)
}

func formInput(answers []pepay.QuestionResponse) input {
	if n := len(answers); n < 1 || n > 5 {
		return input{err: invalid("answers", fmt.Sprintf("there are %d; from 1 to 5 can be sent", n))}
	}
	return input{body: pepay.InvoiceFormRequest{Responses: answers}}
}

// Verify asks Pepay to look for the payment of the invoice once more, in a job that
// runs on its side: for a payor who paid and whose invoice is still unpaid. The network
// of r may be left out, else it must be the one that the invoice is paid on; base,
// solana and bsc are documented.
//
// The documentation shows an example of this answer with placeholders: "pending" is
// the only status in it.
//
// Errors: [ErrInvalidArgument] for an empty id.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/trigger-async-manual-verification-for-an-invoice.
func (s *PayorSession) Verify(ctx context.Context, invoiceID string, r pepay.VerifyInvoiceRequest, opts ...CallOption) (*pepay.ManualVerification, error) {
	return send(ctx, s.client, "verifyInvoice", s.with(input{path: []string{invoiceID}, body: r}), opts, verificationLacks)
}

func verificationLacks(job *pepay.ManualVerification) string {
	if job.ID == "" {
		return "id is missing"
	}
	return ""
}

// Verification returns the job that [PayorSession.Verify] began.
//
// The documentation names this operation and says nothing else: that its answer is
// the job is inferred.
//
// Errors: [ErrInvalidArgument] for an empty id.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/invoices.
func (s *PayorSession) Verification(ctx context.Context, invoiceID string, opts ...CallOption) (*pepay.ManualVerification, error) {
	return send(ctx, s.client, "getInvoiceVerification", s.with(input{path: []string{invoiceID}}), opts, verificationLacks)
}

// String names the address of the session and nothing else.
func (s PayorSession) String() string {
	if s.client == nil {
		return "wrapper.PayorSession{}"
	}
	return "wrapper.PayorSession{" + s.client.cfg.baseURL.Redacted() + "}"
}

// Format writes [PayorSession.String], whatever the verb: no verb prints a credential.
func (s PayorSession) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is [PayorSession.String].
func (s PayorSession) LogValue() slog.Value { return slog.StringValue(s.String()) }
