package pepaytest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	webhookURL    = "http://receiver.test/pepay?a=b"
	webhookSecret = pepay.Secret("whsec_one")
)

// received is one request of the simulator to a receiver.
type received struct {
	method, path string
	header       http.Header
	body         string
	at           time.Time
}

// receiver is an endpoint in memory. answer decides what the n-th request gets,
// from 1; nil is 200.
type receiver struct {
	transport *http.Transport
	answer    func(w http.ResponseWriter, r *http.Request, n int)

	mu  sync.Mutex
	got []received
}

func newReceiver(t *testing.T, answer func(http.ResponseWriter, *http.Request, int)) *receiver {
	t.Helper()
	l := memnet.Listen()
	rc := &receiver{transport: &http.Transport{DialContext: l.DialContext}, answer: answer}
	server := &http.Server{Handler: rc}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { rc.transport.CloseIdleConnections(); _ = server.Close(); <-done })
	return rc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rc.mu.Lock()
	rc.got = append(rc.got, received{r.Method, r.URL.String(), r.Header.Clone(), string(body), time.Now()})
	n := len(rc.got)
	rc.mu.Unlock()
	if rc.answer != nil {
		rc.answer(w, r, n)
	}
}

func (rc *receiver) requests() []received {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return slices.Clone(rc.got)
}

func (rc *receiver) ids() string {
	var ids []string
	for _, r := range rc.requests() {
		ids = append(ids, r.header.Get("X-Pepay-Event-ID"))
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// webhookBubble is a bubble with a server and a receiver.
func webhookBubble(t *testing.T, answer func(http.ResponseWriter, *http.Request, int),
	test func(t *testing.T, s *pepaytest.Server, rc *receiver), opts ...pepaytest.Option,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rc := newReceiver(t, answer)
		opts := append(opts, pepaytest.WithListener(memnet.Listen()), pepaytest.WithWebhookTransport(rc.transport))
		test(t, pepaytest.NewServer(t, opts...), rc)
	})
}

func signature(secret pepay.Secret, r received) string {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(r.header.Get("X-Pepay-Timestamp") + "." + r.body))
	return hex.EncodeToString(mac.Sum(nil))
}

func wait(t *testing.T, endpoints ...*pepaytest.Endpoint) {
	t.Helper()
	for _, e := range endpoints {
		if err := e.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWebhookDelivery(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return time.UnixMilli(1766320436345) }
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		ev := emit(s, pepay.EventInvoiceUpdated, "id", "inv_1", "html", "<b>", "environment", "mainnet")
		wait(t, e)
		got := rc.requests()
		if len(got) != 1 {
			t.Fatalf("%d requests", len(got))
		}
		r := got[0]
		if r.method != http.MethodPost || r.path != "/pepay?a=b" {
			t.Errorf("%s %s", r.method, r.path)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/json", "X-Pepay-Event": "invoice.updated", "X-Pepay-Event-ID": ev.ID,
			"X-Pepay-Timestamp": "1766320436345", "X-Pepay-Signature": signature(webhookSecret, r),
			"X-Pepay-Signature-Previous": "", "X-Pepay-Network-Environment": "mainnet",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		var sent pepay.Event
		if err := json.Unmarshal([]byte(r.body), &sent); err != nil || sent.ID != ev.ID || string(sent.Data.Object) != string(ev.Data.Object) {
			t.Errorf("%v in %s", err, r.body)
		}
		d := e.Deliveries()
		if len(d) != 1 || d[0].EventID != ev.ID || d[0].Type != ev.Type || !d[0].Delivered || d[0].Pending || len(d[0].Attempts) != 1 {
			t.Fatalf("%+v", d)
		}
		if a := d[0].Attempts[0]; !a.At.Equal(clock()) || a.Status != http.StatusOK || a.Err != nil {
			t.Errorf("%+v", a)
		}
		d[0].Attempts[0].Status = 0
		if e.Deliveries()[0].Attempts[0].Status == 0 {
			t.Error("Deliveries is not the caller's")
		}
	}, pepaytest.WithClock(clock))
}

