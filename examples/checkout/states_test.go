package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"strings"
	"testing"
	"time"

	qr "github.com/piglig/go-qr"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// noon is when the states below are looked at.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func decimal(text string) pepay.Decimal {
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}

// states are all that a page can show, by name: what Pepay documents, and what it may
// add.
func states() map[string]*shopper {
	cart := &pepay.Cart{Items: []pepay.CartItem{
		{ProductID: "B1", Title: "Wireless Headphones", Price: decimal("129.99"), Quantity: 1},
		{ProductID: "B2", Title: "Headphone stand of solid walnut, with a drawer for cables", Price: decimal("24.5"), Quantity: 2},
	}, ItemCount: 3, Subtotal: decimal("178.99")}
	estimate := &pepay.Estimate{
		EstimateID: "est", ValidItems: []pepay.EstimateItem{
			{ProductID: "B1", Title: "Wireless Headphones", Quantity: 1, TotalPrice: decimal("129.99")},
			{ProductID: "B2", Title: "Headphone stand of solid walnut, with a drawer for cables", Quantity: 2, TotalPrice: decimal("49")},
		},
		InvalidItems: []pepay.InvalidEstimateItem{{ProductID: "B000000000", Error: "No eligible offers (must be New, Prime/marketplace fulfilled)"}},
		Pricing:      pepay.EstimatePricing{Subtotal: decimal("178.99"), Shipping: decimal("1"), Fees: pepay.CommerceFees{Total: decimal("3")}, Total: decimal("182.99")},
	}
	address := &pepay.CheckoutAddress{AddressID: "addr", Standardized: pepay.ShippingAddress{
		FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", AddressLine2: "Apt 4B", City: "Miami", State: "FL", ZipCode: "33101", Country: "US",
	}, ShippingOptions: []pepay.ShippingOption{{Name: "Standard Shipping", EstimatedDays: "5-7 business days"}}}
	tokens := []pepay.PaymentToken{{ID: 1, TokenSymbol: "USDC", TokenName: "USD Coin", Network: "base"}, {ID: 2, TokenSymbol: "USDT", TokenName: "Tether USD", Network: "bsc"}}
	quote := &pepay.PaymentAddress{
		QuoteStatus: pepay.QuoteStatusAvailable, TempAddress: "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0", EstimatedTokenAmount: decimal("182.990000"),
		WSConnection: pepay.PaymentConnection{Token: "payment-token"},
	}
	base := attempt{
		Estimate: estimate, Address: address, InvoiceEnds: noon.Add(30 * time.Minute), Tokens: tokens,
		Invoice: &pepay.CheckoutInvoice{OrderID: "550e8400-e29b-41d4-a716-446655440333", InvoiceID: "inv", Session: "session-token", Signature: "session-signature"},
		Session: &pepay.PaymentSession{},
	}
	all := map[string]*shopper{
		"a new shopper": {},
		"a cart":        {cart: cart},
		"a problem":     {cart: cart, problem: "The quantity has to be a number from 0 to 99."},
		"an address":    {cart: cart, attempt: attempt{Estimate: estimate}, problem: "The address lacks the city."},
		"a review":      {cart: cart, attempt: attempt{Estimate: estimate, Address: address}},
		"an order whose invoice is not known yet": {cart: cart, attempt: attempt{Estimate: estimate, Address: address, Invoice: base.Invoice}},
	}
	pay := func(name string, status pepay.InvoiceStatus, change func(*attempt)) {
		a := base
		a.Report = &pepay.InvoiceStatusReport{Invoice: pepay.Invoice{Status: status, Amount: 182_990, AmountRemaining: 182_990}}
		if change != nil {
			change(&a)
		}
		all[name] = &shopper{cart: cart, attempt: a}
	}
	for _, status := range append(invoiceStatuses(), "contested") {
		pay("invoice "+string(status), status, nil)
	}
	for _, status := range []pepay.InvoicePaymentStatus{
		pepay.InvoicePaymentStatusPending, pepay.InvoicePaymentStatusUnderpaid, pepay.InvoicePaymentStatusConfirmed, pepay.InvoicePaymentStatusManualRetry,
	} {
		pay("payment "+string(status), pepay.InvoiceStatusUnpaid, func(a *attempt) { a.Report.LatestPayment.Status = status })
	}
	quoted := func(change func(*pepay.PaymentAddress)) func(*attempt) {
		return func(a *attempt) {
			q := *quote
			a.Token, a.Quote, a.QuoteEnds = tokens[0], &q, noon.Add(5*time.Minute)
			if change != nil {
				change(&q)
			}
		}
	}
	pay("quote available", pepay.InvoiceStatusUnpaid, quoted(nil))
	pay("quote over", pepay.InvoiceStatusUnpaid, func(a *attempt) { quoted(nil)(a); a.QuoteEnds = noon })
	pay("quote expired", pepay.InvoiceStatusUnpaid, quoted(func(q *pepay.PaymentAddress) { q.QuoteStatus, q.TempAddress = pepay.QuoteStatusExpired, "" }))
	pay("quote unavailable", pepay.InvoiceStatusUnpaid, quoted(func(q *pepay.PaymentAddress) {
		q.QuoteStatus, q.TempAddress, q.Message, q.RetryAfterSeconds = pepay.QuoteStatusUnavailable, "", "No route for settlement", decimal("30")
	}))
	pay("no token", pepay.InvoiceStatusUnpaid, func(a *attempt) { a.Tokens = nil })
	locked := func(a *attempt) {
		a.Report.Invoice.AmountPaid, a.Report.Invoice.AmountRemaining = 100_000, 82_990
		a.Session = &pepay.PaymentSession{LockedTokenID: 1, LockedNetwork: "base"}
		a.Tokens = tokens[:1]
	}
	pay("underpaid and locked", pepay.InvoiceStatusUnderpaid, locked)
	pay("underpaid with a quote", pepay.InvoiceStatusUnderpaid, func(a *attempt) { quoted(nil)(a); locked(a) })
	for _, status := range append(orderStatuses(), "returned") {
		pay("order "+string(status), pepay.InvoiceStatusPaid, func(a *attempt) {
			a.Order = &pepay.Order{ID: base.Invoice.OrderID, Status: status, RefundStatus: "NONE", Timeline: []pepay.OrderTimelineEntry{
				{Status: "processing", Message: "Payment received, processing order", Timestamp: pepay.Timestamp{Time: noon}},
				{Status: "placed", Message: "Order placed with retailer", Timestamp: pepay.Timestamp{Time: noon.Add(time.Minute)}},
			}}
		})
	}
	pay("order with tracking", pepay.InvoiceStatusPaid, func(a *attempt) {
		a.Report.Invoice.AmountPaid = 190_000
		a.Order = &pepay.Order{ID: base.Invoice.OrderID, Status: pepay.OrderStatusShipped, Fulfillment: pepay.OrderFulfillment{Shipments: []pepay.OrderShipment{
			{Carrier: "UPS", TrackingNumber: "1Z999AA10123456784", CarrierTrackingURL: "https://t.17track.net/en#nums=1Z999AA10123456784", DeliveryStatus: "In Transit"},
			{Carrier: "Evil", TrackingNumber: "<script>", CarrierTrackingURL: "javascript:alert(1)"},
		}}}
	})
	pay("order refunded", pepay.InvoiceStatusPaid, func(a *attempt) {
		a.Order = &pepay.Order{ID: base.Invoice.OrderID, Status: pepay.OrderStatusCancelled, RefundStatus: "REFUNDED",
			Refund: pepay.OrderRefund{Status: "REFUNDED", AmountUSD: decimal("182.99"), DestinationWalletAddressBsc: "0x0000000000000000000000000000000000000001"}}
	})
	return all
}

