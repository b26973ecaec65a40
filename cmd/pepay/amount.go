package main

import (
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
)

// amountFlag is an amount in dollars as people write it. It is never a float.
func amountFlag(cmd *cli.Command, flag string) (pepay.Decimal, error) {
	text := cmd.String(flag)
	switch {
	case text == "":
		return pepay.Decimal{}, usagef("--%s: say how much in USD, such as --%s 49.99", flag, flag)
	case strings.Contains(text, ","):
		return pepay.Decimal{}, usagef("--%s: write the amount with a point and without separators, such as 1049.99", flag)
	case strings.ContainsAny(text, "$eE "):
		return pepay.Decimal{}, usagef("--%s: write the digits alone, such as 49.99; it is in USD", flag)
	}
	amount, err := pepay.ParseDecimal(text)
	if err != nil {
		return pepay.Decimal{}, usagef("--%s: write an amount in USD such as 49.99", flag)
	}
	least, most := pepay.DecimalFromMillis(10), pepay.DecimalFromMillis(1_000_000_000)
	if amount.Cmp(least) < 0 || amount.Cmp(most) > 0 {
		return pepay.Decimal{}, usagef("--%s: write an amount from 0.01 to 1000000 USD", flag)
	}
	return amount, nil
}