func TestWebhookWants(t *testing.T) {
	t.Parallel()
	types := []string{
		pepay.EventInvoiceCreated, pepay.EventInvoiceUpdated, pepay.EventInvoicePaymentCreated, pepay.EventCommerceOrderCreated,
		pepay.EventCommerceOrderUpdated, pepay.EventTestPing, pepay.EventPaymentQuoteUpdated, "invoice.reopened",
	}
	for _, tc := range []struct {
		name        string
		enabled     []string
		environment pepay.NetworkEnvironment
		want        []string
	}{
		{"all", nil, "", slices.DeleteFunc(slices.Clone(types), func(s string) bool { return s == pepay.EventPaymentQuoteUpdated })},
		{"a wildcard", []string{"invoice.*"}, "", []string{pepay.EventInvoiceCreated, pepay.EventInvoiceUpdated, "invoice.reopened"}},
		{"a wildcard with a dot", []string{"commerce.order.*"}, "", []string{pepay.EventCommerceOrderCreated, pepay.EventCommerceOrderUpdated}},
		{"exact ones", []string{"test.ping", "invoice.created"}, "", []string{pepay.EventInvoiceCreated, pepay.EventTestPing}},
		{"this environment", []string{"invoice.created"}, "devnet", []string{pepay.EventInvoiceCreated}},
		{"the other environment", []string{"invoice.created", "test.ping"}, "mainnet", []string{pepay.EventTestPing}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
				e := s.AddWebhook(webhookURL, webhookSecret, tc.enabled...)
				e.SetEnvironment(tc.environment)
				for _, eventType := range types {
					if eventType == pepay.EventTestPing { // a ping names no environment
						emit(s, eventType)
						continue
					}
					emit(s, eventType, "environment", "devnet")
				}
				wait(t, e)
				var got []string
				for _, d := range e.Deliveries() {
					got = append(got, d.Type)
				}
				if !slices.Equal(got, tc.want) || len(rc.requests()) != len(tc.want) {
					t.Errorf("delivered %v in %d requests, want %v", got, len(rc.requests()), tc.want)
				}
			})
		})
	}
}

func TestWebhookEveryEndpoint(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		one, two := s.AddWebhook(webhookURL, "one"), s.AddWebhook(webhookURL, "two")
		emit(s, pepay.EventInvoiceCreated)
		wait(t, one, two)
		got := rc.requests()
		if len(got) != 2 {
			t.Fatalf("%d requests", len(got))
		}
		signatures := []string{got[0].header.Get("X-Pepay-Signature"), got[1].header.Get("X-Pepay-Signature")}
		if !slices.Contains(signatures, signature("one", got[0])) || !slices.Contains(signatures, signature("two", got[0])) {
			t.Error("not each signed with its own secret")
		}
	})
}

func TestWebhookRotation(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, "one")
		steps := []struct {
			do                func()
			current, previous pepay.Secret
		}{
			{func() {}, "one", ""},
			{func() { e.Rotate("two") }, "two", "one"},
			{func() { e.Rotate("three") }, "three", "two"},
			{e.EndRotation, "three", ""},
		}
		for i, step := range steps {
			step.do()
			emit(s, pepay.EventInvoiceCreated)
			wait(t, e)
			r := rc.requests()[i]
			if r.header.Get("X-Pepay-Signature") != signature(step.current, r) {
				t.Errorf("step %d: not signed with %s", i, step.current.Reveal())
			}
			previous := r.header.Get("X-Pepay-Signature-Previous")
			if step.previous == "" && previous != "" || step.previous != "" && previous != signature(step.previous, r) {
				t.Errorf("step %d: previous signature %q", i, previous)
			}
		}
	})
}

