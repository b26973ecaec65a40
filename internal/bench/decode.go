package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// decode compares making an event of a delivery that has been read: with the
// signature, and alone.
func decode(ctx context.Context, o options) ([]table, error) {
	verified, err := compare(ctx, processorTime, eventVerifiers(time.Now()), o)
	if err != nil {
		return nil, err
	}
	decoded, err := compare(ctx, processorTime, eventDecoders(), o)
	if err != nil {
		return nil, err
	}
	const ours, typed = 1, 2
	return []table{
		timing("webhook verify + decode, 1 KB, processor time (ratio to "+verified[0].name+")", verified,
			timeAtMost(verified[ours], 0.5), allocsAtMost(verified[ours], 6)),
		timing("event decode, 1 KB, processor time (ratio to "+decoded[0].name+")", decoded,
			timeAtMost(decoded[ours], 0.35), allocsAtMost(decoded[ours], 5),
			timeAtMost(decoded[typed], 1.6), allocsAtMost(decoded[typed], 32)),
	}, nil
}

// eventVerifiers verify and decode a delivery of their own service.
func eventVerifiers(now time.Time) []contestant {
	body := []byte(eventJSON(1))
	header := webhook.Sign(webhookSecret, now, body)
	verifier, err := webhook.NewVerifier(webhookSecret)
	return append([]contestant{
		{"crypto/hmac + encoding/json", func(context.Context) error {
			if err := verifyFloor(header, body); err != nil {
				return err
			}
			return decodePlainEvent(body)
		}},
		{"pepay-go Parse", func(context.Context) error {
			if err != nil {
				return err
			}
			ev, err := verifier.Parse(header, body)
			if err != nil {
				return err
			}
			return checkEvent(ev.ID, ev.Type, ev.Created.Unix(), ev.Data.Object)
		}},
	}, peerEventVerifiers(body, now)...)
}

func eventDecoders() []contestant {
	body := []byte(eventJSON(1))
	return append([]contestant{
		{"encoding/json", func(context.Context) error { return decodePlainEvent(body) }},
		{"pepay-go ParseEvent", func(context.Context) error {
			ev, err := pepay.ParseEvent(body)
			if err != nil {
				return err
			}
			return checkEvent(ev.ID, ev.Type, ev.Created.Unix(), ev.Data.Object)
		}},
		{"pepay-go ParseEvent + Decode into Invoice", func(context.Context) error {
			ev, err := pepay.ParseEvent(body)
			if err != nil {
				return err
			}
			var invoice pepay.Invoice
			if err := ev.Decode(&invoice); err != nil {
				return err
			}
			return errors.Join(checkEvent(ev.ID, ev.Type, ev.Created.Unix(), ev.Data.Object),
				checkText(invoice.ID, invoiceIDs[1], invoice.AmountDecimal, "129.900", invoice.CustomerID, "cust_1"))
		}},
		{"encoding/json, then into an invoice", func(context.Context) error {
			ev := new(plainEvent)
			if err := json.Unmarshal(body, ev); err != nil {
				return err
			}
			var invoice plainInvoice
			if err := json.Unmarshal(ev.Data.Object, &invoice); err != nil {
				return err
			}
			return errors.Join(checkEvent(ev.ID, ev.Type, ev.Created, ev.Data.Object),
				checkText(invoice.ID, invoiceIDs[1], invoice.AmountDecimal, "129.900", invoice.CustomerID, "cust_1"))
		}},
	}, peerEventDecoders(body)...)
}

func decodePlainEvent(body []byte) error {
	ev := new(plainEvent)
	if err := json.Unmarshal(body, ev); err != nil {
		return err
	}
	return checkEvent(ev.ID, ev.Type, ev.Created, ev.Data.Object)
}

// checkEvent fails for anything but the event number 1 of eventJSON.
func checkEvent(id, eventType string, created int64, object []byte) error {
	if id != firstEvent || eventType != pepay.EventInvoiceUpdated || created != 1735732800 || string(object) != firstInvoice {
		return fmt.Errorf("the event %q of type %q at %d with the resource %s", id, eventType, created, object)
	}
	return nil
}
