package pepaytest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// How often a manual verification looks for a payment, and for how long. Pepay documents
// neither, and no status but pending: completed and failed are assumed.
const (
	verifyInterval = 30 * time.Second
	verifyAttempts = 10
)

// verification is a job that looks for the payment of an invoice. What has become of it
// follows from the invoice and from the time.
type verification struct {
	ID        string `json:"id"`
	Network   string `json:"network"`
	CreatedAt int64  `json:"created_at"` // epoch seconds
}

// snapshot is the job as it is at a time, in epoch seconds.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/trigger-async-manual-verification-for-an-invoice
func (v *verification) snapshot(inv *invoice, now int64) server.ManualVerification {
	const interval = int64(verifyInterval / time.Second)
	attempts, status := min(max(now-v.CreatedAt, 0)/interval, verifyAttempts), "pending"
	updated := v.CreatedAt + attempts*interval
	s := server.ManualVerification{
		Object: ptr("invoice_manual_verification"), ID: v.ID, InvoiceID: &inv.ID, Network: &v.Network,
		MaxAttempts: ptr[int64](verifyAttempts), CreatedAt: rawNumber(v.CreatedAt),
	}
	switch {
	case inv.Status == server.InvoiceStatusPaid:
		status, updated = "completed", max(inv.PaidAt, v.CreatedAt)
		attempts = min((updated-v.CreatedAt)/interval+1, verifyAttempts)
		s.CompletedAt, s.Result = rawNumber(updated), ptr(json.RawMessage(`{"invoice_status":"paid"}`))
	case attempts == verifyAttempts:
		status = "failed"
		s.CompletedAt, s.Error = rawNumber(updated), ptr(json.RawMessage(`{"code":"PAYMENT_NOT_FOUND","message":"No payment was found"}`))
	default:
		s.NextAttemptAt = rawNumber(updated + interval)
	}
	s.JobStatus, s.Status, s.AttemptCount, s.UpdatedAt = &status, &status, &attempts, rawNumber(updated)
	return s
}

func (v *verification) pending(inv *invoice, now int64) bool {
	return *v.snapshot(inv, now).Status == "pending"
}

func rawNumber(n int64) *json.RawMessage { return ptr(json.RawMessage(number(n))) }

// VerifyInvoice simulates POST /api/v1/invoice/{invoiceId}/verify. A job that is still
// looking is answered again.
//
// See https://docs-alpha.pepay.io/api-reference/invoices/trigger-async-manual-verification-for-an-invoice
func (h handlers) VerifyInvoice(w http.ResponseWriter, r *http.Request, invoiceID string) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		if invoiceID != inv.ID {
			return nil, forbidden("The session does not belong to the invoice")
		}
		if inv.Address == nil {
			return nil, invalidRequest("The invoice has no active network: allocate a payment address first")
		}
		if asked := bodyOf[server.VerifyInvoiceRequest](t).Network; asked != nil && string(*asked) != inv.Address.Network {
			return nil, invalidRequest("network does not match the invoice's active network, which is " + inv.Address.Network)
		}
		now := t.now.Unix()
		if inv.Verification == nil || !inv.Verification.pending(inv, now) {
			inv.Verification = &verification{ID: t.newID("verification"), Network: inv.Address.Network, CreatedAt: now}
		}
		return data(inv.Verification.snapshot(inv, now)), nil
	})
}

// GetInvoiceVerification simulates GET /api/v1/invoice/{invoiceId}/verify. No page shows
// its answer: it is taken to be that of the request that begins the job.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/invoices
func (h handlers) GetInvoiceVerification(w http.ResponseWriter, r *http.Request, invoiceID string) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		switch {
		case invoiceID != inv.ID:
			return nil, forbidden("The session does not belong to the invoice")
		case inv.Verification == nil:
			return nil, noSuch("verification")
		}
		return data(inv.Verification.snapshot(inv, t.now.Unix())), nil
	})
}
