package pepaytest

import (
	"fmt"
	"math/big"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// WithQuoteStatus sets how Pepay answers a payor who wants to pay in a token: with ok
// there is an address and a quote, and with the other codes there is neither. The default
// is ok, on devnet for every token. On mainnet it is quote_expired for the tokens that are
// STALE, 2 for instance, and settlement_unavailable for those of NO_LIQUIDITY, such as
// 133. A token that the simulator does not have and a code that the contract does not have
// are errors.
//
// See https://docs-alpha.pepay.io/api-spec/payors/payment-addresses
func WithQuoteStatus(tokenID int64, code pepay.QuoteStatusCode) Option {
	return func(c *config) error {
		switch {
		case tokenByID(tokenID) == nil:
			return fmt.Errorf("pepaytest: WithQuoteStatus: there is no token %d", tokenID)
		case !code.Valid():
			return fmt.Errorf("pepaytest: WithQuoteStatus: unknown code %q", code)
		}
		if c.quotes == nil {
			c.quotes = map[int64]server.QuoteStatusCode{}
		}
		c.quotes[tokenID] = server.QuoteStatusCode(code)
		return nil
	}
}

// quoteCode says whether there is a quote in a token now.
func (c *config) quoteCode(tok *token) server.QuoteStatusCode {
	if code, ok := c.quotes[tok.id]; ok {
		return code
	}
	switch tok.availability {
	case server.TokenAvailabilitySTALE:
		return server.QuoteStatusCodeQuoteExpired
	case server.TokenAvailabilityNOLIQUIDITY:
		return server.QuoteStatusCodeSettlementUnavailable
	}
	return server.QuoteStatusCodeOk
}

const (
	// quoteLife is how long a quote holds, which is documented.
	quoteLife = 5 * time.Minute
	// After how many seconds one may ask for a quote again. No page says it.
	quoteRetryAfter = 30
	quotePlaces     = 6 // of rates, as in the examples
	maxAmountPlaces = 9 // of amounts, of tokens that have so many decimals
)

// rate is how much of the token a dollar is.
func (t *token) rate() *big.Rat {
	price, _ := new(big.Rat).SetString(t.price) // each of the catalogue is a number
	return price.Inv(price)
}

// amount is how much of the token has to be paid for so many thousandths of a dollar.
// What moves against the dollar has a buffer of 1 %: there is one, and no page says how
// large it is.
func (t *token) amount(millis int64) string {
	amount := t.rate()
	amount.Mul(amount, big.NewRat(millis, 1000))
	if !t.stable {
		amount.Mul(amount, big.NewRat(101, 100))
	}
	return roundUp(amount, int(min(t.decimals, maxAmountPlaces)))
}

// roundUp writes a number with so many places, and never less than it is.
func roundUp(r *big.Rat, places int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale))
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, scale).FloatString(places)
}
