package pepaytest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The checks of entities that were read from a state file find what would make the server
// panic later, in the middle of a request. They are no check of the business rules.

func (i *invoice) check() error {
	if !slices.Contains(invoiceStatuses(), i.Status) {
		return fmt.Errorf("it has the unknown status %q", i.Status)
	}
	if i.Address != nil && tokenByID(i.Address.TokenID) == nil {
		return fmt.Errorf("address: there is no token %d", i.Address.TokenID)
	}
	if i.Status == server.InvoiceStatusUnderpaid && i.Address == nil {
		return errors.New("it is underpaid and has no address")
	}
	for n, p := range i.Payments {
		if p == nil {
			return fmt.Errorf("payments: entry %d: it is null", n+1)
		}
		if tokenByID(p.TokenID) == nil {
			return fmt.Errorf("payments: entry %d: there is no token %d", n+1, p.TokenID)
		}
	}
	return nil
}

func (o *order) check() error {
	switch {
	case len(o.Items) == 0:
		return errors.New("it has no items")
	case o.Status == server.OrderStatusShipped && len(o.Shipments) == 0:
		return errors.New("it is shipped and has no shipments")
	}
	return nil
}

func (c *cart) check() error {
	if at := slices.Index(c.Items, nil); at >= 0 {
		return fmt.Errorf("items: entry %d: it is null", at+1)
	}
	return nil
}
