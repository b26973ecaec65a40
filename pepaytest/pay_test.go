package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// newInvoice is one over 10 dollars.
func newInvoice(t *testing.T, s *pepaytest.Server) createdInvoice {
	t.Helper()
	return createInvoice(t, s, `{"amount_usd":10}`, aUUID)
}

// happened lists the types and statuses of the events since the first n.
func happened(t *testing.T, s *pepaytest.Server, n int) string {
	t.Helper()
	var seen []string
	for _, ev := range s.Events()[n:] {
		object := decode[struct {
			Status           string `json:"status"`
			SettlementStatus string `json:"settlement_status"`
		}](t, reply{body: string(ev.Data.Object)})
		seen = append(seen, strings.TrimSuffix(ev.Type+":"+object.Status+"/"+object.SettlementStatus, "/"))
	}
	return strings.Join(seen, " ")
}

// only is the single invoice of the server.
func only(t *testing.T, s *pepaytest.Server) pepay.Invoice {
	t.Helper()
	invoices := s.Invoices()
	if len(invoices) != 1 {
		t.Fatalf("%d invoices, want one", len(invoices))
	}
	return invoices[0]
}

func TestPay(t *testing.T) {
	t.Parallel()
	const (
		inFull = "invoice_payment.created:pending/pending invoice_payment.updated:confirmed/pending invoice.updated:paid"
		inPart = "invoice_payment.created:pending/pending invoice_payment.updated:underpaid/pending invoice.updated:underpaid payment_quote.updated:"
	)
	for name, tc := range map[string]struct {
		payments        []pepaytest.Payment
		status          pepay.InvoiceStatus
		paid, remaining int64
		events          string
		network         string
	}{
		"what remains":          {[]pepaytest.Payment{{}}, pepay.InvoiceStatusPaid, 10_000, 0, inFull, "base"},
		"exactly":               {[]pepaytest.Payment{{Millis: 10_000}}, pepay.InvoiceStatusPaid, 10_000, 0, inFull, "base"},
		"too little":            {[]pepaytest.Payment{{Millis: 9_999}}, pepay.InvoiceStatusUnderpaid, 9_999, 1, inPart, "base"},
		"too much":              {[]pepaytest.Payment{{Millis: 12_000}}, pepay.InvoiceStatusPaid, 12_000, 0, inFull, "base"},
		"in another token":      {[]pepaytest.Payment{{TokenID: 10}}, pepay.InvoiceStatusPaid, 10_000, 0, inFull, "solana"},
		"in two parts":          {[]pepaytest.Payment{{Millis: 4_000}, {}}, pepay.InvoiceStatusPaid, 10_000, 0, inPart + " " + inFull, "base"},
		"the rest in its token": {[]pepaytest.Payment{{Millis: 4_000, TokenID: 10}, {}}, pepay.InvoiceStatusPaid, 10_000, 0, inPart + " " + inFull, "solana"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			id := newInvoice(t, s).ID
			for _, p := range tc.payments {
				if err := s.Pay(id, p); err != nil {
					t.Fatal(err)
				}
			}
			if got := happened(t, s, 1); got != tc.events {
				t.Errorf("events\n%s\nwant\n%s", got, tc.events)
			}
			inv := only(t, s)
			if inv.Status != tc.status || inv.AmountPaid != tc.paid || inv.AmountRemaining != tc.remaining {
				t.Errorf("%s, %d paid, %d remain", inv.Status, inv.AmountPaid, inv.AmountRemaining)
			}
			if inv.PaidAt.IsZero() != (tc.status != pepay.InvoiceStatusPaid) || inv.LastPaymentAt.IsZero() {
				t.Errorf("paid at %v, last payment at %v", inv.PaidAt, inv.LastPaymentAt)
			}
			if inv.PayerWalletNetwork != tc.network || inv.PayerWalletAddress == "" {
				t.Errorf("paid by %q on %q", inv.PayerWalletAddress, inv.PayerWalletNetwork)
			}
			if len(inv.Payments) != len(tc.payments) || inv.LatestPayment.ID != inv.Payments[0].ID {
				t.Errorf("payments: %+v", inv.Payments)
			}
		})
	}
}

