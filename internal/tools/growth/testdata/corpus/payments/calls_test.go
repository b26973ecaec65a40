package payments

import (
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/corpus/corpustest"
)

func TestDeepObjectsInTheQuery(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"object":"list","has_more":true,"data":[
		{"id":"ch_1","amount":1000,"livemode":false,"customer":"cus_1","fee_rate":0.0290,"metadata":{"a":"b"},"refunds":{"data":[{"id":"re_1","charge":"ch_1"}]}},
		{"id":"ch_2","amount":0,"livemode":true,"customer":{"id":"cus_2"},"status":"disputed","outcome":null}]}`)
	var created pepay.ListChargesCreatedParameter
	if err := created.FromListChargesCreatedParameter0(pepay.ListChargesCreatedParameter0{Gt: corpustest.Ptr(int64(0)), Lte: corpustest.Ptr(int64(9))}); err != nil {
		t.Fatal(err)
	}
	got, err := api.ListChargesWithResponse(t.Context(), &pepay.ListChargesParams{
		Created: &created, Expand: &[]string{"data.customer", "a b"}, Metadata: &map[string]string{"order id": "1&2"}, Limit: corpustest.Ptr(int64(3)),
	})
	if err != nil {
		t.Fatal(err)
	}
	last().Is(t, "GET", "/corpus/payments/charges?created%5Bgt%5D=0&created%5Blte%5D=9&expand%5B0%5D=data.customer&expand%5B1%5D=a+b&metadata%5Border+id%5D=1%262&limit=3", "")
	charges := got.JSON200.Data
	if len(charges) != 2 || charges[0].FeeRate.String() != "0.0290" || charges[0].Metadata["a"] != "b" || charges[1].Status != "disputed" {
		t.Fatalf("got %+v", charges)
	}
	if id, err := charges[0].Customer.AsChargeCustomer0(); err != nil || id != "cus_1" {
		t.Errorf("customer is %q, %v", id, err)
	}
	if customer, err := charges[1].Customer.AsChargeCustomer(); err != nil || customer.ID != "cus_2" {
		t.Errorf("customer is %+v, %v", customer, err)
	}
}

func TestScalarWhereAnObjectMayBe(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"object":"list","has_more":false,"data":[]}`)
	var created pepay.ListChargesCreatedParameter
	if err := created.FromListChargesCreatedParameter1(1700000000); err != nil {
		t.Fatal(err)
	}
	if _, err := api.ListChargesWithResponse(t.Context(), &pepay.ListChargesParams{Created: &created}); err != nil {
		t.Fatal(err)
	}
	last().Is(t, "GET", "/corpus/payments/charges?created=1700000000", "")
}

func TestForm(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json; charset=utf-8", `{"id":"ch_1","amount":1000,"livemode":false}`)
	var metadata pepay.CreateChargeFormdataBody_Metadata
	if err := metadata.FromCreateChargeFormdataBodyMetadata0(map[string]string{"order id": "6&7"}); err != nil {
		t.Fatal(err)
	}
	body := pepay.CreateChargeFormdataRequestBody{
		Amount: 1000, Currency: "usd", Capture: corpustest.Ptr(false), Rate: corpustest.Decimal(t, "1.50"), Expand: []string{"customer", "a b"}, Metadata: metadata,
	}
	body.Shipping.Address.City = "Oslo"
	if _, err := api.CreateChargeWithFormdataBodyWithResponse(t.Context(), body); err != nil {
		t.Fatal(err)
	}
	got := last()
	got.Is(t, "POST", "/corpus/payments/charges", "amount=1000&capture=false&currency=usd&expand%5B0%5D=customer&expand%5B1%5D=a+b&metadata%5Border+id%5D=6%267&rate=1.50&shipping%5Baddress%5D%5Bcity%5D=Oslo")
	got.Has(t, "Content-Type", "application/x-www-form-urlencoded")
}

func TestFormOfAComponentWithNothingSet(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"id":"ch/1","amount":1000,"livemode":false}`)
	if _, err := api.UpdateChargeWithFormdataBodyWithResponse(t.Context(), "ch/1", pepay.UpdateChargeFormdataRequestBody{}); err != nil {
		t.Fatal(err)
	}
	last().Is(t, "POST", "/corpus/payments/charges/ch%2F1", "")
}
