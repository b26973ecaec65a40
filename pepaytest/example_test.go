package pepaytest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A test gets a Pepay of its own, on a free port, for as long as it runs.
func ExampleNewServer() {
	test := func(t *testing.T) {
		srv := pepaytest.NewServer(t)

		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/api/v1/ws/token", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-api-key", srv.APIKey())
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	_ = test
}

// Outside of tests, Start takes the address and the caller closes.
func ExampleStart() {
	srv, err := pepaytest.Start("127.0.0.1:0", pepaytest.WithKey("pk_mine", pepaytest.Key{MerchantID: 7}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()

	fmt.Println(mintStatus(srv, "pk_mine"))
	fmt.Println(mintStatus(srv, "pk_unknown"))
	for _, r := range srv.Requests() {
		fmt.Println(r.Operation, r.Status)
	}
	// Output:
	// 200 OK
	// 401 Unauthorized {"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}
	// mintWsToken 200
	// mintWsToken 401
}

// Rules are held against each request in turn; here one failure, then a pause.
func ExampleFaults_On() {
	srv, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()

	rule := srv.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Next(1))
	srv.Faults().On("mintWsToken", pepaytest.StatusRetryAfter(429, "2"), pepaytest.Next(1))

	fmt.Println(mintStatus(srv, srv.APIKey()))
	fmt.Println(mintStatus(srv, srv.APIKey()))
	fmt.Println(mintStatus(srv, srv.APIKey()))
	fmt.Println(rule.Hits(), "hit")
	// Output:
	// 503 Service Unavailable {"success":false,"error":{"code":"SERVICE_UNAVAILABLE","message":"Service Unavailable"}}
	// 429 Too Many Requests {"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED"}
	// 200 OK
	// 1 hit
}

// The same in text, as "pepay mock --fault" takes it.
func ExampleFaults_Add() {
	srv, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()

	if _, err := srv.Faults().Add("mintWsToken:success-false=KYC_PENDING,message=Not yet,every=2"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(mintStatus(srv, srv.APIKey()))
	fmt.Println(mintStatus(srv, srv.APIKey()))

	_, err = srv.Faults().Add("refund:status=503")
	mistake, _, _ := strings.Cut(err.Error(), ";") // what there is instead comes after it
	fmt.Println(mistake)
	// Output:
	// 200 OK
	// 200 OK {"success":false,"error":{"code":"KYC_PENDING","message":"Not yet"}}
	// pepaytest: unknown operation "refund"
}

// An event goes to every stream it belongs to, and stays for replay and for the
// Events API.
func ExampleServer_Emit() {
	srv, err := pepaytest.Start("", pepaytest.WithClock(func() time.Time { return time.Unix(1766320436, 0) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	frames := connect(srv)

	paid, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		fmt.Println(err)
		return
	}
	paid = srv.Emit(paid)
	fmt.Println("emitted", paid.ID, paid.Created.UTC())
	fmt.Println("received", frames())
	// Output:
	// emitted evt_1766320436000-1 2025-12-21 12:33:56 +0000 UTC
	// received evt_1766320436000-1 invoice paid
}

// The first connection breaks after two events, and the second one swaps two. When
// counts connections, and each fault then waits for its event.
func ExampleFaults_On_stream() {
	srv, err := pepaytest.Start("", pepaytest.WithClock(func() time.Time { return time.Unix(1766320436, 0) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	srv.Faults().On("openMerchantStream", pepaytest.DropAfter(2), pepaytest.Next(1))
	srv.Faults().On("openMerchantStream", pepaytest.ReorderAfter(0), pepaytest.Every(2))

	for range 2 {
		frames := connect(srv)
		for range 3 {
			srv.Emit(pepay.Event{Type: pepay.EventInvoiceUpdated, Data: pepay.EventData{Object: []byte(`{"object":"invoice"}`)}})
		}
		fmt.Println(frames(), "/", frames(), "/", frames())
	}
	// Output:
	// evt_1766320436000-1 invoice / evt_1766320436000-2 invoice / end of stream
	// evt_1766320436000-5 invoice / evt_1766320436000-4 invoice / evt_1766320436000-6 invoice
}

// connect opens a merchant stream with a plain WebSocket library and returns what
// reads one frame.
func connect(srv *pepaytest.Server) func() string {
	conn, _, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(srv.URL(), "http")+"/ws/merchant/events",
		&websocket.DialOptions{HTTPHeader: http.Header{"X-Api-Key": {srv.APIKey()}}})
	if err != nil {
		return err.Error
	}
	return func() string {
		_, frame, err := conn.Read(context.Background())
		if err != nil {
			return "end of stream"
		}
		var ev pepay.Event
		if err := json.Unmarshal(frame, &ev); err != nil {
			return err.Error()
		}
		kind, _, status := ev.Resource()
		return strings.TrimSpace(ev.ID + " " + kind + " " + status)
	}
}

// mintStatus returns the status, and the body of what is no token.
func mintStatus(srv *pepaytest.Server, key string) string {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, srv.URL()+"/api/v1/ws/token", http.NoBody)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("x-api-key", key)
	resp, err := srv.Client().Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	if len(body) > 300 { // a token differs from run to run
		return resp.Status
	}
	return resp.Status + " " + string(body)
}

// What the text of a fault says, to check it before it is used.
func ExampleParseFault() {
	operation, _, _, err := pepaytest.ParseFault("mintWsToken:status=429,retry-after=2s,every=3")
	fmt.Println(operation, err)
	_, _, _, err = pepaytest.ParseFault("mintWsToken:statsu=429")
	fmt.Println(err != nil, slices.Contains(pepaytest.FaultSettings(), "status="))
	// Output:
	// mintWsToken <nil>
	// true true
}

func ExampleSeeds() {
	fmt.Println(pepaytest.Seeds())
	// Output: [busy small]
}
