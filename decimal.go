package pepay

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number, such as an amount or a rate. It keeps the
// text it was made from: 9.00 stays 9.00, and no float64 is involved. It decodes
// from a JSON number or a string that holds one, and encodes as a JSON number. null
// and "" decode to the unset Decimal.
//
// The zero Decimal is unset: an optional field that holds it is left out. A 0 that
// was set is sent. The unset Decimal counts as 0 in arithmetic, prints as 0 and
// encodes as 0 where a field is required.
//
// A Decimal has at most 40 digits and an exponent from -18 to 18. Decimals are
// compared with [Decimal.Cmp]: 9 and 9.00 are the same number and different text,
// which == and map keys tell apart.
type Decimal struct{ text string }

const (
	maxDecimalDigits   = 40
	maxDecimalExponent = 18
)

var errDecimal = errors.New("not a decimal number")

// ParseDecimal reads a decimal number as JSON writes it: "-12.50" or "1e-7". A
// plus sign, white space, separators, NaN and infinities are refused, as are more
// than 40 digits and exponents beyond 18.
//
// Errors: [ErrInvalidArgument].
func ParseDecimal(text string) (Decimal, error) {
	if err := checkDecimal(text); err != nil {
		return Decimal{}, fmt.Errorf("%w: %w", ErrInvalidArgument, err)
	}
	return Decimal{text}, nil
}

// DecimalFromMillis returns thousandths as a Decimal with three places: 9990 is
// 9.990. Amounts in usd_millis are thousandths of a dollar.
func DecimalFromMillis(millis int64) Decimal {
	sign, digits := "", strconv.FormatInt(millis, 10)
	if millis < 0 {
		sign, digits = "-", digits[1:]
	}
	if missing := 4 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole := len(digits) - 3
	return Decimal{sign + digits[:whole] + "." + digits[whole:]}
}

// Millis returns the number in thousandths.
//
// Errors: [ErrInvalidArgument] where that is no whole number or does not fit.
func (d Decimal) Millis() (int64, error) {
	coefficient, exponent := d.parts()
	exponent += 3
	if exponent < 0 {
		var rest big.Int
		coefficient.QuoRem(coefficient, powerOfTen(-exponent), &rest)
		if rest.Sign() != 0 {
			return 0, fmt.Errorf("%w: the decimal has a part smaller than a thousandth", ErrInvalidArgument)
		}
	} else {
		coefficient.Mul(coefficient, powerOfTen(exponent))
	}
	if !coefficient.IsInt64() {
		return 0, fmt.Errorf("%w: the decimal does not fit in thousandths", ErrInvalidArgument)
	}
	return coefficient.Int64(), nil
}

// String returns the number as text, "0" for the unset Decimal.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Float64 returns the nearest float64, for display and statistics. It is not
// exact: 0.1 has no float64.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64) // the text is a number and 40 digits fit
	return f
}

// Cmp compares two numbers: -1 if d is less than other, 0 if they are the same
// number, 1 if d is greater.
func (d Decimal) Cmp(other Decimal) int {
	x, xExponent := d.parts()
	y, yExponent := other.parts()
	if xExponent > yExponent {
		x.Mul(x, powerOfTen(xExponent-yExponent))
	} else {
		y.Mul(y, powerOfTen(yExponent-xExponent))
	}
	return x.Cmp(y)
}

// Sign returns -1, 0 or 1: 0 for every form of zero and for the unset Decimal.
func (d Decimal) Sign() int {
	coefficient, _ := d.parts()
	return coefficient.Sign()
}

// IsZero reports whether the Decimal is unset, which is what leaves an optional
// field out. It is false for a 0 that was set: [Decimal.Sign] tells whether the
// number is 0.
func (d Decimal) IsZero() bool { return d.text == "" }

// MarshalJSON encodes the number as its text, the unset Decimal as 0.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON decodes a number, or a string that holds one.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		var quoted string // apart from text, which then stays on the stack
		if err := json.Unmarshal(data, &quoted); err != nil {
			return err
		}
		text = quoted
	}
	if text == "" || text == "null" {
		*d = Decimal{}
		return nil
	}
	if err := checkDecimal(text); err != nil {
		return fmt.Errorf("pepay: %w", err)
	}
	*d = Decimal{text}
	return nil
}

// MarshalText encodes the number as [Decimal.String] does: a parameter of a path or
// a query is sent so.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText decodes what [ParseDecimal] reads.
func (d *Decimal) UnmarshalText(text []byte) error {
	parsed, err := ParseDecimal(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// checkDecimal accepts what JSON calls a number, within the limits. Its errors do
// not repeat the text, which may come from anywhere and be long.
func checkDecimal(text string) error {
	rest, _ := strings.CutPrefix(text, "-")
	mantissa, exponent, hasExponent := cutExponent(rest)
	whole, fraction, hasFraction := strings.Cut(mantissa, ".")
	if !isDigits(whole) || len(whole) > 1 && whole[0] == '0' || hasFraction && !isDigits(fraction) {
		return errDecimal
	}
	if digits := len(strings.TrimPrefix(whole, "0")) + len(fraction); digits > maxDecimalDigits {
		return fmt.Errorf("%w: more than %d digits", errDecimal, maxDecimalDigits)
	}
	if !hasExponent {
		return nil
	}
	if !isDigits(strings.TrimLeft(exponent, "+-")) || len(exponent)-len(strings.TrimLeft(exponent, "+-")) > 1 {
		return errDecimal
	}
	if n, err := strconv.Atoi(exponent); err != nil || n < -maxDecimalExponent || n > maxDecimalExponent {
		return fmt.Errorf("%w: the exponent is beyond %d", errDecimal, maxDecimalExponent)
	}
	return nil
}

func cutExponent(number string) (mantissa, exponent string, found bool) {
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		return number[:i], number[i+1:], true
	}
	return number, "", false
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// parts returns the number as coefficient × 10^exponent.
func (d Decimal) parts() (coefficient *big.Int, exponent int) {
	mantissa, power, _ := cutExponent(d.String())
	exponent, _ = strconv.Atoi(power) // 0 without one
	whole, fraction, _ := strings.Cut(mantissa, ".")
	coefficient, _ = new(big.Int).SetString(whole+fraction, 10) // digits with a sign
	return coefficient, exponent - len(fraction)
}

func powerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
