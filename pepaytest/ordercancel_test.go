package pepaytest_test

import (
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// cancel asks for the cancellation of an order that can be cancelled.
func cancel(t *testing.T, s *pepaytest.Server, id, body string) reply {
	t.Helper()
	r := commerce(t, s, http.MethodPost, ordersPath+"/"+id+"/cancel", body, "Idempotency-Key", aUUID)
	if r.status != http.StatusOK {
		t.Fatalf("cancel: %d %s", r.status, r.body)
	}
	return r
}

func TestCancelOrder(t *testing.T) {
	t.Parallel()
	t.Run("the retailer is asked", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t)
		made := checkout(t, s, "")
		simulate(t, s, made.OrderID, toPlaced...)
		r := cancel(t, s, made.OrderID, `{"refundDestinationWalletAddressBsc":"`+bscWallet+`"}`)
		want := `{"success":true,"data":{"customerId":"cust_1","orderId":"` + made.OrderID + `","refundQuote":{},"status":"placed","substatus":"AWAITING_TRACKING"}}`
		if r.body != want {
			t.Errorf("got  %s\nwant %s", r.body, want)
		}
		o := getOrder(t, s, made.OrderID)
		if o.Actions.CanCancel || o.CancellationStatus != "requested" || *o.Refund.DestinationWalletAddressBsc != bscWallet {
			t.Errorf("got %+v", o)
		}
		events := len(s.Events())
		if again := cancel(t, s, made.OrderID, `{"refundDestinationWalletAddressBsc":"`+bscWallet+`"}`); again.body != r.body || len(s.Events()) != events {
			t.Errorf("again %s", again.body)
		}
		twice := commerce(t, s, http.MethodPost, ordersPath+"/"+made.OrderID+"/cancel", "", "Idempotency-Key", anotherUUID)
		wantBad(t, twice, "CANCELLATION_NOT_ALLOWED", "The cancellation of the order was requested already")
		simulate(t, s, made.OrderID, "cancelled", "refunded")
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(pepaytest.CommerceRules{CancelAtOnce: true}))
		made := checkout(t, s, "")
		simulate(t, s, made.OrderID, toPlaced...)
		cancel(t, s, made.OrderID, "")
		if o := getOrder(t, s, made.OrderID); o.Status != "cancelled" || o.CancellationStatus != "cancelled" {
			t.Errorf("got %+v", o)
		}
	})
	t.Run("before it is paid, where the rules allow it", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(pepaytest.CommerceRules{Cancellable: []pepay.OrderStatus{pepay.OrderStatusPendingPayment}}))
		made := checkout(t, s, "")
		if o := getOrder(t, s, made.OrderID); !o.Actions.CanCancel {
			t.Errorf("got %+v", o)
		}
		cancel(t, s, made.OrderID, "")
		if o := getOrder(t, s, made.OrderID); o.Status != "cancelled" || o.Payment.Status != "canceled" {
			t.Errorf("got %+v", o)
		}
		if err := s.Pay(made.InvoiceID, pepaytest.Payment{}); err == nil {
			t.Error("the invoice can be paid")
		}
	})
	t.Run("not with a shipment, whatever the rules are", func(t *testing.T) {
		t.Parallel()
		s := pepaytest.NewServer(t, pepaytest.WithCommerceRules(pepaytest.CommerceRules{Cancellable: []pepay.OrderStatus{pepay.OrderStatusShipped}}))
		made := checkout(t, s, "")
		simulate(t, s, made.OrderID, toShipped...)
		r := commerce(t, s, http.MethodPost, ordersPath+"/"+made.OrderID+"/cancel", "", "Idempotency-Key", aUUID)
		wantBad(t, r, "CANCELLATION_NOT_ALLOWED", "The order has a shipment and cannot be cancelled")
	})
	for name, c := range map[string]struct {
		steps   []string
		body    string
		message string
	}{
		"not paid":     {nil, "", "The order is pending_payment and cannot be cancelled"},
		"processing":   {[]string{"payment_confirmed"}, "", "The order is processing and cannot be cancelled"},
		"shipped":      {toShipped, "", "The order is shipped and cannot be cancelled"},
		"a bad wallet": {toPlaced, `{"refundDestinationWalletAddressBsc":"0x1"}`, "refundDestinationWalletAddressBsc must be an address on bsc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			made := checkout(t, s, "")
			simulate(t, s, made.OrderID, c.steps...)
			events := len(s.Events())
			r := commerce(t, s, http.MethodPost, ordersPath+"/"+made.OrderID+"/cancel", c.body, "Idempotency-Key", aUUID)
			code := "CANCELLATION_NOT_ALLOWED"
			if c.body != "" {
				code = "VALIDATION_ERROR"
			}
			wantBad(t, r, code, c.message)
			if len(s.Events()) != events {
				t.Error("an event was emitted")
			}
		})
	}
	t.Run("bad rules", func(t *testing.T) {
		t.Parallel()
		if s, err := pepaytest.Start("", pepaytest.WithCommerceRules(pepaytest.CommerceRules{Cancellable: []pepay.OrderStatus{"lost"}})); err == nil {
			_ = s.Close()
			t.Error("were taken")
		}
	})
}
