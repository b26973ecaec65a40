package server

import (
	"math"
	"strconv"
	"strings"
)

// compare compares two JSON numbers exactly, whatever their size: -1, 0 or +1.
func compare(a, b string) int {
	x, y := newDecimal(a), newDecimal(b)
	if x.sign != y.sign {
		if x.sign < y.sign {
			return -1
		}
		return 1
	}
	larger := 0
	switch {
	case x.sign == 0:
	case x.exponent != y.exponent:
		larger = 1
		if x.exponent < y.exponent {
			larger = -1
		}
	default:
		larger = strings.Compare(x.digits, y.digits)
	}
	return larger * x.sign
}

// decimal is 0.digits × 10^exponent. The digits neither begin nor end with 0, so
// that their order as text is that of the numbers.
type decimal struct {
	sign     int
	digits   string
	exponent int64
}

func newDecimal(number string) decimal {
	d := decimal{sign: 1}
	if rest, ok := strings.CutPrefix(number, "-"); ok {
		d.sign, number = -1, rest
	}
	mantissa, exponent := number, ""
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		mantissa, exponent = number[:i], number[i+1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	significant := strings.TrimLeft(digits, "0")
	if significant == "" {
		return decimal{}
	}
	if exponent != "" {
		var err error
		if d.exponent, err = strconv.ParseInt(exponent, 10, 32); err != nil && strings.HasPrefix(exponent, "-") {
			d.exponent = math.MinInt32 // it is out of range
		} else if err != nil {
			d.exponent = math.MaxInt32
		}
	}
	d.exponent += int64(len(whole) - (len(digits) - len(significant)))
	d.digits = strings.TrimRight(significant, "0")
	return d
}

// isNumber tells whether the text of an enum's value is a number.
func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}
