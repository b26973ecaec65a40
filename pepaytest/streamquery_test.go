package pepaytest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestStreamQueryIsChecked(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	payment := s.PaymentToken("inv_1", time.Hour).Reveal()
	cases := []struct{ stream, query, names string }{
		{"merchant", "color=red", "color"},
		{"merchant", "type=invoice.*", "type"},
		{"merchant", "order_id=o", "order_id"},
		{"merchant", "wallet_address=0x1", "wallet_address"},
		{"merchant", "wallet_network=bsc", "wallet_network"},
		{"merchant", "format=event_v2", "format"},
		{"merchant", "format=", "format"},
		{"merchant", "types=", "types"},
		{"merchant", "types=invoice", "invoice"},
		{"merchant", "types=*", "*"},
		{"merchant", "types=invoice*", "invoice*"},
		{"merchant", "types=invoice.paid", "invoice.paid"},
		{"merchant", "types=refund.*", "refund.*"},
		{"merchant", "types=invoice.*,", "unknown event type"},
		{"merchant", "types=invoice.*, invoice_payment.*", "unknown event type"},
		{"merchant", "types=invoice.created&types=invoice.updated", "types"},
		{"merchant", "environment=moon", "moon"},
		{"merchant", "environment=", "environment"},
		{"merchant", "since=", "since"},
		{"merchant", "invoice_id=%zz", "query"},
		{"commerce", "invoice_type=commerce", "invoice_type"},
		{"commerce", "environment=devnet", "environment"},
		{"commerce", "types=commerce", "commerce"},
		{"commerce", "wallet_network=", "wallet_network"},
		{"payment", "types=invoice.*", "types"},
		{"payment", "invoice_id=inv_1", "invoice_id"},
		{"payment", "environment=devnet", "environment"},
	}
	for _, tc := range cases {
		t.Run(tc.stream+" "+tc.query, func(t *testing.T) {
			t.Parallel()
			path, headers := merchantPath+"?", []string{"x-api-key", s.APIKey()}
			switch tc.stream {
			case "commerce":
				path, headers = commercePath+"?", []string{"x-api-key", s.CommerceAPIKey()}
			case "payment":
				path, headers = paymentPath+"?token="+payment+"&", nil
			}
			query := strings.ReplaceAll(tc.query, " ", "%20")
			r := wantRefused(t, s, path+query, 400, "VALIDATION_ERROR", headers...)
			if !strings.Contains(r.body, tc.names) {
				t.Errorf("%s does not say %q", r.body, tc.names)
			}
		})
	}
}

// Every documented filter, with what it lets through of the same events.
func TestFilters(t *testing.T) {
	t.Parallel()
	emitted := []struct {
		name string
		ev   pepay.Event
	}{
		{"full", event(pepay.EventInvoiceUpdated, "id", "inv_1", "invoice_type", "commerce", "customer_id", "cust_1", "environment", "devnet",
			"commerce_order_id", "order_1", "payer_wallet_address", "0xA", "payer_wallet_network", "solana")},
		{"other", event(pepay.EventInvoiceCreated, "id", "inv_2", "invoice_type", "standard", "customer_id", "cust_2", "environment", "mainnet",
			"payer_wallet_address", "0xB", "payer_wallet_network", "bsc", "commerce_order_id", "null")},
		{"payment", event(pepay.EventInvoicePaymentCreated, "id", "pay_1", "invoice_id", "inv_1", "commerce_order_id", "order_1")},
		{"order", order("order_1", "invoice_id", "inv_1")},
		{"order2", event(pepay.EventCommerceOrderCreated, "orderId", "order_2")},
		{"bare", event(pepay.EventInvoiceUpdated, "invoice_type", "null", "customer_id", "7", "commerce_order_id", "x")},
	}
	cases := []struct{ stream, query, want string }{
		{"merchant", "", "full other payment bare"},
		{"merchant", "types=invoice.*", "full other bare"},
		{"merchant", "types=invoice.created,invoice_payment.*", "other payment"},
		{"merchant", "types=invoice_payment.updated", ""},
		{"merchant", "types=commerce.order.*", ""},
		{"merchant", "invoice_type=commerce", "full"},
		{"merchant", "invoice_type=standard", "other"},
		{"merchant", "invoice_id=inv_1", "full payment"},
		{"merchant", "customer_id=cust_2", "other"},
		{"merchant", "customer_id=7", "bare"},
		{"merchant", "environment=devnet", "full"},
		{"merchant", "environment=mainnet", "other"},
		{"merchant", "invoice_id=inv_1&types=invoice.*", "full"},
		{"merchant", "invoice_id=inv_1&customer_id=cust_2", ""},
		{"commerce", "", "full payment order order2 bare"},
		{"commerce", "types=commerce.order.*", "order order2"},
		{"commerce", "types=commerce.*,invoice.updated", "full order order2 bare"},
		{"commerce", "types=commerce.order.created", "order2"},
		{"commerce", "invoice_id=inv_1", "full payment order"},
		{"commerce", "order_id=order_1", "full payment order"},
		{"commerce", "order_id=order_2", "order2"},
		{"commerce", "customer_id=cust_1", "full"},
		{"commerce", "wallet_address=0xA", "full"},
		{"commerce", "wallet_network=solana", "full"},
		{"commerce", "wallet_address=0xA&wallet_network=bsc", ""},
	}
	for _, tc := range cases {
		t.Run(tc.stream+" "+tc.query, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, s *pepaytest.Server) {
				names := map[string]string{}
				start := emit(s, pepay.EventTestPing)
				for _, e := range emitted {
					names[s.Emit(e.ev).ID] = e.name
				}
				query, err := url.ParseQuery(tc.query)
				if err != nil {
					t.Fatal(err)
				}
				query.Set("since", start.ID)
				dial := openMerchant
				if tc.stream == "commerce" {
					dial = openCommerce
				}
				var got []string
				for _, ev := range dial(t, s, query.Encode()).rest() {
					got = append(got, names[ev.ID])
				}
				if text := strings.Join(got, " "); text != tc.want {
					t.Errorf("got %q, want %q", text, tc.want)
				}
			})
		})
	}
}
