package pepaytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

var (
	toPlaced    = []string{"payment_confirmed", "payment_settled", "placed"}
	toShipped   = []string{"payment_confirmed", "payment_settled", "placed", "shipped"}
	toDelivered = []string{"payment_confirmed", "payment_settled", "placed", "shipped", "delivery_confirmed"}
)

func TestTransitions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		checkout string
		steps    []string
		want     string // status, substatus, payment, settlement, cancellation, refund, canCancel, deliveries
	}{
		"paid":                             {steps: []string{"payment_confirmed"}, want: "processing - paid pending none NONE false []"},
		"settled":                          {steps: []string{"payment_confirmed", "payment_settled"}, want: "processing PROVIDER_PLACEMENT_SUBMITTED paid settled none NONE false []"},
		"placed":                           {steps: toPlaced, want: "placed AWAITING_TRACKING paid settled none NONE true []"},
		"shipped":                          {steps: toShipped, want: "shipped - paid settled none NONE false [In Transit]"},
		"delivered":                        {steps: toDelivered, want: "delivered - paid settled none NONE false [Delivered]"},
		"failed":                           {steps: []string{"payment_confirmed", "failed"}, want: "failed - paid pending none NONE false []"},
		"cancelled":                        {steps: append(toPlaced[:3:3], "cancelled"), want: "cancelled - paid settled cancelled NONE false []"},
		"refunded to the wallet that paid": {steps: []string{paidFromBSC, "payment_settled", "placed", "cancelled", "refunded"}, want: "cancelled - paid settled cancelled REFUNDED false []"},
		"refunded to the wallet of the checkout": {
			checkout: `,"refundDestinationWalletAddressBsc":"` + bscWallet + `"`, steps: []string{"payment_confirmed", "failed", "refunded"}, want: "failed - paid pending none REFUNDED false []",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			made := checkout(t, s, c.checkout)
			events := len(s.Events())
			simulate(t, s, made.OrderID, c.steps...)
			o := getOrder(t, s, made.OrderID)
			var deliveries []string
			for _, shipment := range o.Fulfillment.Shipments {
				deliveries = append(deliveries, shipment.DeliveryStatus)
			}
			substatus := "-"
			if o.Substatus != nil {
				substatus = *o.Substatus
			}
			got := fmt.Sprint(o.Status, " ", substatus, " ", o.Payment.Status, " ", o.Payment.Settlement.Status, " ", o.CancellationStatus, " ", o.RefundStatus, " ",
				o.Actions.CanCancel, " ", deliveries)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			updates := 0
			for _, ev := range s.Events()[events:] {
				if ev.Type == "commerce.order.updated" {
					updates++
				}
			}
			if updates != len(c.steps) {
				t.Errorf("%d updates of the order for %d steps", updates, len(c.steps))
			}
			if strings.HasPrefix(name, "refunded") && (o.Refund.AmountUSD == nil || *o.Refund.AmountUSD != "103.99" || o.Refund.TxHash == nil ||
				*o.Refund.DestinationWalletAddressBsc != bscWallet || o.Refund.Status != o.RefundStatus) {
				t.Errorf("the refund is %+v", o.Refund)
			}
		})
	}
}

// Every transition that is not possible says so, names the status and what is possible,
// and changes nothing.
func TestTransitionsRefused(t *testing.T) {
	t.Parallel()
	all := []string{"payment_confirmed", "payment_settled", "placed", "shipped", "delivery_confirmed", "failed", "cancelled", "refunded"}
	for name, c := range map[string]struct {
		steps    []string
		possible string
	}{
		"pending_payment":                       {possible: "payment_confirmed"},
		"processing":                            {steps: []string{"payment_confirmed"}, possible: "payment_settled, failed"},
		"processing, settled and paid from bsc": {steps: []string{paidFromBSC, "payment_settled"}, possible: "placed, failed, refunded"},
		"placed":                                {steps: toPlaced, possible: "shipped, cancelled"},
		"shipped":                               {steps: toShipped, possible: "delivery_confirmed"},
		"delivered":                             {steps: toDelivered, possible: "nothing"},
		"failed":                                {steps: []string{"payment_confirmed", "failed"}, possible: "nothing"},
		"cancelled":                             {steps: append(toPlaced[:3:3], "cancelled"), possible: "nothing"},
		"failed, paid from bsc":                 {steps: []string{paidFromBSC, "failed"}, possible: "refunded"},
		"failed, paid and refunded":             {steps: []string{paidFromBSC, "failed", "refunded"}, possible: "nothing"},
		"placed, cancellation wanted":           {steps: append(toPlaced[:3:3], "cancel"), possible: "shipped, cancelled"},
	} {
		status, _, _ := strings.Cut(name, ",")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			made := checkout(t, s, "")
			for _, step := range c.steps {
				if step == "cancel" {
					cancel(t, s, made.OrderID, "{}")
					continue
				}
				simulate(t, s, made.OrderID, step)
			}
			before := len(s.Events())
			for _, to := range all {
				if strings.Contains(", "+c.possible+",", " "+to+",") {
					continue
				}
				r := commerce(t, s, http.MethodPost, simulatePath(made.OrderID), stepBody(to))
				wantBad(t, r, "INVALID_TRANSITION", "transitionTo: "+to+" is not possible, ")
				if message := messageOf(t, r); !strings.HasSuffix(message, "; the order is "+status+" and can go to "+c.possible) {
					t.Errorf("message %q", message)
				}
			}
			if after := len(s.Events()); after != before {
				t.Errorf("%d events", after-before)
			}
			for _, to := range strings.Split(c.possible, ", ")[:1] {
				if to != "nothing" {
					simulate(t, s, made.OrderID, to)
				}
			}
		})
	}
}

