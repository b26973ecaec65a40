package pepaytest

import (
	"regexp"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// address is a saved shipping address of a customer.
type address struct {
	ID          string   `json:"id"`
	MerchantID  int64    `json:"merchant_id"`
	Environment string   `json:"environment"`
	Customer    customer `json:"customer"`
	Place       place    `json:"place"`
	CreatedAt   int64    `json:"created_at"`
}

func (a *address) key() string { return a.ID }

// place is where to ship. Checkouts and saved addresses name its members otherwise.
type place struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Street    string `json:"street"`
	Line2     string `json:"line2"`
	City      string `json:"city"`
	State     string `json:"state"`
	Zip       string `json:"zip"`
	Country   string `json:"country"`
	Phone     string `json:"phone"`
	Email     string `json:"email"`
}

var (
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	phoneForm   = regexp.MustCompile(`^\+?[0-9][0-9 ().-]{5,19}$`)
)

// The most characters of a part of an address. Pepay documents none.
const maxAddressPart = 200

// standardized validates an address and writes it in one way: without spaces around, with
// codes in upper case. Which parts are required is not documented; a parcel needs all
// but the second line, the phone and the email.
func standardized(in *server.ShippingAddress) (place, *problem) {
	p := place{
		FirstName: deref(in.FirstName), LastName: deref(in.LastName), Street: deref(in.StreetAddress), Line2: deref(in.AddressLine2),
		City: deref(in.City), State: deref(in.State), Zip: deref(in.ZipCode), Country: deref(in.Country), Phone: deref(in.Phone), Email: deref(in.Email),
	}
	for _, part := range []struct {
		name     string
		value    *string
		required bool
	}{
		{"first_name", &p.FirstName, true},
		{"last_name", &p.LastName, true},
		{"street_address", &p.Street, true},
		{"address_line2", &p.Line2, false},
		{"city", &p.City, true},
		{"state", &p.State, true},
		{"zip_code", &p.Zip, true},
		{"country", &p.Country, true},
		{"phone", &p.Phone, false},
		{"email", &p.Email, false},
	} {
		*part.value = strings.Join(strings.Fields(*part.value), " ")
		switch {
		case part.required && *part.value == "":
			return p, invalidRequest("address." + part.name + " is required")
		case len(*part.value) > maxAddressPart:
			return p, invalidRequest("address." + part.name + " is too long")
		}
	}
	p.Country = strings.ToUpper(p.Country)
	if p.Country == "US" {
		p.State = stateCode(p.State)
	}
	switch {
	case !countryCode.MatchString(p.Country):
		return p, invalidRequest("address.country must be a code of two letters, such as US")
	case p.Country == "US" && p.State == "":
		return p, invalidRequest("address.state must be a US state, such as FL")
	case p.Country == "US" && !usZip.MatchString(p.Zip):
		return p, invalidRequest("address.zip_code must be a US zip code, such as 33101")
	case p.Phone != "" && !phoneForm.MatchString(p.Phone):
		return p, invalidRequest("address.phone must be a phone number, such as +13055550123")
	case p.Email != "" && !isEmail(p.Email):
		return p, invalidRequest("address.email must be an e-mail address")
	}
	return p, nil
}

// saveAddress keeps a customer's address. The same one again is the same address.
func (t *tx) saveAddress(of customer, p place) *address {
	var known *address
	t.Addresses.newest(func(a *address) bool {
		if a.Place == p && a.Customer.key() == of.key() && t.ownsAddress(a) {
			known = a
		}
		return known == nil
	})
	if known != nil {
		return known
	}
	a := &address{
		ID: t.newID("address"), MerchantID: t.call.who.merchantID, Environment: t.environment(), Customer: of, Place: p, CreatedAt: t.now.Unix(),
	}
	t.Addresses.add(a)
	return a
}

func (t *tx) ownsAddress(a *address) bool { return t.call.who.sees(a.MerchantID, a.Environment) }

// shipping is the address as a checkout shows it.
func (p *place) shipping() *server.ShippingAddress {
	return &server.ShippingAddress{
		FirstName: &p.FirstName, LastName: &p.LastName, StreetAddress: &p.Street, AddressLine2: nonEmpty(p.Line2),
		City: &p.City, State: &p.State, ZipCode: &p.Zip, Country: &p.Country, Phone: nonEmpty(p.Phone), Email: nonEmpty(p.Email),
	}
}

func (a *address) snapshot() server.Address {
	p := a.Place
	return server.Address{
		AddressID: &a.ID, CustomerID: nonEmpty(a.Customer.ID),
		WalletAddress: nonEmpty(a.Customer.WalletAddress), WalletNetwork: nonEmpty(a.Customer.WalletNetwork),
		FirstName: &p.FirstName, LastName: &p.LastName, AddressLine1: &p.Street, AddressLine2: nonEmpty(p.Line2),
		City: &p.City, State: &p.State, ZipCode: &p.Zip, Country: &p.Country, PhoneNumber: nonEmpty(p.Phone), Email: nonEmpty(p.Email),
		IsValidated: ptr(true), ValidatedAt: &a.CreatedAt, CreatedAt: &a.CreatedAt,
	}
}
