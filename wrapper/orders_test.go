package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const sampleID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

func TestOrders(t *testing.T) {
	t.Parallel()
	const path, id = "/api/commerce/merchant/orders", "550e8400-e29b-41d4-a716-446655440000"
	list := func(p OrderParams) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Orders.List(ctx, p) }
	}
	cancel := func(r pepay.CancelOrderRequest) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Orders.Cancel(ctx, sampleID, r) }
	}
	simulate := func(r pepay.SimulateOrderRequest) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Devnet.Simulate(ctx, id, r) }
	}
	page := &pepay.OrderList{
		Orders: []pepay.Order{{
			ID: "550e8400-e29b-41d4-a716-446655440111", InvoiceID: id, NetworkEnvironment: pepay.NetworkEnvironmentDevnet,
			Status: pepay.OrderStatusProcessing, Retailer: pepay.RetailerAmazon, WalletAddress: "0x0000000000000000000000000000000000000001",
			WalletNetwork: "bsc", CustomerID: "cust_123456", Total: dollars(t, "99.99"),
			CreatedAt: at("2025-12-21T12:34:56Z"), UpdatedAt: at("2025-12-21T12:34:56Z"), ItemCount: 1,
		}},
		Pagination: pepay.OrderPagination{Limit: 20, Count: 1},
	}
	simulated := &pepay.Order{
		ID: id, InvoiceID: "550e8400-e29b-41d4-a716-446655440111", MerchantID: 123, NetworkEnvironment: pepay.NetworkEnvironmentDevnet,
		Retailer: pepay.RetailerAmazon, CreatedAt: at("2025-12-16T00:00:00Z"), UpdatedAt: at("2025-12-16T00:10:00Z"), CustomerID: "cust_123456",
		WalletAddress: "0x0000000000000000000000000000000000000001", WalletNetwork: "bsc",
		Status: pepay.OrderStatusPlaced, Substatus: "AWAITING_TRACKING",
		Timeline: []pepay.OrderTimelineEntry{
			{Status: pepay.OrderStatusProcessing, Timestamp: at("2025-12-16T00:01:00Z"), Message: "Payment received, processing order"},
			{Status: pepay.OrderStatusPlaced, Timestamp: at("2025-12-16T00:02:00Z"), Message: "Order placed with retailer"},
		},
		Payment: pepay.OrderPaymentSummary{Status: "paid", TxHash: "0xpay", Settlement: pepay.OrderSettlement{Status: "settled", TxHash: "0xsettle", Network: "bsc"}},
		Fulfillment: pepay.OrderFulfillment{Shipments: []pepay.OrderShipment{{
			ShipmentID: "ship_123", Carrier: "UPS", TrackingNumber: "1Z999AA10123456784", DeliveryStatus: "In Transit",
			CarrierTrackingURL:     "https://t.17track.net/en#nums=1Z999AA10123456784",
			RetailerTrackingNumber: "TBA111189418000", RetailerTrackingURL: "https://www.amazon.com/progress-tracker/...", ObtainedAt: at("2025-12-16T00:05:00Z"),
		}}},
		LineItems: []pepay.OrderLineItem{{
			ProductID: "B08N5WRWNW", Title: "Item", ImageURL: "https://example.com/product.jpg", Quantity: 1, Price: dollars(t, "9.00"), Status: "processing",
		}},
	}
	order := *simulated
	order.ShippingAddress, order.CancellationStatus, order.RefundStatus = json.RawMessage("null"), "none", "NONE"
	order.TotalAmountUSD, order.CommerceFeeUSD = dollars(t, "10.00"), dollars(t, "1.00")
	order.Refund = pepay.OrderRefund{Status: "NONE", DestinationWalletAddressBsc: "0x0000000000000000000000000000000000000001"}
	cancelled := &pepay.OrderCancellation{OrderID: sampleID, Status: "<string>", Substatus: "<string>", CustomerID: "<string>", RefundQuote: json.RawMessage("{}")}
	for name, c := range map[string]commerceCall{
		"list":        {call: list(OrderParams{}), sent: "GET " + path, answer: "listOrders/response", want: page},
		"list, older": {call: list(OrderParams{}), sent: "GET " + path, answer: "listOrders/response-old", want: page},
		"list with every filter": {
			call: list(OrderParams{
				Wallet: "0x1", WalletNetwork: "bsc", CustomerID: "cust 1", Status: pepay.OrderStatusPlaced, Retailer: "amazon",
				CreatedFrom: time.Unix(1766320496, 5e8), CreatedTo: time.Unix(1766320497, 0), Limit: 50, Offset: 100,
			}),
			sent: "GET " + path + "?createdFrom=1766320496&createdTo=1766320497&customer_id=cust+1&limit=50&offset=100" +
				"&retailer=amazon&status=placed&wallet=0x1&walletNetwork=bsc",
			answer: "listOrders/response", want: page,
		},
		"list of a status nobody knows": {
			call: list(OrderParams{Status: "teleported", WalletNetwork: "bsc"}), sent: "GET " + path + "?status=teleported&walletNetwork=bsc",
			answer: "listOrders/response", want: page,
		},
		"get": {
			call: func(ctx context.Context, s *CommerceService) (any, error) { return s.Orders.Get(ctx, id) },
			sent: "GET " + path + "/" + id, answer: "getOrder/response", want: &order,
		},
		"cancel": {
			call: cancel(pepay.CancelOrderRequest{RefundDestinationWalletAddressBsc: "0x1111111111111111111111111111111111111111"}),
			sent: "POST " + path + "/" + sampleID + "/cancel", body: `{"refundDestinationWalletAddressBsc":"0x1111111111111111111111111111111111111111"}`,
			answer: "cancelOrder/response", want: cancelled,
		},
		"cancel without a wallet": {
			call: cancel(pepay.CancelOrderRequest{}), sent: "POST " + path + "/" + sampleID + "/cancel", body: `{}`,
			answer: "cancelOrder/response", want: cancelled,
		},
		"by invoice": {
			call: func(ctx context.Context, s *CommerceService) (any, error) { return s.Orders.ByInvoice(ctx, "in/1") },
			sent: "GET /api/commerce/merchant/invoices/in%2F1/status", answer: "getOrderByInvoice/response",
			want: &pepay.OrderReconciliation{
				InvoiceID: sampleID, OrderID: sampleID, Payment: json.RawMessage("{}"),
				Order: pepay.Order{ID: sampleID, Status: "<string>", Substatus: "<string>", CustomerID: "<string>"},
			},
		},
		"simulate": {
			call:   simulate(pepay.SimulateOrderRequest{TransitionTo: pepay.OrderTransitionPaymentConfirmed, WalletNetwork: "bsc", WalletAddress: "0x1"}),
			sent:   "POST /api/commerce/devnet/orders/" + id + "/simulate",
			body:   `{"transitionTo":"payment_confirmed","walletAddress":"0x1","walletNetwork":"bsc"}`,
			answer: "simulateOrder/response", want: simulated,
		},
		"simulate with tracking": {
			call: simulate(pepay.SimulateOrderRequest{TransitionTo: pepay.OrderTransitionShipped, Tracking: json.RawMessage(`{"carrier":"UPS"}`)}),
			sent: "POST /api/commerce/devnet/orders/" + id + "/simulate", body: `{"tracking":{"carrier":"UPS"},"transitionTo":"shipped"}`,
			answer: "simulateOrder/response", want: simulated,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

func TestOrderPayment(t *testing.T) {
	t.Parallel()
	const id = "550e8400-e29b-41d4-a716-446655440111"
	status := func(ctx context.Context, s *CommerceService) (any, error) { return s.Payments.Status(ctx, id) }
	paid := &pepay.OrderPayment{
		OrderID: id, InvoiceID: "550e8400-e29b-41d4-a716-446655440000", Status: "paid", OrderStatus: pepay.OrderStatusProcessing,
		CustomerID: "cust_123", Amount: dollars(t, "99.99"), PaidAt: at("2025-12-21T12:40:00Z"),
		PaymentDetails: pepay.OrderPaymentDetails{
			Network: "base", Token: "USDC", Amount: dollars(t, "99.99"), TxHash: "0xpay", WalletAddress: "0x0000000000000000000000000000000000000001",
		},
	}
	for name, c := range map[string]commerceCall{
		"newer": {call: status, answer: "getOrderPayment/response", want: paid},
		"older": {call: status, answer: "getOrderPayment/response-old", want: paid},
		"reference": {call: status, answer: "getOrderPayment/response-reference", want: &pepay.OrderPayment{
			OrderID: sampleID, InvoiceID: sampleID, Status: "pending", OrderStatus: "<string>", CustomerID: "<string>", Amount: dollars(t, "123"),
			PaidAt: at("2023-11-07T05:31:56Z"),
			PaymentDetails: pepay.OrderPaymentDetails{
				Network: "ethereum", Token: "USDC", Amount: dollars(t, "123"), TxHash: "<string>", WalletAddress: "<string>",
			},
		}},
		"not paid": {
			call: status, answer: `{"success":true,"data":{"orderId":"o1","status":"pending","paidAt":null,"paymentDetails":null}}`,
			want: &pepay.OrderPayment{OrderID: "o1", Status: "pending"},
		},
	} {
		c.sent = "GET /api/commerce/merchant/payments/" + id + "/status"
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

// However many orders there are: 50 at a time, one result each, as they were asked for.
func TestBulkStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		orders   int
		requests []int // how many ids each has
		fails    int   // number of the request that fails; 0: none
		results  int
	}{
		"none":                  {0, nil, 0, 0},
		"one":                   {1, []int{1}, 0, 1},
		"50":                    {50, []int{50}, 0, 50},
		"51":                    {51, []int{50, 1}, 0, 51},
		"120":                   {120, []int{50, 50, 20}, 0, 120},
		"the first fails":       {51, []int{50}, 1, 0},
		"the second of 3 fails": {120, []int{50, 50}, 2, 50},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids := make([]string, c.orders)
			for i := range ids {
				ids[i] = "order_" + strconv.Itoa(i)
			}
			var requests []int
			client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				var body map[string][]string
				if err := json.NewDecoder(req.Body).Decode(&body); err != nil || len(body) != 1 || req.Method+" "+req.URL.RequestURI() != "POST /api/commerce/merchant/payments/bulk-status" {
					t.Errorf("%s %s %v, %v", req.Method, req.URL, body, err)
				}
				requests = append(requests, len(body["orderIds"]))
				if len(requests) == c.fails {
					return respond(http.StatusForbidden, `{}`), nil
				}
				var results []string
				for _, id := range body["orderIds"] { // the answer is in the opposite order
					results = append([]string{fmt.Sprintf(`{"orderId":%q,"status":"paid of %s"}`, id, id)}, results...)
				}
				return respond(http.StatusOK, `{"success":true,"data":[`+strings.Join(results, ",")+`]}`), nil
			})
			results, err := client.Commerce.Payments.BulkStatus(t.Context(), ids)
			if errors.Is(err, ErrForbidden) != (c.fails > 0) || err != nil && c.fails == 0 {
				t.Error(err)
			}
			if fmt.Sprint(requests) != fmt.Sprint(c.requests) || len(results) != c.results {
				t.Fatalf("requests of %v ids, %d results; want %v and %d", requests, len(results), c.requests, c.results)
			}
			for i, result := range results {
				if result.OrderID != ids[i] || result.Status != "paid of "+ids[i] || result.Error != "" {
					t.Errorf("result %d is %+v", i, result)
				}
			}
		})
	}
}

