package main

import "testing"

const (
	orderID   = "550e8400-e29b-41d4-a716-446655440111"
	orderJSON = `{"orderId":"` + orderID + `","invoiceId":"inv_1","merchantId":123,"networkEnvironment":"devnet","retailer":"amazon","createdAt":"2025-12-16T00:00:00.000Z","updatedAt":"2025-12-16T00:10:00.000Z","customerId":"cust_123456","walletAddress":"0x1","walletNetwork":"bsc","status":"placed","substatus":"AWAITING_TRACKING","actions":{"canCancel":true},"timeline":[],"payment":{"status":"paid","txHash":"0xpay","settlement":{"status":"settled"}},"fulfillment":{"shipments":[{"carrier":"UPS","trackingNumber":"1Z","deliveryStatus":"In Transit"}]},"lineItems":[{"productId":"B1","title":"Item","quantity":2,"price":"9.00","status":"processing"}],"cancellationStatus":"none","refundStatus":"NONE","totalAmountUsd":"19.00","commerceFeeUsd":"1.00"}`
	// listedOrder is as lists have it: another total, and no items.
	listedOrder = `{"orderId":"` + orderID + `","invoiceId":"inv_1","networkEnvironment":"devnet","status":"pending_payment","substatus":null,"actions":{"canCancel":false},"retailer":"amazon","customerId":null,"walletAddress":"0xabc","walletNetwork":"bsc","total":99.90,"createdAt":1766320496,"updatedAt":1766320496,"itemCount":1}`
	orderShown  = `order        550e8400-e29b-41d4-a716-446655440111
status       placed
substatus    AWAITING_TRACKING
total        19.00 usd
fee          1.00 usd
invoice      inv_1
payment      paid
settlement   settled
retailer     amazon
customer     cust_123456
wallet       0x1 bsc
environment  devnet
created      2025-12-16T00:00:00Z
updated      2025-12-16T00:10:00Z
item         2 × Item (B1), 9.00 usd
shipment     UPS 1Z, In Transit
can cancel   yes
`
)

func inData(data string) string { return `{"success":true,"data":` + data + `}` }

