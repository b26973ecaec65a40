package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pepaylabs/pepay-go"
)

// eventJSON is an event in Pepay's wire form: the documented fields in the
// documented order, the resource as it was sent.
type eventJSON struct {
	ID              string              `json:"id"`
	Object          string              `json:"object"`
	APIVersion      string              `json:"api_version,omitempty"`
	Created         pepay.Timestamp     `json:"created"`
	Type            string              `json:"type"`
	Livemode        bool                `json:"livemode"`
	PendingWebhooks int64               `json:"pending_webhooks"`
	Request         *pepay.EventRequest `json:"request,omitempty"`
	Data            eventDataJSON       `json:"data"`
}

type eventDataJSON struct {
	Object             json.RawMessage `json:"object"`
	PreviousAttributes json.RawMessage `json:"previous_attributes,omitempty"`
}

func eventInJSON(ev *pepay.Event) eventJSON {
	return eventJSON{
		ID: ev.ID, Object: ev.Object, APIVersion: ev.APIVersion, Created: ev.Created, Type: ev.Type,
		Livemode: ev.Livemode, PendingWebhooks: ev.PendingWebhooks, Request: orNull(ev.Request),
		Data: eventDataJSON{Object: ev.Data.Object, PreviousAttributes: ev.Data.PreviousAttributes},
	}
}

// eventPrinter returns how an event is printed: in one write, so that it is there
// before the next one is asked for. layout is that of its time in a line.
func eventPrinter(w io.Writer, layout string, asJSON bool) func(*pepay.Event) error {
	if asJSON {
		return func(ev *pepay.Event) error { return printJSON(w, eventInJSON(ev)) }
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
		paint(w, bold, fmt.Sprintf("%-*s", typeWidth, printable(ev.Type))), idWidth, printable(ev.ID),
		kindWidth, orDash(printable(kind)), shortWidth, orDash(short(printable(id))), paint(w, statusColor(status), orDash(printable(status))))
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
		return green
	case "expired", "canceled", "cancelled", "failed", "manual_retry":
		return red
	}
	return yellow
}
