package stream

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const (
	defaultReadLimit    = 1 << 20
	defaultIdleTimeout  = time.Minute
	defaultDedupeWindow = 1024
)

// Options says what to follow and how. The zero value follows everything from
// now on. An option with an impossible value, or a filter that the stream does not
// have, is wrapper.ErrInvalidArgument as the only error of Events, before anything
// is dialled. Empty filters are not sent.
type Options struct {
	// Types lists event types; one may end in a wildcard: "invoice.*". Empty means
	// all that the stream carries.
	Types []string
	// Since resumes after the event with this id. Without it, and without a Cursor,
	// the stream begins now; should the connection be lost before the first event, it
	// resumes at the second in which it began, which may bring events a little older.
	Since string
	// Cursor keeps the id of the last handled event across restarts. What it holds
	// wins over Since. The default keeps it in the Stream alone.
	Cursor CursorStore

	// InvoiceType ("standard", "commerce") and Environment ("devnet", "mainnet")
	// belong to the merchant stream; OrderID, WalletAddress and WalletNetwork to the
	// commerce stream; InvoiceID and CustomerID to both.
	InvoiceType, InvoiceID, CustomerID, Environment, OrderID, WalletAddress, WalletNetwork string

	// Source gives ws_tokens. Nil sends the client's API key in the upgrade request. An
	// error of a Source may have a method RetryAfter() time.Duration; the stream waits
	// as long as it says, up to 60 s, as it does for a *wrapper.Error.
	Source wstoken.Source

	// Backoff says how long to wait before dialling again.
	Backoff Backoff
	// ReadLimit is the most bytes a frame may have, 1 MiB by default.
	ReadLimit int64
	// IdleTimeout is how long no byte may come before the connection counts as dead,
	// 60 s by default. A part of a frame and the answer to a ping are bytes; the stream
	// pings after half of the time. A frame may take sixty times as long.
	IdleTimeout time.Duration
	// DedupeWindow is how many event ids are remembered to drop duplicates, 1024 by
	// default. On a resume, events that arrived late are looked for up to 60 s before
	// the cursor, but not before the oldest id that is remembered: a stream with more
	// than DedupeWindow events in 60 s finds fewer of them.
	DedupeWindow int
	// Backfill lists missed events from the Events API on every resume.
	Backfill Backfill
	// StopOnGap ends the stream with ErrGap where events may be missing. What the
	// Events API shows of a gap is known before the first event of a resume is handed
	// out.
	StopOnGap bool
	// Audit is how often an open stream is checked against the Events API, at least
	// 1 min; 0, the default, means never. An audit lists the events since the one
	// before, up to 60 s ago, usually with one request, while the stream waits for a
	// frame. If one is among them that did not come, the connection is ended, and the
	// resume hands out what was skipped, in order. Events that are no longer remembered
	// (DedupeWindow) cannot be audited, nor those that do not say what a filter asks
	// for. Audit needs a list: it excludes BackfillOff and the payment stream.
	Audit time.Duration

	// Lease makes the stream one of a group, of which one at a time follows Pepay: the
	// others stand by and take over from its cursor. The lease keeps the cursor, so
	// Lease excludes Cursor. While it can be neither renewed nor asked for, every
	// stream of the group stands by; a program that has to know sets Observer.OnLease.
	//
	// An event may be handed out twice around a take-over. Effects happen once only when
	// the transaction that makes them also records the event's id.
	// A loop that is busy keeps the lease however long it takes: one that is stuck
	// keeps it for ever, which [Stream.Lag] shows.
	Lease Lease
	// LeaseLife is how long the lease outlives a stream that died, 3 s by default and
	// at least 100 ms. It is renewed after a third of that. Another stream takes over
	// at most half a second later.
	LeaseLife time.Duration

	// Observer hears what the stream does.
	Observer Observer
	// Logger gets one record per connection and disconnection, metadata only.
	Logger *slog.Logger
}

// Backfill says whether missed events are also listed from the Events API.
type Backfill int

const (
	// BackfillAuto lists them on every resume, where the stream allows it.
	BackfillAuto Backfill = iota
	// BackfillOff relies on Pepay's replay alone: every resume may hide a gap.
	BackfillOff
)

// kind is one of Pepay's streams.
type kind struct {
	name    string
	path    string
	filters string   // the parameters it has beside since, types and format
	types   []string // what it carries; what else the Events API lists is not the stream's
	list    bool     // the Events API lists what it carries
	scheme  string   // of the key that reads that list, where the client has it
}

var (
	merchantKind = kind{"merchant", "/ws/merchant/events", "invoice_type invoice_id customer_id environment",
		[]string{"invoice.*", "invoice_payment.*"}, true, "merchantApiKey"}
	commerceKind = kind{"commerce", "/ws/commerce/events", "invoice_id customer_id order_id wallet_address wallet_network",
		[]string{"commerce.order.*", "invoice.*", "invoice_payment.*"}, true, "commerceApiKey"}
	paymentKind = kind{"payment", "/ws/payment", "", nil, false, ""}
)