func TestBulkStatusOfOddOrders(t *testing.T) {
	t.Parallel()
	sent := 0
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		sent++
		return respond(http.StatusOK, `{"success":true,"data":[{"orderId":"b","error":"not yours"},{"orderId":"x","status":"paid"}]}`), nil
	})
	results, err := client.Commerce.Payments.BulkStatus(t.Context(), []string{"a", "b", "b"})
	if err != nil || len(results) != 3 {
		t.Fatal(results, err)
	}
	if results[0].OrderID != "a" || !strings.Contains(results[0].Error, "no result") || results[1].Error != "not yours" || results[2] != results[1] {
		t.Errorf("%+v", results)
	}
	results, err = client.Commerce.Payments.BulkStatus(t.Context(), []string{"a", "b", ""})
	if results != nil || !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "orderIDs[2]") || sent != 1 {
		t.Errorf("an empty id: %v, %v, %d requests", results, err, sent)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/commerce/merchant/addresses"
	list := func(c Customer, p AddressParams) func(context.Context, *CommerceService) (any, error) {
		return func(ctx context.Context, s *CommerceService) (any, error) { return s.Addresses.List(ctx, c, p) }
	}
	remove := func(ctx context.Context, s *CommerceService) (any, error) {
		return nil, s.Addresses.Delete(ctx, "addr_123")
	}
	ava := []pepay.Address{{
		AddressID: "addr_123", FirstName: "Ava", LastName: "Merchant", AddressLine1: "123 Market St", AddressLine2: "Apt 5", City: "San Francisco",
		State: "CA", ZipCode: "94105", Country: "US", IsValidated: true, CreatedAt: at("2025-12-21T12:34:56Z"),
	}}
	for name, c := range map[string]commerceCall{
		"of a customer": {
			call: list(customerByID, AddressParams{Limit: 100, Offset: 3}), sent: "GET " + path + "?" + customerIDQuery + "&limit=100&offset=3",
			answer: "listAddresses/response", want: ava,
		},
		"of a customer, older": {call: list(customerByID, AddressParams{}), sent: "GET " + path + "?" + customerIDQuery, answer: "listAddresses/response-old", want: ava},
		"of a wallet": {
			call: list(customerByWallet, AddressParams{}), sent: "GET " + path + "?" + customerWalletQuery, answer: "listAddresses/response-sdk",
			want: []pepay.Address{{
				AddressID: estimateID, CustomerID: "cust_123", WalletAddress: "0x1111111111111111111111111111111111111111", WalletNetwork: "ethereum",
				FirstName: "Ada", LastName: "Lovelace",
			}},
		},
		"none":                       {call: list(customerByID, AddressParams{}), sent: "GET " + path + "?" + customerIDQuery, answer: `{"success":true,"data":{"addresses":[]}}`, want: []pepay.Address{}},
		"delete":                     {call: remove, sent: "DELETE " + path + "/addr_123", answer: `{"success":true}`},
		"delete that says something": {call: remove, sent: "DELETE " + path + "/addr_123", answer: `{"message":"Address deleted"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

func TestDeleteAddressEndsWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
		want   error
	}{
		"204 without content":     {http.StatusNoContent, "", nil},
		"200 without content":     {http.StatusOK, "", nil},
		"an explicit failure":     {http.StatusOK, `{"success":false,"error":{"code":"X","message":"no"}}`, errAnswer},
		"an address of another's": {http.StatusNotFound, `{}`, ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(c.status, c.answer), nil })
			err := client.Commerce.Addresses.Delete(t.Context(), "addr_123")
			var failure *Error
			if c.want == errAnswer && !errors.As(err, &failure) || c.want != errAnswer && !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A walk asks page after page and ends at a short one, whatever count says.
func TestAllOrders(t *testing.T) {
	t.Parallel()
	pageOf := func(limit int, ids ...string) string {
		var orders []string
		for _, id := range ids {
			orders = append(orders, fmt.Sprintf(`{"orderId":%q}`, id))
		}
		return fmt.Sprintf(`{"success":true,"data":{"orders":[%s],"pagination":{"limit":%d,"offset":0,"count":%d}}}`, strings.Join(orders, ","), limit, len(ids))
	}
	for name, c := range map[string]struct {
		params OrderParams
		pages  map[string]string // by query
		want   string
		err    error
	}{
		"a short page": {OrderParams{}, map[string]string{"": pageOf(20, "a", "b")}, "a b", nil},
		"an empty page": {
			OrderParams{CustomerID: "c", Limit: 2},
			map[string]string{"customer_id=c&limit=2": pageOf(2, "a", "b"), "customer_id=c&limit=2&offset=2": pageOf(2)}, "a b", nil,
		},
		"a limit that Pepay lowers": {
			OrderParams{Limit: 500, Offset: 7},
			map[string]string{"limit=500&offset=7": pageOf(2, "a", "b"), "limit=500&offset=9": pageOf(2, "c")}, "a b c", nil,
		},
		"a page that comes again": {
			OrderParams{Limit: 2}, map[string]string{"limit=2": pageOf(2, "a", "b"), "limit=2&offset=2": pageOf(2, "a", "b")}, "a b", ErrMalformedResponse,
		},
		"a page that fails": {OrderParams{Limit: 1}, map[string]string{"limit=1": pageOf(1, "a")}, "a", ErrNotFound},
		"a bad argument":    {OrderParams{Offset: -1}, nil, "", ErrInvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
				page, ok := c.pages[req.URL.RawQuery]
				if !ok {
					return respond(http.StatusNotFound, `{}`), nil
				}
				return respond(http.StatusOK, page), nil
			})
			var ids []string
			var failure error
			for order, err := range client.Commerce.Orders.All(t.Context(), c.params) {
				if err != nil {
					failure = err
					continue
				}
				ids = append(ids, order.ID)
			}
			if strings.Join(ids, " ") != c.want || !errors.Is(failure, c.err) {
				t.Errorf("orders %v, %v; want %q, %v", ids, failure, c.want, c.err)
			}
		})
	}
}

func TestWaitForOrderStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statuses []pepay.OrderStatus // what it becomes
		wanted   []pepay.OrderStatus
		last     pepay.OrderStatus
		err      error
	}{
		"the first final one":       {[]pepay.OrderStatus{"processing", "placed", "shipped", "delivered"}, nil, "delivered", nil},
		"cancelled is final":        {[]pepay.OrderStatus{"placed", "cancelled"}, nil, "cancelled", nil},
		"failed is final":           {[]pepay.OrderStatus{"processing", "failed"}, nil, "failed", nil},
		"one of several":            {[]pepay.OrderStatus{"processing", "placed", "shipped"}, []pepay.OrderStatus{"delivered", "placed"}, "placed", nil},
		"fulfilled is not final":    {[]pepay.OrderStatus{"fulfilled", "delivered"}, nil, "delivered", nil},
		"a status nobody knows":     {[]pepay.OrderStatus{"teleported", "delivered"}, nil, "delivered", nil},
		"it will not come any more": {[]pepay.OrderStatus{"placed", "cancelled"}, []pepay.OrderStatus{"shipped"}, "cancelled", ErrWontHappen},
		"never":                     {[]pepay.OrderStatus{"placed"}, nil, "placed", context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
					if req.URL.Path != "/api/commerce/merchant/orders/o1" {
						t.Errorf("asked for %s", req.URL)
					}
					status := c.statuses[min(asked, len(c.statuses)-1)]
					asked++
					return respond(http.StatusOK, fmt.Sprintf(`{"success":true,"data":{"orderId":"o1","status":%q}}`, status)), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				order, err := client.Commerce.Orders.WaitForStatus(ctx, "o1", Wait{}, c.wanted)
				if order == nil || order.Status != c.last || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
					t.Errorf("got %+v, %v; want %s, %v", order, err, c.last, c.err)
				}
			})
		})
	}
}

func TestOrdersRefuseArguments(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(http.StatusOK, `{}`), nil
	})
	ctx, s := t.Context(), client.Commerce
	list := func(p OrderParams) error { _, err := s.Orders.List(ctx, p); return err }
	addresses := func(c Customer, p AddressParams) error { _, err := s.Addresses.List(ctx, c, p); return err }
	simulate := func(id string, r pepay.SimulateOrderRequest) error {
		_, err := s.Devnet.Simulate(ctx, id, r)
		return err
	}
	_, noOrder := s.Orders.Get(ctx, "")
	_, noCancel := s.Orders.Cancel(ctx, "..", pepay.CancelOrderRequest{})
	_, noInvoice := s.Orders.ByInvoice(ctx, "")
	_, noWait := s.Orders.WaitForStatus(ctx, "", Wait{}, nil)
	_, oddWait := s.Orders.WaitForStatus(ctx, "o1", Wait{Interval: -1}, nil)
	_, noPayment := s.Payments.Status(ctx, "")
	for _, tc := range []struct {
		name string
		err  error
		says string
	}{
		{"a negative limit", list(OrderParams{Limit: -1}), "OrderParams.Limit"},
		{"a negative offset", list(OrderParams{Offset: -1}), "OrderParams.Offset"},
		{"a wallet without its network", list(OrderParams{Wallet: "0x1"}), "OrderParams.WalletNetwork"},
		{"no order", noOrder, "orderId"},
		{"an order that leads elsewhere", noCancel, "orderId"},
		{"no invoice", noInvoice, "invoiceId"},
		{"no order to wait for", noWait, "orderId"},
		{"an impossible wait", oddWait, "Wait.Interval"},
		{"no order of a payment", noPayment, "orderId"},
		{"too many addresses", addresses(customerByID, AddressParams{Limit: 101}), "AddressParams.Limit"},
		{"less than no address", addresses(customerByID, AddressParams{Limit: -1}), "AddressParams.Limit"},
		{"an offset before the first", addresses(customerByID, AddressParams{Offset: -1}), "AddressParams.Offset"},
		{"nobody's addresses", addresses(Customer{}, AddressParams{}), "Customer"},
		{"no address to delete", s.Addresses.Delete(ctx, ""), "addressId"},
		{"no transition", simulate("o1", pepay.SimulateOrderRequest{}), "SimulateOrderRequest.TransitionTo"},
		{"no order to simulate", simulate("", pepay.SimulateOrderRequest{TransitionTo: "placed"}), "orderId"},
		{"tracking that is not JSON", simulate("o1", pepay.SimulateOrderRequest{TransitionTo: "placed", Tracking: json.RawMessage("{")}), "body"},
	} {
		if !errors.Is(tc.err, ErrInvalidArgument) || !strings.Contains(tc.err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, tc.err)
		}
	}
}

// An answer without what the caller needs is an error, and so is one without data.
func TestOrderAnswersThatLack(t *testing.T) {
	t.Parallel()
	type calls = func(context.Context, *CommerceService) error
	for name, tc := range map[string]struct {
		call calls
		says string
	}{
		"estimate": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Checkout.Estimate(ctx, pepay.EstimateRequest{CustomerID: "c", Items: make([]pepay.EstimateItemInput, 1)})
			return err
		}, "data.estimateId is missing"},
		"address": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{CustomerID: "c", EstimateID: "e", Address: janesAddress()})
			return err
		}, "data.addressId is missing"},
		"checkout": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{CustomerID: "c", EstimateID: "e", AddressID: "a"})
			return err
		}, "data.orderId is missing"},
		"orders": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.List(ctx, OrderParams{})
			return err
		}, "data.orders is missing"},
		"order": {func(ctx context.Context, s *CommerceService) error { _, err := s.Orders.Get(ctx, "o1"); return err }, "data.orderId is missing"},
		"cancel": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.Cancel(ctx, "o1", pepay.CancelOrderRequest{})
			return err
		}, "data.orderId is missing"},
		"by invoice": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.ByInvoice(ctx, "i1")
			return err
		}, "data.orderId is missing"},
		"payment": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Payments.Status(ctx, "o1")
			return err
		}, "data.status is missing"},
		"addresses": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Addresses.List(ctx, customerByID, AddressParams{})
			return err
		}, "data.addresses is missing"},
		"simulate": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Devnet.Simulate(ctx, "o1", pepay.SimulateOrderRequest{TransitionTo: "placed"})
			return err
		}, "data.order.orderId is missing"},
		"payments": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Payments.BulkStatus(ctx, []string{"o1"})
			return err
		}, ""},
	} {
		for answer, says := range map[string]string{`{"success":true,"data":{}}`: tc.says, `{"success":true,"data":null}`: "data is missing"} {
			t.Run(name+" "+answer, func(t *testing.T) {
				t.Parallel()
				client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(http.StatusOK, answer), nil })
				if err := tc.call(t.Context(), client.Commerce); !errors.Is(err, ErrMalformedResponse) || !strings.Contains(err.Error(), says) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// Reading orders also takes a bearer token; the rest of commerce does not.
func TestOrderCredentials(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		call   func(context.Context, *CommerceService) error
		answer string
		bearer bool
	}{
		"list": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.List(ctx, OrderParams{})
			return err
		}, "listOrders/response", true},
		"get": {func(ctx context.Context, s *CommerceService) error { _, err := s.Orders.Get(ctx, "o"); return err }, "getOrder/response", true},
		"by invoice": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.ByInvoice(ctx, "i")
			return err
		}, "getOrderByInvoice/response", true},
		"cancel": {func(ctx context.Context, s *CommerceService) error {
			_, err := s.Orders.Cancel(ctx, "o", pepay.CancelOrderRequest{})
			return err
		}, "cancelOrder/response", false},
		"payment": {func(ctx context.Context, s *CommerceService) error { _, err := s.Payments.Status(ctx, "o"); return err }, "getOrderPayment/response", false},
		"delete":  {func(ctx context.Context, s *CommerceService) error { return s.Addresses.Delete(ctx, "a") }, "listAddresses/response", false},
	} {
		for _, c := range []struct {
			name   string
			opts   []Option
			header string
		}{
			{"both keys and a bearer", []Option{WithAPIKey("k"), WithCommerceAPIKey("k"), WithBearerToken("jwt")}, "X-Commerce-Api-Key"},
			{"an API key and a bearer", []Option{WithAPIKey("k"), WithBearerToken("jwt")}, "X-Api-Key"},
			{"a bearer", []Option{WithBearerToken("jwt")}, "Authorization"},
		} {
			t.Run(name+" with "+c.name, func(t *testing.T) {
				t.Parallel()
				client, err := newTestClient(t, func(req *http.Request) (*http.Response, error) {
					for _, header := range []string{"X-Api-Key", "X-Commerce-Api-Key", "Authorization"} {
						if sent := req.Header.Get(header) != ""; sent != (header == c.header) {
							t.Errorf("%s is sent: %t", header, sent)
						}
					}
					return respond(http.StatusOK, documentedExample(t, tc.answer)), nil
				}).With(c.opts...)
				if err != nil {
					t.Fatal(err)
				}
				var want error
				if c.header == "Authorization" && !tc.bearer {
					want = ErrNoCredential
				}
				if err := tc.call(t.Context(), client.Commerce); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
	}
}
