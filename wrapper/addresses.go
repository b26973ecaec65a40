package wrapper

import (
	"context"

	"github.com/pepaylabs/pepay-go"
)

// AddressService lists and deletes the shipping addresses that Pepay keeps for a
// merchant's customers. It is safe for concurrent use.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/addresses.
type AddressService struct{ client *Client }

// AddressParams says which of a customer's addresses to list.
type AddressParams struct {
	// Limit is the number of addresses, at most 100. Zero leaves it to Pepay, which
	// documents no default.
	Limit int
	// Offset is how many addresses to leave out.
	Offset int
}

// maxAddresses is the most addresses that one answer can have.
const maxAddresses = 100

func (p AddressParams) query(c Customer) query {
	return c.query().
		require(p.Limit <= maxAddresses, "AddressParams.Limit", "is more than 100").
		number("limit", "AddressParams.Limit", p.Limit).
		number("offset", "AddressParams.Offset", p.Offset)
}

// List returns saved addresses of a customer. Pepay documents the networks of
// [pepay.AddressNetwork] here. The fields of an address have other names than those
// of a checkout's [pepay.ShippingAddress].
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for a customer that is not named in exactly one way
// and for a limit or offset out of bounds, [ErrInvalidRequest] for a customer that
// Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-reference/commerce--merchant-addresses/list-merchant-addresses.
func (s *AddressService) List(ctx context.Context, c Customer, p AddressParams, opts ...CallOption) ([]pepay.Address, error) {
	list, err := send(ctx, s.client, "listAddresses", input{query: p.query(c)}, opts, addressListLacks)
	if err != nil {
		return nil, err
	}
	return list.Addresses, nil
}

func addressListLacks(l *pepay.AddressList) string { return missing(l.Addresses == nil, "addresses") }

// Delete removes a saved address.
//
// The documentation does not show the answer: any success is one.
//
// Errors: [ErrInvalidArgument] for an empty id, [ErrNotFound] for an address of
// another merchant.
//
// See https://docs-alpha.pepay.io/api-spec/commerce/addresses.
func (s *AddressService) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "deleteAddress", input{path: []string{id}}, opts)
}
