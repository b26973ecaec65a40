package pepaytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// invoice is an invoice with its payment session and its payments. Amounts are
// usd_millis, times are epoch seconds, and 0 is none.
type invoice struct {
	ID          string               `json:"id"`
	MerchantID  int64                `json:"merchant_id"`
	Environment string               `json:"environment"`
	Type        string               `json:"type"`
	Status      server.InvoiceStatus `json:"status"`
	Amount      int64                `json:"amount"`
	Paid        int64                `json:"paid"`
	CreatedAt   int64                `json:"created_at"`
	ExpiresAt   int64                `json:"expires_at"`
	PaidAt      int64                `json:"paid_at,omitempty"`
	OrderID     string               `json:"order_id,omitempty"`

	// What the merchant said about it.
	CustomerID  string          `json:"customer_id,omitempty"`
	Description string          `json:"description,omitempty"`
	Title       string          `json:"title,omitempty"`
	Footer      string          `json:"footer,omitempty"`
	ReturnURL   string          `json:"return_url,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`

	CustomerEmail string                    `json:"customer_email,omitempty"` // or what the payor said
	Questions     json.RawMessage           `json:"questions,omitempty"`
	Answers       []server.QuestionResponse `json:"answers,omitempty"` // to the questions

	Session  session     `json:"session"`
	Payments []*payment  `json:"payments,omitempty"` // the oldest first
	Address  *allocation `json:"address,omitempty"`  // where it is to be paid; an underpaid invoice is locked to its token

	Verification *verification `json:"verification,omitempty"` // the last one
}

// The documented types of invoices.
const (
	invoiceStandard   = "standard"
	invoiceOfCommerce = "commerce"
)

func (i *invoice) key() string { return i.ID }

// open says whether the invoice can still be paid.
func (i *invoice) open() bool {
	return i.Status == server.InvoiceStatusUnpaid || i.Status == server.InvoiceStatusUnderpaid
}

// remaining is what is left to pay, at least 0.
func (i *invoice) remaining() int64 { return max(i.Amount-i.Paid, 0) }

// snapshot is the invoice as the REST API, streams and webhooks show it.
func (i *invoice) snapshot() server.Invoice {
	s := server.Invoice{
		Object: ptr("invoice"), ID: ptr(i.ID), MerchantID: ptr(i.MerchantID), Status: ptr(i.Status),
		InvoiceType: ptr(i.Type), Currency: ptr("usd"), AmountUnit: ptr("usd_millis"),
		Amount: ptr(i.Amount), AmountDecimal: ptr(decimalText(i.Amount)),
		AmountPaid: ptr(i.Paid), AmountPaidDecimal: ptr(decimalText(i.Paid)),
		AmountRemaining: ptr(i.remaining()), AmountRemainingDecimal: ptr(decimalText(i.remaining())),
		CustomerID: nonEmpty(i.CustomerID), CommerceOrderID: nonEmpty(i.OrderID),
		Environment: ptr(server.NetworkEnvironment(i.Environment)),
		CreatedAt:   ptr(i.CreatedAt), ExpiresAt: ptr(i.ExpiresAt), PaidAt: nonZero(i.PaidAt),
		Metadata: ptr(orEmptyObject(i.Metadata)),
	}
	if last := i.latestPayment(); last != nil {
		s.LastPaymentAt = ptr(last.CreatedAt)
		s.PayerWalletAddress, s.PayerWalletNetwork = nonEmpty(last.WalletAddress), nonEmpty(last.Network)
	}
	return s
}

func (i *invoice) latestPayment() *payment {
	if len(i.Payments) == 0 {
		return nil
	}
	return i.Payments[len(i.Payments)-1]
}

func nonZero(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func orEmptyObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// session are the credentials of an invoice's payor.
type session struct {
	Token     string `json:"token"`
	Signature string `json:"signature"`
}

// newSession has a signature of the documented form, hash.timestamp_ms.
//
// See https://docs-alpha.pepay.io/api-spec/authentication
func (t *tx) newSession() session {
	random := t.digest("session")
	token := "pst_" + hex.EncodeToString(random[:16])
	key := signingKey()
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(token))
	return session{Token: token, Signature: hex.EncodeToString(mac.Sum(nil)) + "." + strconv.FormatInt(t.now.UnixMilli(), 10)}
}

// paymentURL is where the hosted checkout would be.
func (s *Server) paymentURL(p session) string {
	return s.url + "/pay?" + url.Values{"session": {p.Token}, "signature": {p.Signature}}.Encode()
}

func (s session) headers() *server.PaymentSessionHeaders {
	return &server.PaymentSessionHeaders{SessionToken: &s.Token, Signature: &s.Signature}
}

// The life of an invoice that names none.
const defaultInvoiceLife = 12 * time.Hour

// newInvoice completes an invoice, remembers it and says so.
func (t *tx) newInvoice(inv *invoice, life time.Duration) *invoice {
	inv.ID, inv.Status = t.newID("invoice"), server.InvoiceStatusUnpaid
	inv.CreatedAt = t.now.Unix()
	// Counted from the second of the creation: Advance by the life of an invoice ends it.
	inv.ExpiresAt = inv.CreatedAt + int64((life+time.Second-1)/time.Second)
	inv.Session = t.newSession()
	t.Invoices.add(inv)
	t.indexInvoice(inv)
	t.emit(pepay.EventInvoiceCreated, inv.snapshot(), nil)
	return inv
}

// indexInvoice lets the payor find an invoice and time end it.
func (t *tx) indexInvoice(inv *invoice) {
	t.sessions[inv.Session.Token] = inv.ID
	if !inv.open() {
		return
	}
	t.at(inv.ExpiresAt, func(t *tx) {
		if inv.open() && t.Invoices.get(inv.ID) == inv {
			t.expire(inv)
		}
	})
}

// changeInvoice makes a change of an invoice and emits it. A change that shows nowhere
// emits nothing.
func (t *tx) changeInvoice(inv *invoice, change func()) {
	before := inv.snapshot()
	change()
	after := inv.snapshot()
	if previous := changed(before, after); len(previous) > 0 {
		t.emit(pepay.EventInvoiceUpdated, after, previous)
	}
	t.orderFollows(inv)
}

// expire ends an invoice that was not paid in time.
func (t *tx) expire(inv *invoice) {
	t.changeInvoice(inv, func() { inv.Status = server.InvoiceStatusExpired })
}
