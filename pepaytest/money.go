package pepaytest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// Amounts are thousandths of a dollar, which Pepay calls usd_millis.

// millisOf reads dollars as JSON writes them. Fractions of a thousandth are rounded
// half up: no page says what Pepay does with them. The contract bounds what gets here.
func millisOf(dollars json.Number) int64 {
	r, ok := new(big.Rat).SetString(string(dollars))
	if !ok {
		return 0
	}
	r.Mul(r, big.NewRat(1000, 1)).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

// decimalText is an amount with three places: 49.990.
func decimalText(millis int64) string {
	sign := ""
	if millis < 0 {
		sign, millis = "-", -millis
	}
	return fmt.Sprintf("%s%d.%03d", sign, millis/1000, millis%1000)
}

// dollars is an amount as a JSON number without zeros at its end: 49.99.
func dollars(millis int64) json.Number {
	return json.Number(strings.TrimSuffix(strings.TrimRight(decimalText(millis), "0"), "."))
}