func TestWebhookRetries(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case 3:
			<-r.Context().Done() // the simulator gives up
		case 4:
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	}
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		began := time.Now()
		emit(s, pepay.EventInvoiceCreated)
		wait(t, e)
		got, timestamps := rc.requests(), map[string]bool{}
		var offsets []time.Duration
		for _, r := range got {
			offsets = append(offsets, r.at.Sub(began))
			timestamps[r.header.Get("X-Pepay-Timestamp")] = true
			if r.header.Get("X-Pepay-Signature") != signature(webhookSecret, r) {
				t.Error("an attempt is not signed")
			}
		}
		// 2 s, 4 s, 8 s and 16 s after the end of the attempt before; the third takes 5 s.
		want := []time.Duration{0, 2 * time.Second, 6 * time.Second, 19 * time.Second, 35 * time.Second}
		if !slices.Equal(offsets, want) || len(timestamps) != 5 {
			t.Errorf("requests at %v with %d timestamps, want %v", offsets, len(timestamps), want)
		}
		d := e.Deliveries()[0]
		var statuses []int
		for _, a := range d.Attempts {
			statuses = append(statuses, a.Status)
		}
		if !slices.Equal(statuses, []int{500, 307, 0, 0, 202}) || !d.Delivered || d.Pending {
			t.Errorf("%+v", d)
		}
		if a := d.Attempts[2]; !errors.Is(a.Err, context.DeadlineExceeded) || a.Duration != 5*time.Second {
			t.Errorf("timeout: %+v", a)
		}
		if a := d.Attempts[3]; !errors.Is(a.Err, io.EOF) {
			t.Errorf("cut connection: %+v", a)
		}
	}, pepaytest.WithWebhookRetry(5, 2*time.Second), pepaytest.WithWebhookTimeout(5*time.Second))
}

func TestWebhookGivesUpAndRedelivers(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, _ *http.Request, n int) {
		if n <= 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret, "test.ping")
		unwanted, ev := emit(s, pepay.EventInvoiceCreated), emit(s, pepay.EventTestPing)
		wait(t, e)
		if d := e.Deliveries(); len(d) != 1 || d[0].Delivered || d[0].Pending || len(d[0].Attempts) != 3 {
			t.Fatalf("%+v", d)
		}
		for _, id := range []string{ev.ID, unwanted.ID} {
			if err := e.Redeliver(id); err != nil {
				t.Error(err)
			}
		}
		wait(t, e)
		d := e.Deliveries()
		if len(d) != 3 || d[0].Delivered || !d[1].Delivered || !d[2].Delivered || d[1].EventID != ev.ID || d[2].EventID != unwanted.ID {
			t.Errorf("%+v", d)
		}
		if err := e.Redeliver("evt_unknown"); err == nil || !strings.Contains(err.Error(), "evt_unknown") {
			t.Error(err)
		}
		_ = s.Close()
		if err := e.Redeliver(ev.ID); err == nil {
			t.Error("redelivered by a closed server")
		}
		if len(rc.requests()) != 5 {
			t.Errorf("%d requests", len(rc.requests()))
		}
	})
}

func TestWebhookDuplicates(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		events := emitN(s, 5)
		again := s.Emit(events[0])
		wait(t, e)
		want := ids([]pepay.Event{events[0], again, events[1], events[1], events[2], events[3], events[3], events[4]})
		// The sixth offer is the first event's again, and a second one.
		want = events[0].ID + " " + want
		if got := rc.ids(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}, pepaytest.WithDuplicateDeliveries(2))
}

// No more than 8 deliveries are under way at a time, and those that wait for a retry
// do not hold up the others.
func TestWebhookIsBounded(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var now, most int
	answer := func(w http.ResponseWriter, _ *http.Request, n int) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(time.Second)
		mu.Lock()
		now--
		mu.Unlock()
		if n <= 8 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		began := time.Now()
		emitN(s, 80)
		time.Sleep(10*time.Second + time.Millisecond)
		if n := len(rc.requests()); n < 80 {
			t.Errorf("%d requests in 10 s", n)
		}
		wait(t, e)
		if most != 8 || time.Since(began) != time.Hour+2*time.Second {
			t.Errorf("up to %d at a time, %v in all", most, time.Since(began))
		}
	}, pepaytest.WithWebhookRetry(2, 2*time.Hour)) // no wait is longer than one
}