func TestSimulatedPayment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ more, message, network, address string }{
		"from bsc":              {`,"walletNetwork":"bsc","walletAddress":"` + bscWallet + `"`, "", "bsc", bscWallet},
		"from a made-up wallet": {`,"walletNetwork":"solana"`, "", "solana", ""},
		"from anywhere":         {``, "", "base", ""},
		"no EVM address":        {`,"walletNetwork":"bsc","walletAddress":"0x1"`, "walletAddress must be an address on bsc", "", ""},
		"no network":            {`,"walletAddress":"` + bscWallet + `"`, "walletNetwork is required with walletAddress", "", ""},
		"a network without one": {`,"walletNetwork":"dogecoin"`, "walletNetwork: dogecoin has no token here that is dollars; there are solana, base", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			made := checkout(t, s, "")
			body := stepBody("payment_confirmed " + c.more)
			if c.message != "" {
				wantBad(t, commerce(t, s, http.MethodPost, simulatePath(made.OrderID), body), "VALIDATION_ERROR", c.message)
				return
			}
			commerceData[struct{}](t, s, http.MethodPost, simulatePath(made.OrderID), body)
			o := getOrder(t, s, made.OrderID)
			if *o.WalletNetwork != c.network || c.address != "" && *o.WalletAddress != c.address || *o.WalletAddress == "" {
				t.Errorf("paid from %s on %s", *o.WalletAddress, *o.WalletNetwork)
			}
			if bsc := o.Refund.DestinationWalletAddressBsc; (bsc != nil) != (c.network == "bsc") {
				t.Errorf("refunds go to %v", bsc)
			}
		})
	}
}

// What the payor of an order pays in is the merchant's to refuse, and the wallet of an
// order may be on a network whose tokens are no dollars.
func TestSimulatedPaymentOfWhatIsAccepted(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if r := ask(t, s, http.MethodPost, merchantTokens+"/11/block", `{"blocked":true}`); r.status != http.StatusOK { // dollars on base
		t.Fatal(r.body)
	}
	made := checkout(t, s, "")
	r := commerce(t, s, http.MethodPost, simulatePath(made.OrderID), stepBody("payment_confirmed"))
	wantBad(t, r, "INVALID_TRANSITION", "transitionTo: payment_confirmed is not possible, token 11 is not accepted by the merchant")
	simulate(t, s, made.OrderID, paidFromBSC)

	open := pepaytest.NewServer(t)
	e := estimate(t, open, `{"wallet_address":"addr1","wallet_network":"cardano","items":[{"productId":"B08N5WRWNW"}]}`)
	a := setAddress(t, open, e.EstimateID, jane)
	ofWallet := commerceData[placedOrder](t, open, http.MethodPost, checkoutPath+"/invoice", invoiceBody(e.EstimateID, a.AddressID, ""))
	simulate(t, open, ofWallet.OrderID, "payment_confirmed")
	if o := getOrder(t, open, ofWallet.OrderID); *o.WalletNetwork != "cardano" {
		t.Errorf("got %+v", o)
	}
}

func TestTracking(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	made := checkout(t, s, "")
	simulate(t, s, made.OrderID, toPlaced...)
	wantBad(t, commerce(t, s, http.MethodPost, simulatePath(made.OrderID), `{"transitionTo":"shipped","tracking":{"carrier":1}}`), "VALIDATION_ERROR", "tracking: ")
	commerceData[struct{}](t, s, http.MethodPost, simulatePath(made.OrderID), `{"transitionTo":"shipped","tracking":{"carrier":"DHL","trackingNumber":"JD01","more":{}}}`)
	shipment := getOrder(t, s, made.OrderID).Fulfillment.Shipments[0]
	if shipment.Carrier != "DHL" || shipment.TrackingNumber != "JD01" || shipment.CarrierTrackingURL != "https://t.17track.net/en#nums=JD01" {
		t.Errorf("shipped %+v", shipment)
	}
	commerceData[struct{}](t, s, http.MethodPost, simulatePath(made.OrderID), `{"transitionTo":"delivery_confirmed","tracking":{"deliveryStatus":"Left at the door"}}`)
	if got := getOrder(t, s, made.OrderID).Fulfillment.Shipments[0]; got.DeliveryStatus != "Left at the door" || got.Carrier != "DHL" {
		t.Errorf("delivered %+v", got)
	}
}

func TestSimulateNeedsADevnetKey(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("ck_mainnet", pepaytest.Key{Scope: "commerce", Environment: "mainnet"}),
		pepaytest.WithKey("ck_other", pepaytest.Key{MerchantID: 456, Scope: "commerce"}))
	made := checkout(t, s, "")
	for key, want := range map[string]int{"ck_mainnet": http.StatusForbidden, s.APIKey(): http.StatusForbidden, "ck_other": http.StatusNotFound, "ck_none": http.StatusUnauthorized} {
		r, err := request(t, s, http.MethodPost, simulatePath(made.OrderID), stepBody("payment_confirmed"), "x-api-key", key)
		if err != nil || r.status != want {
			t.Errorf("%s: %d %v, want %d", key, r.status, err, want)
		}
	}
	wantBad(t, commerce(t, s, http.MethodPost, simulatePath(made.OrderID), `{}`), "VALIDATION_ERROR", "transitionTo is required")
	wantError(t, commerce(t, s, http.MethodPost, simulatePath(aUUID), stepBody("placed")), http.StatusNotFound, "NOT_FOUND")
}
