package main

import (
	"encoding/json"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
)

// statusCell is a status in words and in the color of what it means.
func statusCell(name string) table.Cell {
	s := worstStatus(name)
	return table.Cell{Text: s.words, Color: s.tone.color()}
}

func statusField(name, value string) table.Field {
	cell := statusCell(value)
	return table.Field{Name: name, Value: cell.Text, Color: cell.Color}
}

// money is an amount with its currency: as text where Pepay says so, else in thousandths
// where that is the unit. It is empty where Pepay says neither.
func money(text string, millis int64, unit, currency string) string {
	if text == "" {
		if unit != "usd_millis" || millis == 0 { // 0 and nothing look alike
			return ""
		}
		text = pepay.DecimalFromMillis(millis).String()
	}
	return strings.TrimSpace(text + " " + currency)
}

// usd is an amount in dollars, empty where it is not set.
func usd(amount pepay.Decimal) string {
	if amount.IsZero() {
		return ""
	}
	return amount.String() + " usd"
}

// jsonText is a value of any form in a line, empty for an empty one.
func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil || string(text) == "null" || string(text) == "{}" {
		return ""
	}
	return string(text)
}

func texts[S ~string](values []S) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}
