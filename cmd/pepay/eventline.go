package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// eventPrinter returns how an event is printed: in one write, so that it is there
// before the next one is asked for. layout is that of its time in a line.
func eventPrinter(cmd *cli.Command, layout string) (func(*pepay.Event) error, error) {
	w := cmd.Root().Writer
	switch {
	case cmd.IsSet("format"):
		return formatPrinter(cmd, w)
	case cmd.Bool("json"):
		return func(ev *pepay.Event) error { return terminal.WriteRawJSON(w, ev.Raw()) }, nil
	}
	return func(ev *pepay.Event) error {
		_, err := fmt.Fprintln(w, datedLine(w, layout, ev))
		return err
	}, nil
}

// The widths of what Pepay documents; what is longer moves its line only.
const (
	typeWidth   = len(pepay.EventInvoicePaymentCreated)
	idWidth     = len("evt_1734780000000-123")
	kindWidth   = len("invoice_payment")
	fullWidth   = len("550e8400-e29b-41d4-a716-446655440000")
	shortWidth  = 12
	amountWidth = len("1000.000 usd")
	statusWidth = len("settlement processing")
)

// eventLine is an event that happens now, for people: when, what, and which resource.
func eventLine(w io.Writer, ev *pepay.Event) string { return datedLine(w, time.TimeOnly, ev) }

// datedLine has the whole id of the resource where that fits: on a wide terminal, and
// where there is no terminal.
func datedLine(w io.Writer, layout string, ev *pepay.Event) string {
	at := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '-'
		}
		return r
	}, layout)
	if !ev.Created.IsZero() {
		at = ev.Created.Local().Format(layout)
	}
	kind, id, _ := ev.Resource()
	id, width := terminal.Printable(id), fullWidth
	const gaps = 6 * len("  ")
	if columns := terminal.Width(w); columns > 0 && columns < len(at)+typeWidth+idWidth+kindWidth+fullWidth+amountWidth+statusWidth+gaps {
		id, width = short(id), shortWidth
	}
	return fmt.Sprintf("%s  %s  %-*s  %-*s  %-*s  %*s  %s", at,
		terminal.Paint(w, terminal.Bold, fmt.Sprintf("%-*s", typeWidth, terminal.Printable(ev.Type))), idWidth, terminal.Printable(ev.ID),
		kindWidth, orDash(terminal.Printable(kind)), width, orDash(id), amountWidth, orDash(terminal.Printable(amountOf(ev))),
		paintStatus(w, statusOf(ev.Data.Object)))
}

// amountOf is what the resource is about, in its currency, and "" where it says none.
func amountOf(ev *pepay.Event) string {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(ev.Data.Object, &fields) != nil {
		return ""
	}
	for _, name := range []string{"amount_usd", "totalAmountUsd"} {
		if amount := scalar(fields[name]); amount != "" {
			return amount + " usd"
		}
	}
	for _, name := range []string{"amount_decimal", "amount_remaining_decimal"} {
		if amount := scalar(fields[name]); amount != "" {
			return strings.TrimSpace(amount + " " + scalar(fields["currency"]))
		}
	}
	return ""
}

// scalar is a JSON string or number as text, and "" for the rest.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

// short keeps of an id what tells it from others on a screen.
func short(id string) string {
	const kept = 8
	if utf8.RuneCountInString(id) <= shortWidth {
		return id
	}
	return string([]rune(id)[:kept]) + "…"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