func invoiceStatuses() []pepay.InvoiceStatus {
	return []pepay.InvoiceStatus{
		pepay.InvoiceStatusUnpaid, pepay.InvoiceStatusUnderpaid, pepay.InvoiceStatusPaid, pepay.InvoiceStatusExpired, pepay.InvoiceStatusCanceled,
	}
}

func orderStatuses() []pepay.OrderStatus {
	return []pepay.OrderStatus{
		pepay.OrderStatusPendingPayment, pepay.OrderStatusProcessing, pepay.OrderStatusPlaced, pepay.OrderStatusShipped,
		pepay.OrderStatusDelivered, pepay.OrderStatusFulfilled, pepay.OrderStatusCancelled, pepay.OrderStatusFailed,
	}
}

func newTestShop(t *testing.T, opts ...wrapper.Option) *shop {
	t.Helper()
	client, err := wrapper.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := webhook.NewVerifier(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newShop(client, verifier, "headphones")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func render(t *testing.T, buyer *shopper, now time.Time) string {
	t.Helper()
	v := view{Step: "cart", Title: "Shop"}
	v.fill(buyer, now)
	var page bytes.Buffer
	if err := pages.Execute(&page, &v); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// What a page says in each state.
var stateWords = map[string][]string{
	"a new shopper": {"Your cart is empty."},
	"a cart":        {"Wireless Headphones", "$178.99", "Check out"},
	"a problem":     {`role="alert"`, "from 0 to 99"},
	"an address":    {"Where shall it go?", "$182.99", "lacks the city", "Not available: B000000000", "No eligible offers"},
	"a review":      {"Is this right?", "123 Main St", "5-7 business days", "Order and pay $182.99"},
	"an order whose invoice is not known yet": {"One moment"},

	"invoice unpaid":    {"Waiting for your payment", "$182.99", "12:30 UTC", "USDT on bsc", "Leave without paying"},
	"invoice underpaid": {"A part is still missing"},
	"invoice paid":      {"Paid, thank you", "Back to the shop"},
	"invoice expired":   {"The invoice has expired", "do not send anything", "Start again"},
	"invoice canceled":  {"The invoice was canceled", "do not send anything", "Start again"},
	"invoice contested": {"Status: contested", "Start again"},

	"payment pending":      {"Your payment was seen"},
	"payment underpaid":    {"less than the amount"},
	"payment confirmed":    {"Your last payment is confirmed"},
	"payment manual_retry": {"please do not pay again"},

	"quote available":   {"Send exactly", "182.990000", "USDC", "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0", "<svg", "12:05 UTC", "data-stream"},
	"quote over":        {"The quote has expired", "Do not send anything to the old address", "Ask for a new quote"},
	"quote expired":     {"The quote has expired", "Ask for a new quote"},
	"quote unavailable": {"USDC on base cannot be paid with at the moment: No route for settlement.", "Try again in 30 seconds"},
	"no token":          {"No token can be paid with at the moment"},

	"underpaid and locked":   {"$82.99", "of $182.99", "USDC on base", "Anything else would not be counted", "Show where to send the rest"},
	"underpaid with a quote": {"$82.99", "USDC on base", "A new quote for the rest", "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0"},

	"order pending_payment": {"Payment received"},
	"order processing":      {"Being ordered", "Payment received, processing order"},
	"order placed":          {"Ordered", "Order placed with retailer", "12:01 UTC"},
	"order shipped":         {"Shipped"},
	"order delivered":       {"Delivered"},
	"order fulfilled":       {"Completed"},
	"order cancelled":       {"The order was cancelled"},
	"order failed":          {"The order failed"},
	"order returned":        {"Status: returned"},
	"order with tracking":   {"UPS", `href="https://t.17track.net/en#nums=1Z999AA10123456784"`, "In Transit", "You sent $7.01 more", "&lt;script&gt;"},
	"order refunded":        {"Refund: refunded, $182.99, to 0x0000000000000000000000000000000000000001 on BSC."},
}

// Every state that Pepay documents has its words, and no page shows a credential.
func TestEveryStateHasItsWords(t *testing.T) {
	t.Parallel()
	all := states()
	for name := range stateWords {
		if all[name] == nil {
			t.Errorf("there is no state %q", name)
		}
	}
	for name, buyer := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := render(t, buyer, noon)
			if len(stateWords[name]) == 0 {
				t.Error("the state has no words")
			}
			for _, want := range stateWords[name] {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q:\n%s", want, page)
				}
			}
			for _, never := range []string{"session-token", "session-signature", "payment-token", "<script>", "javascript:", "[redacted]", "ZgotmplZ"} {
				if strings.Contains(page, never) {
					t.Errorf("the page has %q", never)
				}
			}
			if strings.HasPrefix(name, "underpaid") && strings.Contains(page, "Leave") {
				t.Error("who has paid a part is led away")
			}
			// Old addresses are not to be paid to.
			if final := strings.HasPrefix(name, "order") || strings.Contains(page, "do not send anything") || strings.Contains(page, "Do not send anything"); final && strings.Contains(page, "<svg") {
				t.Error("the page shows an address that is not to be paid to")
			}
			if later := render(t, buyer, noon.Add(time.Second)); later != page {
				t.Error("a second later it is another page, and would be loaded again and again")
			}
		})
	}
}

