package pepaytest

import (
	"net/http"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// The size of a page whose request names none. Pepay documents the bounds alone.
const defaultAddressLimit = 20

// ListAddresses simulates GET /api/v1/commerce/merchant/addresses.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-addresses/list-merchant-addresses
func (h handlers) ListAddresses(w http.ResponseWriter, r *http.Request, p server.ListAddressesParams) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		of, bad := customerOf(p.CustomerID, p.WalletAddress, p.WalletNetwork)
		if bad != nil {
			return nil, bad
		}
		page, _ := t.Addresses.slice(int(deref(p.Offset)), int(orDefault(p.Limit, defaultAddressLimit)), func(a *address) bool {
			return t.ownsAddress(a) && a.Customer.key() == of.key()
		})
		list := server.AddressList{Addresses: []server.Address{}}
		for _, a := range page {
			list.Addresses = append(list.Addresses, a.snapshot())
		}
		return data(list), nil
	})
}

// DeleteAddress simulates DELETE /api/v1/commerce/merchant/addresses/{addressId}. Pepay
// does not document what it answers.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/addresses
func (h handlers) DeleteAddress(w http.ResponseWriter, r *http.Request, addressID string) {
	h.respond(w, r, func(t *tx) (any, *problem) {
		if a := t.Addresses.get(addressID); a == nil || !t.ownsAddress(a) {
			return nil, noSuch("address")
		}
		t.Addresses.remove(addressID)
		return done{true}, nil
	})
}
