package main

import (
	"io"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// printEstimate shows what an order would cost, and what cannot be ordered.
func printEstimate(w io.Writer, e *pepay.Estimate, now time.Time) error {
	items := table.New(w,
		table.Column{Title: "ITEM", Least: shortWidth},
		table.Column{Title: "TITLE", Least: shortWidth},
		table.Column{Title: "RETAILER", Optional: true},
		table.Column{Title: "QUANTITY", Right: true},
		table.Column{Title: "PRICE", Right: true},
		table.Column{Title: "TOTAL", Right: true},
	)
	for _, i := range e.ValidItems {
		if err := items.Row(
			table.Cell{Text: i.ProductID}, table.Cell{Text: i.Title}, table.Cell{Text: string(i.Retailer)},
			table.Cell{Text: strconv.FormatInt(i.Quantity, 10)}, table.Cell{Text: usd(i.Price)}, table.Cell{Text: usd(i.TotalPrice)},
		); err != nil {
			return err
		}
	}
	if err := items.Flush(); err != nil {
		return err
	}
	var refused []table.Field
	for _, i := range e.InvalidItems {
		refused = append(refused, table.Field{Name: "cannot be ordered", Value: i.ProductID + ": " + i.Error, Color: terminal.Red})
	}
	return table.Fields(w, append(refused,
		table.Field{Name: "subtotal", Value: usd(e.Pricing.Subtotal)},
		table.Field{Name: "shipping", Value: usd(e.Pricing.Shipping)},
		table.Field{Name: "tax", Value: usd(e.Pricing.Tax)},
		table.Field{Name: "fees", Value: usd(e.Pricing.Fees.Total)},
		table.Field{Name: "total", Value: usd(e.Pricing.Total), Color: terminal.Bold},
		table.Field{Name: "environment", Value: string(e.NetworkEnvironment)},
		table.Field{Name: "valid until", Value: moment(e.ExpiresAt.Time, now)},
	)...)
}

// itemText is an item of an order in a line.
func itemText(quantity int64, title, productID string, price pepay.Decimal) string {
	text := strconv.FormatInt(quantity, 10) + " × " + title
	if productID != "" {
		text += " (" + productID + ")"
	}
	if amount := usd(price); amount != "" {
		text += ", " + amount
	}
	return text
}