func TestWebhookCloseEndsDeliveries(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		<-r.Context().Done()
	}
	webhookBubble(t, answer, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		emit(s, pepay.EventInvoiceCreated)
		synctest.Wait() // it waits for its retry now
		emitN(s, 20)
		synctest.Wait()
		failed := make(chan error)
		go func() { failed <- e.Wait(t.Context()) }()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := e.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("wait: %v", err)
		}
		began := time.Now()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-failed; err == nil || e.Wait(t.Context()) == nil {
			t.Error("Wait does not notice that the server is closed")
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("closing took %v", took)
		}
		for _, d := range e.Deliveries() {
			if d.Pending || d.Delivered {
				t.Errorf("%+v", d)
			}
		}
		s.AddWebhook(webhookURL, webhookSecret)
		emit(s, pepay.EventInvoiceCreated)
		time.Sleep(time.Hour)
		if n := len(rc.requests()); n != 9 {
			t.Errorf("%d requests", n)
		}
	}, pepaytest.WithWebhookRetry(9, time.Minute))
}

func TestWebhookKeepsAsManyAsTheLog(t *testing.T) {
	t.Parallel()
	webhookBubble(t, nil, func(t *testing.T, s *pepaytest.Server, rc *receiver) {
		e := s.AddWebhook(webhookURL, webhookSecret)
		events := emitN(s, 5)
		wait(t, e)
		if d := e.Deliveries(); len(d) != 2 || d[1].EventID != events[4].ID || rc.ids() != ids(events) {
			t.Errorf("%+v", d)
		}
		if err := e.Redeliver(events[0].ID); err == nil {
			t.Error("redelivered what is forgotten")
		}
	}, pepaytest.WithRetention(2))
}

// With a real socket, the server's own transport and a receiver that is not there.
func TestWebhookOverLoopback(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rc := &receiver{}
	server := &http.Server{Handler: rc, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	s := pepaytest.NewServer(t, pepaytest.WithWebhookRetry(2, time.Millisecond))
	there := s.AddWebhook("http://"+l.Addr().String(), webhookSecret)
	gone := s.AddWebhook("http://127.0.0.1:1", webhookSecret)
	events := emitN(s, 50)
	wait(t, there, gone)
	slices.SortFunc(events, func(a, b pepay.Event) int { return strings.Compare(a.ID, b.ID) })
	if rc.ids() != ids(events) {
		t.Error("not every event came once")
	}
	for _, d := range gone.Deliveries() {
		if d.Delivered || len(d.Attempts) != 2 || d.Attempts[1].Err == nil {
			t.Errorf("%+v", d)
		}
	}
}

func TestWebhookMistakes(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	e := s.AddWebhook(webhookURL, webhookSecret)
	for _, tc := range []struct {
		name, want string
		do         func()
	}{
		{"no URL", `AddWebhook: "" is no`, func() { s.AddWebhook("", webhookSecret) }},
		{"another scheme", `"ftp://a/b" is no http`, func() { s.AddWebhook("ftp://a/b", webhookSecret) }},
		{"no secret", "secret of http://receiver.test/pepay?a=b is empty", func() { s.AddWebhook(webhookURL, "") }},
		{"unknown type", `unknown event type "invoice.paid"; there are invoice.*, invoice_payment.*, commerce.order.*, invoice.created, invoice.updated,` +
			` invoice_payment.created, invoice_payment.updated, commerce.order.created, commerce.order.updated, test.ping`,
			func() { s.AddWebhook(webhookURL, webhookSecret, "test.ping", "invoice.paid") }},
		{"unknown wildcard", `unknown event type "*"`, func() { s.AddWebhook(webhookURL, webhookSecret, "*") }},
		{"rotation to nothing", "Rotate: the secret is empty", func() { e.Rotate("") }},
		{"unknown environment", `SetEnvironment: unknown environment "moon"`, func() { e.SetEnvironment("moon") }},
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "pepaytest: ") || !strings.Contains(text, tc.want) {
					t.Errorf("%s: panic %q, want %q", tc.name, text, tc.want)
				}
			}()
			tc.do()
		}()
	}
	for name, opt := range map[string]pepaytest.Option{
		"WithWebhookRetry": pepaytest.WithWebhookRetry(0, 0), "WithWebhookTimeout": pepaytest.WithWebhookTimeout(0),
		"WithDuplicateDeliveries": pepaytest.WithDuplicateDeliveries(0), "WithWebhookTransport": pepaytest.WithWebhookTransport(nil),
	} {
		if _, err := pepaytest.Start("", opt); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
