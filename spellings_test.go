package pepay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

func TestOrderDecodesBothSpellings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ order, id, invoice string }{
		"of the API":               {`{"orderId":"o1","invoiceId":"i1"}`, "o1", "i1"},
		"of an event":              {`{"object":"commerce_order","id":"o1","invoice_id":"i1"}`, "o1", "i1"},
		"both":                     {`{"id":"o2","orderId":"o1","invoiceId":"i1","invoice_id":"i2"}`, "o1", "i1"},
		"both, in the other order": {`{"orderId":"o1","id":"o2","invoice_id":"i2","invoiceId":"i1"}`, "o1", "i1"},
		"one of each":              {`{"id":"o1","invoiceId":"i1"}`, "o1", "i1"},
		"null beside the other":    {`{"orderId":null,"id":"o1","invoice_id":null,"invoiceId":"i1"}`, "o1", "i1"},
		"neither":                  {`{"status":"placed"}`, "", ""},
		"null":                     {`null`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var order pepay.Order
			if err := json.Unmarshal([]byte(c.order), &order); err != nil {
				t.Fatal(err)
			}
			if order.ID != c.id || order.InvoiceID != c.invoice {
				t.Errorf("id %q and invoice %q, want %q and %q", order.ID, order.InvoiceID, c.id, c.invoice)
			}
			encoded, err := json.Marshal(order)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range []string{`"id"`, `"invoice_id"`} {
				if strings.Contains(string(encoded), other) {
					t.Errorf("encoded as %s", encoded)
				}
			}
			if c.id != "" && !strings.Contains(string(encoded), `"orderId":"o1"`) {
				t.Errorf("encoded as %s", encoded)
			}
		})
	}
}

// Statuses that the contract does not have, and every form of a time and an amount.
func TestOrderKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	var order pepay.Order
	const text = `{"orderId":"o1","status":"teleported","createdAt":"2025-12-16T00:00:00.000Z","updatedAt":1765843200,
		"totalAmountUsd":"10.00","commerceFeeUsd":1.00,"total":99.990000000000000001,"refund":{"amountUsd":null,"feeUsd":"0"},
		"shippingAddress":{"zip":12345678901234567890},"lineItems":[{"price":"9.00","status":"lost"}],"news":true}`
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		t.Fatal(err)
	}
	if order.Status != "teleported" || order.Status.Valid() || order.LineItems[0].Status != "lost" {
		t.Errorf("status %q and %q", order.Status, order.LineItems[0].Status)
	}
	if !order.CreatedAt.Equal(order.UpdatedAt.Time) || order.CreatedAt.IsZero() {
		t.Errorf("created %s, updated %s", order.CreatedAt, order.UpdatedAt)
	}
	for got, want := range map[string]string{
		order.TotalAmountUSD.String(): "10.00", order.CommerceFeeUSD.String(): "1.00", order.Total.String(): "99.990000000000000001",
		order.LineItems[0].Price.String(): "9.00", string(order.ShippingAddress): `{"zip":12345678901234567890}`,
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if !order.Refund.AmountUSD.IsZero() || order.Refund.FeeUSD.IsZero() {
		t.Errorf("null is %v, and 0 is %v", order.Refund.AmountUSD, order.Refund.FeeUSD)
	}
}

func TestOrderThatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `"o1"`, `{"id":1}`, `{"orderId":{}}`, `{"status":7}`, `{"createdAt":[]}`} {
		var order pepay.Order
		if err := json.Unmarshal([]byte(text), &order); err == nil {
			t.Errorf("%s is an order: %+v", text, order)
		}
	}
}

func TestEstimateItemInputDecodesBothSpellings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"productId":"B1"}`, `{"product_id":"B1"}`, `{"product_id":"B2","productId":"B1"}`} {
		var item pepay.EstimateItemInput
		if err := json.Unmarshal([]byte(text), &item); err != nil || item.ProductID != "B1" {
			t.Errorf("%s: %+v, %v", text, item, err)
		}
		if encoded, err := json.Marshal(item); err != nil || string(encoded) != `{"productId":"B1"}` {
			t.Errorf("%s: %s, %v", text, encoded, err)
		}
	}
}
