package wrapper

import (
	"fmt"
	"unicode/utf8"
)

// maxCustomerID is the most characters that an id of a customer may have.
const maxCustomerID = 255

// Customer says which customer of the merchant is meant: by the merchant's own id,
// or by wallet and network. It is one or the other. Both, neither, and half of a
// wallet are [ErrInvalidArgument]. Name a customer in the same way for carts,
// checkout and orders: Pepay does not say that it connects the two.
//
// See https://docs-alpha.pepay.io/guides/integrate-commerce.
type Customer struct {
	// ID is the merchant's own id of the customer, of at most 255 characters.
	ID string `json:"customer_id,omitempty"`
	// WalletAddress is the address of the customer's wallet on WalletNetwork.
	WalletAddress string `json:"wallet_address,omitempty"`
	// WalletNetwork is "ethereum" or "solana" for instance. Which networks Pepay
	// accepts differs between its endpoints.
	WalletNetwork string `json:"wallet_network,omitempty"`
}

// check says what is wrong with the customer. Its form in a request body is that of
// JSON; query is the other one.
func (c Customer) check() error { return c.checkIn("Customer", "ID") }

// checkIn is check for a customer that is part of something else: owner is its name,
// and id that of the field with the merchant's own id.
func (c Customer) checkIn(owner, id string) error {
	wallet := c.WalletAddress != "" || c.WalletNetwork != ""
	length := utf8.RuneCountInString(c.ID)
	switch {
	case c.ID != "" && wallet:
		return invalid(owner, "set "+id+" or the wallet, not both")
	case c.ID == "" && !wallet:
		return invalid(owner, "set "+id+", or WalletAddress and WalletNetwork")
	case wallet && c.WalletAddress == "":
		return invalid(owner+".WalletAddress", "is missing; the wallet needs both its address and its network")
	case wallet && c.WalletNetwork == "":
		return invalid(owner+".WalletNetwork", "is missing; the wallet needs both its address and its network")
	case length > maxCustomerID:
		return invalid(owner+"."+id, fmt.Sprintf("has %d characters, at most %d are allowed", length, maxCustomerID))
	}
	return nil
}

// query is the customer in the query of a request.
func (c Customer) query() query {
	q := query{err: c.check()}
	return q.text("customer_id", c.ID).text("wallet_address", c.WalletAddress).text("wallet_network", c.WalletNetwork)
}
