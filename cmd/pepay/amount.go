package main

import (
	"encoding/json"
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

// metadataFlag is a JSON object, or an object of the texts given as NAME=VALUE.
func metadataFlag(cmd *cli.Command) (json.RawMessage, error) {
	values := cmd.StringSlice("metadata")
	if len(values) == 1 && strings.HasPrefix(strings.TrimSpace(values[0]), "{") {
		if !json.Valid([]byte(values[0])) {
			return nil, usagef("--metadata: is not a JSON object; write NAME=VALUE, or JSON such as '{\"order_id\":\"ORD-123\"}'")
		}
		return json.RawMessage(values[0]), nil
	}
	if len(values) == 0 {
		return nil, nil
	}
	members := map[string]string{}
	for _, text := range values {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || strings.HasPrefix(text, "{") {
			return nil, usagef("--metadata: write NAME=VALUE, once for each name, or a single JSON object")
		}
		if _, twice := members[name]; twice {
			return nil, usagef("--metadata: a name is given twice")
		}
		members[name] = value
	}
	return json.Marshal(members)
}
