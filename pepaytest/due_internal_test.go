package pepaytest

import (
	"testing"
	"time"
)

// What is due, and the sessions of payors, do not outgrow the invoices that are kept.
func TestDueIsBounded(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	const kept = 10
	s.state.Invoices = newStore[*invoice](kept)
	s.change(nil, func(t *tx) {
		for range 2*minDue + 1 {
			t.newInvoice(&invoice{MerchantID: defaultMerchantID}, time.Hour)
		}
	})
	if due, sessions := len(s.state.due), len(s.state.sessions); due > minDue || sessions > minDue {
		t.Errorf("%d due and %d sessions with %d invoices", due, sessions, kept)
	}
	before := len(s.Events())
	s.Advance(2 * time.Hour)
	if got := len(s.Events()) - before; got != kept {
		t.Errorf("%d invoices expired, want the %d that are kept", got, kept)
	}
}
