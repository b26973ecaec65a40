package pepaytest

import (
	"cmp"
	"encoding/json"
)

// subject is what filters compare with: fields of data.object. What the resource
// does not say, or says as null, is empty and matches no filter.
type subject struct {
	Kind            text `json:"object"`
	ID              text `json:"id"`
	OrderID         text `json:"orderId"`
	MerchantID      text `json:"merchant_id"`
	InvoiceType     text `json:"invoice_type"`
	InvoiceID       text `json:"invoice_id"`
	CustomerID      text `json:"customer_id"`
	CommerceOrderID text `json:"commerce_order_id"`
	Environment     text `json:"environment"`
	WalletAddress   text `json:"payer_wallet_address"`
	WalletNetwork   text `json:"payer_wallet_network"`

	linked bool // to commerce, although it does not say so
}

// orderSubject are the same fields as an order names them.
type orderSubject struct {
	MerchantID    text `json:"merchantId"`
	CustomerID    text `json:"customerId"`
	Environment   text `json:"networkEnvironment"`
	WalletAddress text `json:"walletAddress"`
	WalletNetwork text `json:"walletNetwork"`
}

func newSubject(object json.RawMessage) subject {
	var s subject
	_ = json.Unmarshal(object, &s) // an object, and text takes any value
	if s.Kind == "commerce_order" {
		var o orderSubject
		_ = json.Unmarshal(object, &o)
		s.MerchantID, s.CustomerID, s.Environment = cmp.Or(s.MerchantID, o.MerchantID), cmp.Or(s.CustomerID, o.CustomerID), cmp.Or(s.Environment, o.Environment)
		s.WalletAddress, s.WalletNetwork = cmp.Or(s.WalletAddress, o.WalletAddress), cmp.Or(s.WalletNetwork, o.WalletNetwork)
	}
	return s
}

// ofInvoice says whether the resource is the invoice or belongs to it.
func (s *subject) ofInvoice(id string) bool {
	return string(s.InvoiceID) == id || s.Kind == "invoice" && string(s.ID) == id
}

// ofOrder says whether the resource is the commerce order or belongs to it.
func (s *subject) ofOrder(id string) bool {
	return string(s.CommerceOrderID) == id || s.Kind == "commerce_order" && (string(s.ID) == id || string(s.OrderID) == id)
}

func (s *subject) ofCommerce() bool {
	return s.linked || s.Kind == "commerce_order" || s.InvoiceType == invoiceOfCommerce || s.CommerceOrderID != ""
}

// text decodes a string, and a number as it is written.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch c := data[0]; {
	case c == '"':
		return json.Unmarshal(data, (*string)(t))
	case c == '-' || c >= '0' && c <= '9':
		*t = text(data)
	}
	return nil
}
