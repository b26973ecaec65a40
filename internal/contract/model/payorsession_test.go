package model_test

import (
	"net/http"

	"pgregory.net/rapid"
)

// Session compares what the payor is shown.
func (m *machine) Session(t *rapid.T) {
	inv := m.any(t)
	payor := credential{"X-Session-Token": inv.session, "X-Signature": inv.signature}
	got := read[struct {
		ID        string `json:"invoice_id"`
		Status    string `json:"invoice_status"`
		Remaining int64  `json:"remaining_seconds"`
		Locked    *int64 `json:"locked_token_id"`
	}](t, m.ask(t, payor, http.MethodGet, "/api/v1/payments/session-details", nil).want(t, http.StatusOK))
	if got.ID != inv.id || got.Status != inv.status || got.Remaining != max(0, inv.expires-m.now) {
		t.Fatalf("the payor of %v sees %+v", inv, got)
	}
	if locked := inv.status == "underpaid"; (got.Locked != nil) != locked || locked && *got.Locked != inv.token {
		t.Fatalf("the payor of %v, locked to %d, sees %+v", inv, inv.token, got)
	}
	status := read[struct {
		Status string `json:"status"`
	}](t, m.ask(t, payor, http.MethodGet, "/api/v1/payments/payment-status", nil).want(t, http.StatusOK))
	if status.Status != inv.status {
		t.Fatalf("the payor of %v sees %s", inv, status.Status)
	}
}

// AvailableTokens has the locked token alone for an underpaid invoice.
func (m *machine) AvailableTokens(t *rapid.T) {
	inv := m.any(t)
	payor := credential{"X-Session-Token": inv.session, "X-Signature": inv.signature}
	got := read[[]struct{ ID int64 }](t, m.ask(t, payor, http.MethodGet, "/api/v1/payments/available-tokens", nil).want(t, http.StatusOK))
	if locked := inv.status == "underpaid"; locked != (len(got) == 1) {
		t.Fatalf("the payor of %v sees %d tokens", inv, len(got))
	}
}

// AllocateAddress asks for an address in a token; a locked invoice takes its own alone.
func (m *machine) AllocateAddress(t *rapid.T) {
	inv := m.any(t)
	token := rapid.SampledFrom(tokens()).Draw(t, "token")
	network := rapid.SampledFrom([]string{"solana", "base"}).Draw(t, "network")
	payor := credential{"X-Session-Token": inv.session, "X-Signature": inv.signature}
	a := m.ask(t, payor, http.MethodPost, "/api/v1/payments/payment-addresses", map[string]any{"network": network, "tokenId": token})
	allowed := inv.open() && (inv.status != "underpaid" || inv.token == token) && network == networkOf(token)
	if allowed != (a.status == http.StatusOK) {
		t.Fatalf("%v, token %d: %v", inv, token, a)
	}
	if allowed {
		inv.token = token
		got := read[struct {
			Token string `json:"estimated_token_amount"`
			Until int64  `json:"quote_valid_until"`
			ID    int64  `json:"supported_token_id"`
		}](t, a)
		if got.ID != token || got.Until != m.now+5*60 || got.Token == "" {
			t.Fatalf("%v: %s", inv, a.body)
		}
	}
}
