package pepaytest

import (
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// Payment is what a payor pays with [Server.Pay]. The zero Payment pays exactly what
// remains.
type Payment struct {
	// Millis is the amount in thousandths of a dollar: 49990 are 49.99 dollars. Less than
	// what remains leaves the invoice underpaid, more is accepted. Zero is what remains.
	Millis int64
	// TokenID is the token in which it is paid: one of the invoice's environment. Zero is
	// the token for which the payor has an address, or else dollars on base.
	TokenID int64
	// WalletAddress is the wallet from which it is paid. Empty is a made-up one.
	WalletAddress string
}

const (
	// A billion dollars, so that no sum overflows.
	maxPaymentMillis = 1_000_000_000_000
	// So that a simulator that runs for weeks stays small.
	maxPayments = 1000
)

// mayPay says why an invoice cannot be paid like this now, or nil. The token is the one
// that is paid in.
func (t *tx) mayPay(inv *invoice, p Payment) (*token, error) {
	switch {
	case !inv.open():
		return nil, errors.New("the invoice is " + string(inv.Status))
	case p.Millis < 0 || p.Millis > maxPaymentMillis:
		return nil, fmt.Errorf("Millis %d is not from 0 to %d", p.Millis, int64(maxPaymentMillis))
	case len(inv.Payments) >= maxPayments:
		return nil, fmt.Errorf("the invoice has %d payments already", maxPayments)
	}
	id := p.TokenID
	if id == 0 {
		id = defaultSettlementToken(inv.Environment).id
		if inv.Address != nil {
			id = inv.Address.TokenID
		}
	}
	return t.payableToken(inv, id)
}

// payableToken is the token with this id, if the invoice can be paid in it: its merchant
// accepts it, it is one of the environment, and the locked one of an underpaid invoice.
func (t *tx) payableToken(inv *invoice, id int64) (*token, error) {
	tok, lock := tokenByID(id), inv.lock()
	switch {
	case tok == nil || tok.inactive:
		return nil, fmt.Errorf("token %d is not supported", id)
	case string(tok.environment) != inv.Environment:
		return nil, fmt.Errorf("token %d is a token of %s, and the invoice is one of %s", id, tok.environment, inv.Environment)
	case lock != nil && id != lock.TokenID:
		return nil, fmt.Errorf("token %d is not token %d on %s, to which a partial payment has locked the invoice", id, lock.TokenID, lock.Network)
	case lock == nil && !t.accepts(inv.MerchantID, id):
		return nil, fmt.Errorf("token %d is not accepted by the merchant", id)
	}
	return tok, nil
}

// pay makes a payment arrive and be confirmed.
func (t *tx) pay(inv *invoice, p Payment) error {
	tok, err := t.mayPay(inv, p)
	if err != nil {
		return err
	}
	if p.Millis == 0 {
		p.Millis = inv.remaining()
	}
	if p.WalletAddress == "" {
		p.WalletAddress = madeUpAddress(tok.network, t.digest("wallet"))
	}
	if inv.Address == nil || inv.Address.TokenID != tok.id {
		t.allocate(inv, tok) // they must have paid somewhere
	}
	t.changeInvoice(inv, func() {
		received := &payment{Millis: p.Millis, TokenID: tok.id, Network: tok.network, WalletAddress: p.WalletAddress, TxHash: madeUpHash(tok.network, t.digest("transaction"))}
		t.newPayment(inv, received)
		inv.Paid += p.Millis
		inv.Status, inv.PaidAt = server.InvoiceStatusPaid, t.now.Unix()
		status := server.InvoicePaymentStatusConfirmed
		if inv.remaining() > 0 {
			inv.Status, inv.PaidAt = server.InvoiceStatusUnderpaid, 0
			status = server.InvoicePaymentStatusUnderpaid
		}
		t.changePayment(received, func() { received.Status = status })
	})
	if inv.open() {
		t.emitQuote(inv)
	}
	return nil
}

// settlementNetwork is where the merchant gets the money.
func (t *tx) settlementNetwork(inv *invoice) string {
	return t.account(inv.MerchantID).settlementToken(server.NetworkEnvironment(inv.Environment)).network
}

// maySettle says why an invoice cannot be settled now, or nil. A settlement that failed
// can be tried again.
func (t *tx) maySettle(inv *invoice) error {
	switch {
	case inv.Status != server.InvoiceStatusPaid:
		return fmt.Errorf("the invoice is %s; only a paid one is settled", inv.Status)
	case !inv.hasSettlement(server.SettlementStatusPending, server.SettlementStatusFailed):
		return errors.New("the invoice is settled already")
	}
	return nil
}

// settle brings all payments of an invoice to the merchant.
func (t *tx) settle(inv *invoice) error {
	if err := t.maySettle(inv); err != nil {
		return err
	}
	for _, p := range inv.Payments {
		t.changePayment(p, func() {
			if p.Settlement.Status != server.SettlementStatusSettled {
				p.Settlement.Status = server.SettlementStatusSettled
				p.Settlement.TxHash = madeUpHash(p.Settlement.Network, t.digest("settlement"))
			}
		})
	}
	t.orderFollows(inv)
	return nil
}

// mayFailSettlement says why the settlement of an invoice cannot fail now, or nil.
func (t *tx) mayFailSettlement(inv *invoice) error {
	switch {
	case inv.Status != server.InvoiceStatusPaid:
		return fmt.Errorf("the invoice is %s; only a paid one is settled", inv.Status)
	case inv.hasSettlement(server.SettlementStatusPending):
		return nil
	case inv.hasSettlement(server.SettlementStatusFailed):
		return errors.New("the settlement has failed already")
	}
	return errors.New("the invoice is settled already")
}

// failSettlement makes the settlement of all payments that wait for it fail.
func (t *tx) failSettlement(inv *invoice) error {
	if err := t.mayFailSettlement(inv); err != nil {
		return err
	}
	for _, p := range inv.Payments {
		t.changePayment(p, func() {
			if p.Settlement.Status == server.SettlementStatusPending {
				p.Settlement.Status = server.SettlementStatusFailed
			}
		})
	}
	t.orderFollows(inv)
	return nil
}

// hasSettlement says whether a payment's settlement has one of the statuses.
func (i *invoice) hasSettlement(statuses ...server.SettlementStatus) bool {
	for _, p := range i.Payments {
		for _, status := range statuses {
			if p.Settlement.Status == status {
				return true
			}
		}
	}
	return false
}

// mayExpire says why an invoice cannot expire now, or nil.
func (t *tx) mayExpire(inv *invoice) error {
	if !inv.open() {
		return errors.New("the invoice is " + string(inv.Status))
	}
	return nil
}

// expireEarly ends an invoice before its time, which becomes now.
func (t *tx) expireEarly(inv *invoice) error {
	if err := t.mayExpire(inv); err != nil {
		return err
	}
	t.changeInvoice(inv, func() {
		inv.ExpiresAt = min(inv.ExpiresAt, t.now.Unix())
		inv.Status = server.InvoiceStatusExpired
	})
	return nil
}
