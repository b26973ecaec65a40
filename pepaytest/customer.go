package pepaytest

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// customer is one of a merchant's, by the merchant's own id or by a wallet.
//
// See https://docs-alpha.pepay.io/guides/integrate-commerce
type customer struct {
	ID            string `json:"id,omitempty"`
	WalletAddress string `json:"wallet_address,omitempty"`
	WalletNetwork string `json:"wallet_network,omitempty"`
}

// The documented maximum, in characters.
const maxCustomerID = 255

// customerOf takes one way of naming a customer: both and neither are refused, and so is
// half of a wallet.
func customerOf[N ~string](id, wallet *string, network *N) (customer, *problem) {
	c := customer{deref(id), deref(wallet), string(deref(network))}
	byWallet := c.WalletAddress != "" || c.WalletNetwork != ""
	switch {
	case c.ID != "" && byWallet:
		return c, invalidRequest("Send customer_id, or wallet_address and wallet_network, not both")
	case c.ID == "" && !byWallet:
		return c, invalidRequest("customer_id, or wallet_address and wallet_network, is required")
	case byWallet && c.WalletAddress == "":
		return c, invalidRequest("wallet_address is required with wallet_network")
	case byWallet && c.WalletNetwork == "":
		return c, invalidRequest("wallet_network is required with wallet_address")
	case utf8.RuneCountInString(c.ID) > maxCustomerID:
		return c, invalidRequest("customer_id must have at most 255 characters")
	case byWallet && !isWallet(c.WalletAddress, c.WalletNetwork):
		return c, invalidRequest("wallet_address is no address on " + c.WalletNetwork)
	}
	return c, nil
}

// key is the customer as a part of ids. Addresses of EVM networks are the same in upper
// and lower case.
func (c customer) key() string {
	if c.ID != "" {
		return "id " + c.ID
	}
	address := c.WalletAddress
	if isEVM(c.WalletNetwork) {
		address = strings.ToLower(address)
	}
	return "wallet " + c.WalletNetwork + " " + address
}

func isEVM(network string) bool {
	switch network {
	case "ethereum", "bsc", "base", "avalanche", "arbitrum", "optimism":
		return true
	}
	return false
}

var evmAddress = regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`)

// isWallet checks the addresses of EVM networks; of others nothing is documented.
func isWallet(address, network string) bool {
	return !isEVM(network) || evmAddress.MatchString(address)
}

var usZip = regexp.MustCompile(`^[0-9]{5}(-[0-9]{4})?$`)