func TestWhatCannotBePaid(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before  func(s *pepaytest.Server, id string) error
		payment pepaytest.Payment
		want    string
	}{
		"paid":          {func(s *pepaytest.Server, id string) error { return s.Pay(id, pepaytest.Payment{}) }, pepaytest.Payment{}, "the invoice is paid"},
		"expired":       {func(s *pepaytest.Server, id string) error { return s.Expire(id) }, pepaytest.Payment{}, "the invoice is expired"},
		"in due time":   {func(s *pepaytest.Server, _ string) error { s.Advance(13 * time.Hour); return nil }, pepaytest.Payment{}, "the invoice is expired"},
		"negative":      {nil, pepaytest.Payment{Millis: -1}, "Millis -1"},
		"huge":          {nil, pepaytest.Payment{Millis: 1 << 62}, "Millis"},
		"unknown token": {nil, pepaytest.Payment{TokenID: 999}, "token 999 is not supported"},
		"mainnet token": {nil, pepaytest.Payment{TokenID: 123}, "is a token of mainnet"},
		"locked": {
			func(s *pepaytest.Server, id string) error {
				return s.Pay(id, pepaytest.Payment{Millis: 1, TokenID: 10})
			},
			pepaytest.Payment{TokenID: 11}, "token 11 is not token 10 on solana",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			id := newInvoice(t, s).ID
			if tc.before != nil {
				if err := tc.before(s, id); err != nil {
					t.Fatal(err)
				}
			}
			was, events := only(t, s), len(s.Events())
			err := s.Pay(id, tc.payment)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), id) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
			if is := only(t, s); is.AmountPaid != was.AmountPaid || is.Status != was.Status || len(s.Events()) != events {
				t.Errorf("a refused payment changed the invoice to %+v", is)
			}
		})
	}
	s := pepaytest.NewServer(t)
	for name, err := range map[string]error{
		"Pay": s.Pay("none", pepaytest.Payment{}), "Settle": s.Settle("none"), "FailSettlement": s.FailSettlement("none"), "Expire": s.Expire("none"),
	} {
		if err == nil || !strings.Contains(err.Error(), name+`("none"): no such invoice`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A settlement comes after the payment, can fail, and happens once.
func TestSettle(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	id := newInvoice(t, s).ID
	refused := func(step string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", step, err, want)
		}
	}
	refused("unpaid", s.Settle(id), "the invoice is unpaid; only a paid one is settled")
	refused("unpaid", s.FailSettlement(id), "the invoice is unpaid; only a paid one is settled")
	for _, p := range []pepaytest.Payment{{Millis: 1}, {}} {
		if err := s.Pay(id, p); err != nil {
			t.Fatal(err)
		}
	}
	n := len(s.Events())
	if err := s.FailSettlement(id); err != nil {
		t.Fatal(err)
	}
	if got, want := happened(t, s, n), "invoice_payment.updated:underpaid/failed invoice_payment.updated:confirmed/failed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	refused("failed", s.FailSettlement(id), "the settlement has failed already")
	n = len(s.Events())
	if err := s.Settle(id); err != nil {
		t.Fatal(err)
	}
	if got, want := happened(t, s, n), "invoice_payment.updated:underpaid/settled invoice_payment.updated:confirmed/settled"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	last := only(t, s).LatestPayment
	if got := last.Settlement; got.Stage != "final" || got.Status != pepay.SettlementStatusSettled || !strings.HasPrefix(got.SettlementTxHash, "0x") || got.Network != "base" {
		t.Errorf("settlement: %+v", got)
	}
	refused("settled", s.Settle(id), "the invoice is settled already")
	refused("settled", s.FailSettlement(id), "the invoice is settled already")
}

// An invoice that expires early has no time left.
func TestExpire(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	id := newInvoice(t, s).ID
	s.Advance(time.Hour)
	if err := s.Expire(id); err != nil {
		t.Fatal(err)
	}
	inv := only(t, s)
	if want := fixedClock().Add(time.Hour); inv.Status != pepay.InvoiceStatusExpired || !inv.ExpiresAt.Equal(want) {
		t.Errorf("%s at %v, want it expired at %v", inv.Status, inv.ExpiresAt, want)
	}
	if err := s.Expire(id); err == nil || !strings.Contains(err.Error(), "the invoice is expired") {
		t.Errorf("again: %v", err)
	}
	s.Advance(24 * time.Hour)
	if got := happened(t, s, 1); got != "invoice.updated:expired" {
		t.Errorf("events: %s", got)
	}
}

// At each event about an invoice or a payment, the API shows what the last one says.
func TestPaymentsInEventsAndInTheAPI(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	id := newInvoice(t, s).ID
	for _, step := range []func() error{
		func() error { return s.Pay(id, pepaytest.Payment{Millis: 1}) },
		func() error { return s.Pay(id, pepaytest.Payment{}) },
		func() error { return s.Settle(id) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		last := map[string]string{}
		for _, ev := range s.Events() {
			kind, _, _ := ev.Resource()
			last[kind] = string(ev.Data.Object)
		}
		if got := ask(t, s, http.MethodGet, invoicesPath+"/"+id, "").body; got != last["invoice"] {
			t.Errorf("the API has\n%s\nthe event\n%s", got, last["invoice"])
		}
		got := ask(t, s, http.MethodGet, invoicesPath+"/"+id+"/status", "").body
		for _, kind := range []string{"invoice", "invoice_payment"} {
			if !strings.Contains(got, last[kind]) {
				t.Errorf("the status is\n%s\nthe event about the %s\n%s", got, kind, last[kind])
			}
		}
	}
}