// Phones read the code: what the path draws is decoded again.
func TestQRCode(t *testing.T) {
	t.Parallel()
	const address = "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0"
	size, path := qrCode(address)
	const scale = 4
	picture := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for square := range strings.SplitSeq(strings.TrimPrefix(path, "M"), "M") {
		var x, y int
		if _, err := fmt.Sscanf(square, "%d %dh1v1h-1z", &x, &y); err != nil {
			t.Fatalf("%q: %v", square, err)
		}
		if x < quietZone || y < quietZone || x >= size-quietZone || y >= size-quietZone {
			t.Fatalf("%d %d is in the quiet zone", x, y)
		}
		draw.Draw(picture, image.Rect(x*scale, y*scale, (x+1)*scale, (y+1)*scale), image.Black, image.Point{}, draw.Src)
	}
	got, err := qr.Decode(picture)
	if err != nil || got != address {
		t.Errorf("it says %q, %v", got, err)
	}
	if size, path := qrCode(""); size != 0 || path != "" {
		t.Error("there is a code without an address")
	}
	if size, _ := qrCode(strings.Repeat("a", 5000)); size != 0 {
		t.Error("there is a code for what does not fit")
	}
}

func TestDollars(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"13.99": "$13.99", "129.9": "$129.90", "0": "$0.00", "1.234": "$1.234", "1.23456": "$1.23456", "2500": "$2500.00"} {
		if got := usd(decimal(text)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
