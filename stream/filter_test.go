package stream

import (
	"encoding/json"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// What Pepay does not filter when events are listed is filtered here, by the names that
// an invoice has and by those of an order.
func TestFiltersOnTheClient(t *testing.T) {
	t.Parallel()
	const (
		invoice = `{"object":"invoice","id":"i","customer_id":"c","commerce_order_id":"o","payer_wallet_address":"w","payer_wallet_network":"bsc"}`
		order   = `{"object":"commerce_order","id":"o","orderId":"o","customerId":"c","walletAddress":"w","walletNetwork":"bsc"}`
		short   = `{"object":"commerce_order","id":"o","customer_id":"c"}`
		unpaid  = `{"object":"commerce_order","id":"o","customerId":"c","walletAddress":null}`
	)
	for name, c := range map[string]struct {
		opts      Options
		object    string
		wanted    bool
		undecided string
	}{
		"no filter":                     {Options{}, short, true, ""},
		"an invoice of the customer":    {Options{CustomerID: "c"}, invoice, true, ""},
		"of another customer":           {Options{CustomerID: "d"}, invoice, false, ""},
		"an order of the customer":      {Options{CustomerID: "c"}, order, true, ""},
		"in the short form":             {Options{CustomerID: "c"}, short, true, ""},
		"an order of another customer":  {Options{CustomerID: "d"}, order, false, ""},
		"an order of the wallet":        {Options{WalletAddress: "w", WalletNetwork: "bsc"}, order, true, ""},
		"on another network":            {Options{WalletAddress: "w", WalletNetwork: "base"}, order, false, ""},
		"an order without a wallet yet": {Options{WalletAddress: "w"}, unpaid, false, ""},
		"an order that says no wallet":  {Options{WalletAddress: "w"}, short, false, "wallet_address"},
		"the order":                     {Options{OrderID: "o"}, order, true, ""},
		"the order in the short form":   {Options{OrderID: "o"}, short, true, ""},
		"another order":                 {Options{OrderID: "p"}, order, false, ""},
		"the order's invoice":           {Options{OrderID: "o"}, invoice, true, ""},
		"an order and an invoice type":  {Options{InvoiceType: "commerce"}, order, false, "invoice_type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wanted, undecided := c.opts.wants(&pepay.Event{Data: pepay.EventData{Object: json.RawMessage(c.object)}})
			if wanted != c.wanted || undecided != c.undecided {
				t.Errorf("wanted %t, undecided %q; want %t, %q", wanted, undecided, c.wanted, c.undecided)
			}
		})
	}
}
