package pepaytest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func asClose(err error, target *websocket.CloseError) bool { return errors.As(err, target) }

// Commerce orders look like "commerce_order" in data.object.
func order(id string, fields ...string) pepay.Event {
	return event(pepay.EventCommerceOrderUpdated, append([]string{"id", id}, fields...)...)
}

func TestStreamsCarryWhatIsDocumented(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		merchant := openMerchant(t, s, "format=event_v1")
		commerce := openCommerce(t, s, "")
		mainnet := open(t, s, commercePath, "x-api-key", "mainnet")
		payor := open(t, s, paymentPath+"?token="+s.PaymentToken("inv_1", time.Minute).Reveal())

		standard := emit(s, pepay.EventInvoiceCreated, "id", "inv_2", "invoice_type", "standard")
		linked := emit(s, pepay.EventInvoiceUpdated, "id", "inv_3", "commerce_order_id", "order_1", "status", "expired")
		typed := emit(s, pepay.EventInvoicePaymentUpdated, "id", "pay_1", "invoice_id", "inv_1", "invoice_type", "commerce")
		placed := s.Emit(order("order_1"))
		emit(s, pepay.EventTestPing)
		quote := emit(s, pepay.EventPaymentQuoteUpdated, "invoice_id", "inv_1")
		emit(s, pepay.EventPaymentQuoteUpdated, "invoice_id", "inv_2")
		emit(s, pepay.EventInvoiceUpdated, "id", "inv_9", "merchant_id", "7", "invoice_type", "commerce")
		elsewhere := emit(s, pepay.EventInvoiceUpdated, "id", "inv_4", "invoice_type", "commerce", "environment", "mainnet")
		unknown := emit(s, "payout.created", "id", "po_1")
		mine := emit(s, pepay.EventInvoiceUpdated, "id", "inv_1", "merchant_id", "123", "commerce_order_id", "order_9", "environment", "devnet")

		merchant.wantRest(standard, linked, typed, elsewhere, unknown, mine)
		commerce.wantRest(linked, typed, placed, mine)
		mainnet.wantRest(linked, typed, placed, elsewhere)
		payor.wantRest(typed, quote, mine)
	}, pepaytest.WithKey("mainnet", pepaytest.Key{Scope: pepay.WSTokenScopeCommerce, Environment: pepay.NetworkEnvironmentMainnet}))
}

func TestStreamsReplay(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		events := emitN(s, 5)
		c := openMerchant(t, s, "since="+events[1].ID)
		c.want(events[2:]...)
		c.want(emitN(s, 2)...)
		live := openMerchant(t, s, "")
		live.want(emitN(s, 1)...)
	})
}

func TestUpgradesAreRecorded(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	openMerchant(t, s, "types=invoice.*")
	r := s.Requests()[0]
	if r.Operation != merchantID || r.Status != http.StatusSwitchingProtocols || r.Query.Get("types") != "invoice.*" {
		t.Errorf("%+v", r)
	}
}
