package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	// maxMissed bounds the memory of a resume. What Pepay replays goes beyond it.
	maxMissed = 20_000
	pageSize  = 100 // the most a page may have, by Pepay's pagination page
)

// backlog is what the Events API lists since the position, oldest first, and why
// there may be more.
type backlog struct {
	events  []*pepay.Event
	reason  string // of a possible gap
	unknown bool   // the Events API does not know the cursor
}

func gap(format string, args ...any) backlog {
	return backlog{reason: oneLine(fmt.Sprintf(format, args...))}
}

// missed lists from the newest event back to the cursor. Everything is bounded by
// the cursor's time, which is asked for where it is not known, so that a cursor
// that is not found does not mean reading all of history.
func (r *run) missed(ctx context.Context) backlog {
	switch {
	case !r.kind.list:
		return gap("the %s stream has no list of events to check", r.kind.name)
	case r.opts.Backfill == BackfillOff:
		return gap("the Events API is not asked (BackfillOff)")
	}
	from, known := r.created, false
	switch {
	case r.id == "" || r.refused:
		from = r.began
	case from.IsZero():
		cursor, err := r.client.Events.Get(ctx, r.id, wrapper.WithPreferredCredential(r.kind.scheme))
		if err != nil {
			return r.cursorGap(err)
		}
		from, known = cursor.Created.Time, true
	}
	list, found, err := r.list(ctx, from)
	switch {
	case err != nil:
		return gap("%s", listGap(err))
	case found || known || r.id == "" || r.refused:
		return list
	}
	// The list is filtered, the cursor may be of another type.
	if _, err := r.client.Events.Get(ctx, r.id, wrapper.WithPreferredCredential(r.kind.scheme)); err != nil {
		lost := r.cursorGap(err)
		lost.events = list.events
		return lost
	}
	return list
}

// list collects the events since a time, up to the cursor, that this stream asks
// for.
func (r *run) list(ctx context.Context, from time.Time) (list backlog, found bool, err error) {
	types := r.opts.Types
	if len(types) == 0 {
		types = r.kind.types
	}
	params := wrapper.EventParams{
		Types:       types,
		CreatedFrom: from,
		Limit:       pageSize,
		InvoiceID:   r.opts.InvoiceID,
		Environment: pepay.NetworkEnvironment(r.opts.Environment),
	}
	for ev, err := range r.client.Events.All(ctx, params, wrapper.WithPreferredCredential(r.kind.scheme)) {
		if err != nil {
			return backlog{}, false, err
		}
		if ev.ID == r.id {
			found = true
			break
		}
		if len(list.events) == maxMissed {
			list.reason = fmt.Sprintf("more than %d events were missed", maxMissed)
			break
		}
		wanted, undecided := r.opts.wants(ev)
		if undecided != "" && list.reason == "" {
			list.reason = oneLine(fmt.Sprintf("event %s does not say its %s", ev.ID, undecided))
		}
		if wanted {
			list.events = append(list.events, ev)
		}
	}
	slices.Reverse(list.events)
	return list, found, nil
}

// cursorGap is the gap where the Events API does not confirm the cursor.
func (r *run) cursorGap(err error) backlog {
	if errors.Is(err, wrapper.ErrNotFound) || errors.Is(err, wrapper.ErrGone) {
		m := gap("the Events API does not know the event %s any more", r.id)
		m.unknown = true
		return m
	}
	return gap("%s", listGap(err))
}

func listGap(err error) string {
	if errors.Is(err, wrapper.ErrNoCredential) || errors.Is(err, wrapper.ErrUnauthorized) || errors.Is(err, wrapper.ErrForbidden) {
		return "no credential for the Events API: " + err.Error()
	}
	return "the Events API could not be asked: " + err.Error()
}

// wants applies the filters that the Events API does not have. undecided names a
// filter on which the event is silent; it is left out then, and may be missing.
func (o *Options) wants(ev *pepay.Event) (wanted bool, undecided string) {
	if o.InvoiceType+o.CustomerID+o.OrderID+o.WalletAddress+o.WalletNetwork == "" {
		return true, ""
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(ev.Data.Object, &fields) // an object that is none has no fields
	kind := wire.Text(fields["object"])
	for _, filter := range []struct{ name, value, field string }{
		{"invoice_type", o.InvoiceType, "invoice_type"},
		{"customer_id", o.CustomerID, "customer_id"},
		{"order_id", o.OrderID, "commerce_order_id"},
		{"wallet_address", o.WalletAddress, "payer_wallet_address"},
		{"wallet_network", o.WalletNetwork, "payer_wallet_network"},
	} {
		if filter.value == "" {
			continue
		}
		raw, said := fields[filter.field]
		if filter.name == "order_id" && kind == "commerce_order" {
			raw, said = fields["id"], true
			if _, camel := fields["orderId"]; camel {
				raw = fields["orderId"]
			}
		}
		switch {
		case !said:
			return false, filter.name
		case wire.Text(raw) != filter.value:
			return false, ""
		}
	}
	return true, ""
}
