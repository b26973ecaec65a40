package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// eventPrinter returns how an event is printed: in one write, so that it is there
// before the next one is asked for. layout is that of its time in a line.
func eventPrinter(w io.Writer, layout string, asJSON bool) func(*pepay.Event) error {
	if asJSON {
		return func(ev *pepay.Event) error { return terminal.WriteRawJSON(w, ev.Raw()) }
	}
	return func(ev *pepay.Event) error {
		_, err := fmt.Fprintln(w, datedLine(w, layout, ev))
		return err
	}
}

// The widths of what Pepay documents; what is longer moves its line only.
const (
	typeWidth  = len(pepay.EventInvoicePaymentCreated)
	idWidth    = len("evt_1734780000000-123")
	kindWidth  = len("invoice_payment")
	shortWidth = 12
)

// eventLine is an event that happens now, for people: when, what, and which
// resource.
func eventLine(w io.Writer, ev *pepay.Event) string { return datedLine(w, time.TimeOnly, ev) }

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
	kind, id, status := ev.Resource()
	return fmt.Sprintf("%s  %s  %-*s  %-*s  %-*s  %s", at,
		terminal.Paint(w, terminal.Bold, fmt.Sprintf("%-*s", typeWidth, terminal.Printable(ev.Type))), idWidth, terminal.Printable(ev.ID),
		kindWidth, orDash(terminal.Printable(kind)), shortWidth, orDash(short(terminal.Printable(id))), terminal.Paint(w, statusColor(status), orDash(terminal.Printable(status))))
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

// statusColor tells what went well from what is on its way and what did not.
func statusColor(status string) string {
	switch status {
	case "paid", "confirmed", "fulfilled", "delivered":
		return terminal.Green
	case "expired", "canceled", "cancelled", "failed", "manual_retry":
		return terminal.Red
	}
	return terminal.Yellow
}