// filters lists the filters by the names Pepay gives them.
func (o *Options) filters() []struct{ name, option, value string } {
	return []struct{ name, option, value string }{
		{"invoice_type", "InvoiceType", o.InvoiceType},
		{"invoice_id", "InvoiceID", o.InvoiceID},
		{"customer_id", "CustomerID", o.CustomerID},
		{"environment", "Environment", o.Environment},
		{"order_id", "OrderID", o.OrderID},
		{"wallet_address", "WalletAddress", o.WalletAddress},
		{"wallet_network", "WalletNetwork", o.WalletNetwork},
	}
}

func (o *Options) withDefaults() {
	o.Types = slices.Clone(o.Types)
	if o.ReadLimit == 0 {
		o.ReadLimit = defaultReadLimit
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = defaultIdleTimeout
	}
	if o.DedupeWindow == 0 {
		o.DedupeWindow = defaultDedupeWindow
	}
	if o.LeaseLife == 0 {
		o.LeaseLife = defaultLeaseLife
	}
	o.Backoff = o.Backoff.withDefaults()
}

// check refuses impossible values, before anything is dialled.
func (o *Options) check(k kind, session func() pepay.Secret) error {
	invalid := func(option, reason string) error {
		return fmt.Errorf("%w: stream.Options.%s: %s", wrapper.ErrInvalidArgument, option, reason)
	}
	for _, f := range o.filters() {
		switch {
		case f.value == "":
		case !slices.Contains(strings.Fields(k.filters), f.name):
			return invalid(f.option, "the "+k.name+" stream does not have this filter")
		case !printable(f.value):
			return invalid(f.option, "has a control character or space around it; trim it")
		}
	}
	switch {
	case k.types == nil && len(o.Types) > 0:
		return invalid("Types", "the "+k.name+" stream does not have this filter")
	case slices.ContainsFunc(o.Types, func(t string) bool { return t == "" || strings.ContainsAny(t, ", ") || !printable(t) }):
		return invalid("Types", `each is one event type such as "invoice.updated" or "invoice.*"`)
	case !printable(o.Since):
		return invalid("Since", "has a control character or space around it; trim it")
	case o.Environment != "" && !pepay.NetworkEnvironment(o.Environment).Valid():
		return invalid("Environment", "is neither devnet nor mainnet")
	case o.Backfill != BackfillAuto && o.Backfill != BackfillOff:
		return invalid("Backfill", "is neither BackfillAuto nor BackfillOff")
	case o.Audit > 0 && o.Audit < minAudit:
		return invalid("Audit", "must be at least 1 min, or 0 for none")
	case o.Audit > 0 && !k.list:
		return invalid("Audit", "the "+k.name+" stream has no list of events to check")
	case o.Audit > 0 && o.Backfill == BackfillOff:
		return invalid("Audit", "needs the Events API, which BackfillOff excludes")
	case o.Lease != nil && o.Cursor != nil:
		return invalid("Cursor", "the lease keeps the cursor; leave Cursor nil")
	case o.LeaseLife > 0 && o.LeaseLife < minLeaseLife:
		return invalid("LeaseLife", "must be at least 100 ms, or 0 for 3 s")
	case session != nil && o.Source != nil:
		return invalid("Source", "the payment stream takes the token of its session")
	case session != nil && strings.TrimSpace(session().Reveal()) == "":
		return fmt.Errorf("%w: stream.Payment: the session token is empty", wrapper.ErrInvalidArgument)
	}
	for _, number := range []struct {
		option string
		value  int64
	}{
		{"ReadLimit", o.ReadLimit},
		{"IdleTimeout", int64(o.IdleTimeout)},
		{"DedupeWindow", int64(o.DedupeWindow)},
		{"Audit", int64(o.Audit)},
		{"LeaseLife", int64(o.LeaseLife)},
		{"Backoff.Base", int64(o.Backoff.Base)},
		{"Backoff.Max", int64(o.Backoff.Max)},
		{"Backoff.ResetAfter", int64(o.Backoff.ResetAfter)},
	} {
		if number.value < 0 {
			return invalid(number.option, "must not be negative; 0 takes the default")
		}
	}
	return nil
}

// printable reports whether text can be part of a query as it is meant: without
// control characters, and without space around it, as a line read from a file has.
func printable(text string) bool {
	return strings.TrimSpace(text) == text && !strings.ContainsFunc(text, unicode.IsControl)
}

// query is what the upgrade asks for.
func (o *Options) query(since string) url.Values {
	q := url.Values{"format": {"event_v1"}}
	if since != "" {
		q.Set("since", since)
	}
	if len(o.Types) > 0 {
		q.Set("types", strings.Join(o.Types, ","))
	}
	for _, f := range o.filters() {
		if f.value != "" {
			q.Set(f.name, f.value)
		}
	}
	return q
}
