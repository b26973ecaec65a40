package stream

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

func TestOptionsCheck(t *testing.T) {
	t.Parallel()
	source := wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return nil, errors.New("not asked") })
	for _, c := range []struct {
		name  string
		kind  kind
		opts  Options
		token pepay.Secret
		bad   string // the option the error names, "" for none
	}{
		{name: "zero, merchant", kind: merchantKind},
		{name: "zero, commerce", kind: commerceKind},
		{name: "zero, payment", kind: paymentKind, token: "jwt"},
		{name: "every merchant filter", kind: merchantKind, opts: Options{InvoiceType: "standard", InvoiceID: "i", CustomerID: "c", Environment: "devnet", Types: []string{"invoice.*"}}},
		{name: "every commerce filter", kind: commerceKind, opts: Options{InvoiceID: "i", CustomerID: "c", OrderID: "o", WalletAddress: "w", WalletNetwork: "bsc", Source: source}},
		{name: "order on merchant", kind: merchantKind, opts: Options{OrderID: "o"}, bad: "OrderID"},
		{name: "wallet on merchant", kind: merchantKind, opts: Options{WalletAddress: "w"}, bad: "WalletAddress"},
		{name: "wallet network on merchant", kind: merchantKind, opts: Options{WalletNetwork: "w"}, bad: "WalletNetwork"},
		{name: "invoice type on commerce", kind: commerceKind, opts: Options{InvoiceType: "commerce"}, bad: "InvoiceType"},
		{name: "environment on commerce", kind: commerceKind, opts: Options{Environment: "devnet"}, bad: "Environment"},
		{name: "filter on payment", kind: paymentKind, token: "jwt", opts: Options{InvoiceID: "i"}, bad: "InvoiceID"},
		{name: "types on payment", kind: paymentKind, token: "jwt", opts: Options{Types: []string{"invoice.*"}}, bad: "Types"},
		{name: "source on payment", kind: paymentKind, token: "jwt", opts: Options{Source: source}, bad: "Source"},
		{name: "payment without a token", kind: paymentKind, bad: "token"},
		{name: "unknown environment", kind: merchantKind, opts: Options{Environment: "testnet"}, bad: "Environment"},
		{name: "several types in one", kind: merchantKind, opts: Options{Types: []string{"invoice.*,invoice_payment.*"}}, bad: "Types"},
		{name: "empty type", kind: merchantKind, opts: Options{Types: []string{""}}, bad: "Types"},
		{name: "payment with a blank token", kind: paymentKind, token: " \n", bad: "token"},
		{name: "since with the end of a line", kind: merchantKind, opts: Options{Since: "evt_1\n"}, bad: "Since"},
		{name: "filter with a control character", kind: merchantKind, opts: Options{CustomerID: "c\x00"}, bad: "CustomerID"},
		{name: "type with a tab", kind: merchantKind, opts: Options{Types: []string{"invoice.*\t"}}, bad: "Types"},
		{name: "unknown backfill", kind: merchantKind, opts: Options{Backfill: 7}, bad: "Backfill"},
		{name: "negative read limit", kind: merchantKind, opts: Options{ReadLimit: -1}, bad: "ReadLimit"},
		{name: "negative idle timeout", kind: merchantKind, opts: Options{IdleTimeout: -1}, bad: "IdleTimeout"},
		{name: "audit", kind: merchantKind, opts: Options{Audit: time.Minute}},
		{name: "negative audit", kind: merchantKind, opts: Options{Audit: -time.Minute}, bad: "Audit"},
		{name: "audit too often", kind: commerceKind, opts: Options{Audit: time.Minute - 1}, bad: "Audit"},
		{name: "audit on payment", kind: paymentKind, token: "jwt", opts: Options{Audit: time.Hour}, bad: "Audit"},
		{name: "audit without the list", kind: merchantKind, opts: Options{Audit: time.Hour, Backfill: BackfillOff}, bad: "Audit"},
		{name: "negative window", kind: merchantKind, opts: Options{DedupeWindow: -1}, bad: "DedupeWindow"},
		{name: "negative backoff", kind: merchantKind, opts: Options{Backoff: Backoff{Max: -1}}, bad: "Backoff.Max"},
		{name: "negative base", kind: merchantKind, opts: Options{Backoff: Backoff{Base: -1}}, bad: "Backoff.Base"},
		{name: "negative reset", kind: merchantKind, opts: Options{Backoff: Backoff{ResetAfter: -1}}, bad: "Backoff.ResetAfter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var session func() pepay.Secret
			if c.kind.name == paymentKind.name {
				session = func() pepay.Secret { return c.token }
			}
			err := c.opts.check(c.kind, session)
			if c.bad == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, wrapper.ErrInvalidArgument) || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("got %v, want the error to name %s", err, c.bad)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		opts  Options
		since string
		want  string
	}{
		{Options{}, "", "format=event_v1"},
		{Options{}, "evt_1700000000000-123", "format=event_v1&since=evt_1700000000000-123"},
		{Options{Types: []string{"invoice.*", "invoice_payment.updated"}}, "", "format=event_v1&types=invoice.%2A%2Cinvoice_payment.updated"},
		{Options{InvoiceType: "standard", InvoiceID: "a b", CustomerID: "c", Environment: "devnet"}, "", "customer_id=c&environment=devnet&format=event_v1&invoice_id=a+b&invoice_type=standard"},
		{Options{OrderID: "o", WalletAddress: "0x1", WalletNetwork: "bsc"}, "", "format=event_v1&order_id=o&wallet_address=0x1&wallet_network=bsc"},
	} {
		if got := c.opts.query(c.since).Encode(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestOptionsAreCopied(t *testing.T) {
	t.Parallel()
	client, err := wrapper.New(wrapper.WithAPIKey("k"))
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"invoice.*"}
	s := Merchant(client, Options{Types: types})
	types[0] = "changed"
	if s.opts.Types[0] != "invoice.*" || s.opts.ReadLimit != 1<<20 || s.opts.IdleTimeout != time.Minute || s.opts.DedupeWindow != 1024 ||
		s.opts.Backoff != (Backoff{500 * time.Millisecond, 30 * time.Second, 30 * time.Second}) {
		t.Errorf("got %+v", s.opts)
	}
	if s.State() != StateIdle || s.Cursor() != "" {
		t.Errorf("a new stream is %s at %q", s.State(), s.Cursor())
	}
}