func TestOrders(t *testing.T) {
	t.Parallel()
	page := inData(`{"orders":[` + listedOrder + `],"pagination":{"limit":20,"offset":0,"count":1}}`)
	order := map[string]string{"/api/commerce/merchant/orders/" + orderID: inData(orderJSON)}
	simulate := "/api/commerce/devnet/orders/" + orderID + "/simulate"
	cancel := "/api/commerce/merchant/orders/" + orderID + "/cancel"
	cancelled := inData(`{"orderId":"` + orderID + `","status":"cancelled","substatus":"REFUND","customerId":"cust_1","refundQuote":{"amount": 9.00}}`)
	runCases(t, []commandCase{
		{
			name: "list", args: []string{"orders", "list"}, answers: map[string]string{"/api/commerce/merchant/orders?limit=20": page},
			asked: []string{"GET /api/commerce/merchant/orders?limit=20"},
			stdout: `ORDER                                 STATUS               TOTAL  RETAILER  CUSTOMER  CREATED     UPDATED     ENVIRONMENT
550e8400-e29b-41d4-a716-446655440111  pending payment  99.90 usd  amazon    0xabc     2025-12-21  2025-12-21  devnet
`,
		},
		{
			name: "list with filters, as JSON", args: []string{
				"orders", "list", "--status", "placed", "--wallet-address", "0x1", "--wallet-network", "bsc", "--customer-id", "c", "--retailer", "amazon", "--from", "1766318400", "--to", "1766318401", "--limit", "1", "--json",
			},
			answers: map[string]string{"/api/commerce/merchant/orders?createdFrom=1766318400&createdTo=1766318401&customer_id=c&limit=1&retailer=amazon&status=placed&wallet=0x1&walletNetwork=bsc": page},
			asked:   []string{"GET /api/commerce/merchant/orders?createdFrom=1766318400&createdTo=1766318401&customer_id=c&limit=1&retailer=amazon&status=placed&wallet=0x1&walletNetwork=bsc"},
			stdout:  listedOrder + "\n",
		},
		{
			name: "all pages", args: []string{"orders", "list", "--all", "--format", "{{.Total}}"},
			answers: map[string]string{
				"/api/commerce/merchant/orders?limit=100":          inData(`{"orders":[{"orderId":"a","total":1},{"orderId":"b","total":2.50}],"pagination":{"limit":2,"offset":0,"count":2}}`),
				"/api/commerce/merchant/orders?limit=100&offset=2": inData(`{"orders":[{"orderId":"c","total":3}],"pagination":{"limit":2,"offset":2,"count":1}}`),
			},
			asked:  []string{"GET /api/commerce/merchant/orders?limit=100", "GET /api/commerce/merchant/orders?limit=100&offset=2"},
			stdout: "1\n2.50\n3\n",
		},
		{name: "get", args: []string{"orders", "get", orderID}, answers: order, asked: []string{"GET /api/commerce/merchant/orders/" + orderID}, stdout: orderShown},
		{name: "get as JSON", args: []string{"orders", "get", orderID, "--json"}, answers: order, asked: []string{"GET /api/commerce/merchant/orders/" + orderID}, stdout: orderJSON + "\n"},
		{
			name: "wait", args: []string{"orders", "wait", orderID, "--status", "placed,shipped", "--format", "{{.Status}}"}, answers: order,
			asked: []string{"GET /api/commerce/merchant/orders/" + orderID}, stdout: "placed\n",
		},
		{
			name: "wait for what will not happen", args: []string{"orders", "wait", orderID, "--status", "shipped", "--format", "{{.Status}}"},
			answers: map[string]string{"/api/commerce/merchant/orders/" + orderID: inData(`{"orderId":"a","status":"failed"}`)},
			asked:   []string{"GET /api/commerce/merchant/orders/" + orderID}, stdout: "failed\n", code: exitFailed,
			stderr: "pepay: the status waited for will not come: it is failed, which is final, not shipped\n",
		},
		{
			name: "cancel", args: []string{"orders", "cancel", orderID, "--refund-address", "0x2"}, answers: map[string]string{cancel: cancelled},
			asked:  []string{"POST " + cancel + ` {"refundDestinationWalletAddressBsc":"0x2"}`},
			stdout: "order      " + orderID + "\nstatus     cancelled\nsubstatus  REFUND\ncustomer   cust_1\nrefund     {\"amount\":9.00}\n",
		},
		{
			name: "cancel as JSON", args: []string{"orders", "cancel", orderID, "--yes", "--json", "--idempotency-key", "no UUID: Pepay documents no form here"}, answers: map[string]string{cancel: cancelled},
			asked:  []string{"POST " + cancel + ` {}`},
			stdout: `{"orderId":"` + orderID + `","status":"cancelled","substatus":"REFUND","customerId":"cust_1","refundQuote":{"amount":9.00}}` + "\n",
		},
		{
			name: "simulate", args: []string{"orders", "simulate", orderID, "payment_confirmed", "--wallet-network", "bsc", "--wallet-address", "0x1", "--tracking", `{"carrier":"UPS"}`},
			answers: map[string]string{simulate: inData(`{"order":{"orderId":"a","status":"processing"}}`)},
			asked:   []string{"POST " + simulate + ` {"tracking":{"carrier":"UPS"},"transitionTo":"payment_confirmed","walletAddress":"0x1","walletNetwork":"bsc"}`},
			stdout:  "order   a\nstatus  processing\n",
		},
		{
			name: "simulate as JSON", args: []string{"orders", "simulate", orderID, "placed", "--json"},
			answers: map[string]string{simulate: inData(`{"order":{"orderId":"a"},"more":1}`)},
			asked:   []string{"POST " + simulate + ` {"transitionTo":"placed"}`}, stdout: `{"order":{"orderId":"a"},"more":1}` + "\n",
		},
	})
	api := newFakeAPI(t, order)
	pepayRun(t, api.env(), "orders", "get", orderID).wantDone(t)
	if keys := api.sent("x-commerce-api-key"); keys[0] != commerceCanary || api.sent("x-api-key")[0] != "" {
		t.Errorf("sent %q, and %q as x-api-key", keys, api.sent("x-api-key"))
	}
}

func TestOrdersWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown status", []string{"list", "--status", "delvered"}, "did you mean delivered?"},
		{"status of an invoice", []string{"list", "--status", "unpaid"}, "--status: unknown value; there are pending_payment, processing"},
		{"wallet alone", []string{"list", "--wallet-address", "0x1"}, "--wallet-address and --wallet-network go together"},
		{"no id", []string{"get"}, "say which order, by its id"},
		{"no transition", []string{"simulate", "a"}, "say which order and what happens to it"},
		{"unknown transition", []string{"simulate", "a", "plced"}, "TRANSITION: unknown value plced; there are payment_confirmed, payment_settled, placed, shipped, delivery_confirmed, failed, cancelled, refunded; did you mean placed?"},
		{"tracking", []string{"simulate", "a", "shipped", "--tracking", canary}, "--tracking: is not a JSON object"},
		{"tracking that is a list", []string{"simulate", "a", "shipped", "--tracking", "[]"}, "--tracking: is not a JSON object"},
		{"empty wallet", []string{"simulate", "a", "placed", "--wallet-address="}, "--wallet-address: is empty"},
		{"empty refund address", []string{"cancel", "a", "--refund-address="}, "--refund-address: is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"orders"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}
