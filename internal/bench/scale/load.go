package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go/webhook"
)

// clients ask at the same time, whatever the number of replicas.
const clients = 16

// sample is one measurement.
type sample struct {
	rate float64       // per second, all replicas together
	busy time.Duration // processor time of a replica for each
}

// load asks the first n replicas in turns for a time, each client as fast as it gets
// answers. An answer that is no success is an error: a fast refusal would win.
func (s *system) load(ctx context.Context, path string, n int, d time.Duration) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	before, err := s.busy(ctx, n)
	if err != nil {
		return sample{}, err
	}
	var done atomic.Int64
	var clientsDone sync.WaitGroup
	began := time.Now()
	for client := range clients {
		clientsDone.Go(func() {
			for i := client; time.Since(began) < d && ctx.Err() == nil; i++ {
				if err := s.post(ctx, s.replicas[i%n]+path); err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	clientsDone.Wait()
	took := time.Since(began)
	if ctx.Err() != nil {
		return sample{}, context.Cause(ctx)
	}
	after, err := s.busy(ctx, n)
	if err != nil {
		return sample{}, err
	}
	return sample{rate: float64(done.Load()) / took.Seconds(), busy: (after - before) / time.Duration(done.Load())}, nil
}

// numbers makes ids of events.
var numbers atomic.Int64

// post sends a new event, signed; the token endpoint does not mind it.
func (s *system) post(ctx context.Context, address string) error {
	now := time.Now()
	body := newEvent(now)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = webhook.Sign(secret, now, body)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("POST %s: %s", req.URL.Path, resp.Status)
	}
	return nil
}

func newEvent(at time.Time) []byte {
	number := strconv.FormatInt(numbers.Add(1), 10)
	return []byte(`{"api_version":"2025-12-16","created":` + strconv.FormatInt(at.Unix(), 10) + `,"data":{"object":{"amount":49990,"amount_decimal":"49.990",` +
		`"amount_paid":49990,"amount_paid_decimal":"49.990","amount_remaining":0,"amount_remaining_decimal":"0.000","amount_unit":"usd_millis",` +
		`"created_at":1766318400,"currency":"usd","customer_id":"cust_123","environment":"devnet","expires_at":1766322000,` +
		`"id":"550e8400-e29b-41d4-a716-446655440000","invoice_type":"standard","merchant_id":123,"metadata":{"order_id":"ORD-123"},"object":"invoice",` +
		`"paid_at":1766318460,"settlement_status":"pending","status":"paid"},"previous_attributes":{"status":"unpaid"}},` +
		`"id":"evt_` + strconv.FormatInt(at.UnixMilli(), 10) + "-" + number + `","livemode":false,"object":"event","pending_webhooks":1,"type":"invoice.updated"}`)
}
