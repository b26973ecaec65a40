package pepaytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// invoiceFilter is which invoices are asked for. What is empty does not narrow it.
type invoiceFilter struct {
	statuses, types        []string
	customerID             *string
	walletAddress          *string
	walletNetwork          *server.Network
	environment            *server.NetworkEnvironment
	createdFrom, createdTo *int64
}

// check refuses what can match nothing.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-list
func (f *invoiceFilter) check() *problem {
	for _, status := range f.statuses {
		if !slices.Contains(invoiceStatuses(), server.InvoiceStatus(status)) {
			return invalidRequest(fmt.Sprintf("status has %q; there are unpaid, underpaid, paid, expired and canceled", status))
		}
	}
	if f.walletNetwork != nil && f.walletAddress == nil {
		return invalidRequest("payer_wallet_network requires payer_wallet_address")
	}
	return nil
}

func (f *invoiceFilter) matches(inv *invoice) bool {
	switch {
	case len(f.statuses) > 0 && !slices.Contains(f.statuses, string(inv.Status)),
		len(f.types) > 0 && !slices.Contains(f.types, inv.Type),
		f.customerID != nil && *f.customerID != inv.CustomerID,
		f.environment != nil && string(*f.environment) != inv.Environment,
		f.createdFrom != nil && inv.CreatedAt < *f.createdFrom,
		f.createdTo != nil && inv.CreatedAt > *f.createdTo:
		return false
	}
	return f.walletAddress == nil || slices.ContainsFunc(inv.Payments, f.paid)
}

// paid says whether a payment came from the wallet. The addresses of Ethereum and its
// relatives are the same in upper and lower case.
func (f *invoiceFilter) paid(p *payment) bool {
	if f.walletNetwork != nil && string(*f.walletNetwork) != p.Network {
		return false
	}
	return p.WalletAddress == *f.walletAddress || strings.HasPrefix(p.WalletAddress, "0x") && strings.EqualFold(p.WalletAddress, *f.walletAddress)
}

func invoiceStatuses() []server.InvoiceStatus {
	return []server.InvoiceStatus{
		server.InvoiceStatusUnpaid, server.InvoiceStatusUnderpaid, server.InvoiceStatusPaid, server.InvoiceStatusExpired, server.InvoiceStatusCanceled,
	}
}
