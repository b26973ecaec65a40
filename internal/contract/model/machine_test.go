// Package model_test drives the simulator with random requests, payors, clock moves and
// faults, and compares each step with a plain model of what Pepay documents.
package model_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// TestMain lets the library make fewer runs than it would, unless a flag says how many.
func TestMain(m *testing.M) {
	const checks = "rapid.checks"
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == checks })
	if !given {
		_ = flag.Set(checks, "3")
	}
	leakcheck.Main(m)
}

// The server's clock stands still, so that the model knows the time of every step. The
// business time moves with Advance.
func epoch() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// leastSteps is how many steps a run has at least.
var leastSteps = flag.Uint64("least-steps", 1500, "steps of one run of the model") //nolint:gochecknoglobals // a flag of the test

// TestModel runs random steps. By default it is short; this is a long run:
//
//	go test ./model -v -count=1 -rapid.checks=1 -rapid.seed=1 -least-steps=5000
func TestModel(t *testing.T) {
	var most, steps atomic.Uint64
	rapid.Check(t, func(rt *rapid.T) {
		m := start(t.Context(), rt)
		defer m.stop(rt)
		for actions := rapid.StateMachineActions(m); m.steps < *leastSteps; {
			rt.Repeat(actions)
		}
		steps.Add(m.steps)
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most.Store(max(most.Load(), memory.HeapAlloc))
	})
	t.Logf("%d steps, at most %d MiB of heap", steps.Load(), most.Load()>>20)
}

// machine is the simulator and the model beside it.
type machine struct {
	ctx      context.Context
	server   *pepaytest.Server
	merchant credential
	commerce credential
	now      int64 // business time, epoch seconds
	keys     int64 // Idempotency-Keys used

	followers [2]*follower // merchant, commerce
	want      [2][]string  // events of this step

	invoices []*invoice // the oldest first
	orders   []*order
	changed  map[string]*order // by this step
	carts    map[string]*cart  // by customer
	apiKeys  []*apiKey
	steps    uint64
}

func start(ctx context.Context, t *rapid.T) *machine {
	server, err := pepaytest.Start("", pepaytest.WithClock(epoch))
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{
		ctx: ctx, server: server, merchant: merchantKey(server), commerce: commerceKey(server),
		now: epoch().Unix(), changed: map[string]*order{}, carts: map[string]*cart{},
	}
	m.followers = [2]*follower{newFollower(m.merchant), newFollower(m.commerce)}
	return m
}

func (m *machine) stop(t *rapid.T) {
	if err := m.server.Close(); err != nil {
		t.Fatal(err)
	}
}

// Check compares what the last step has brought.
func (m *machine) Check(t *rapid.T) {
	m.steps++
	if orders := m.followers[0].check(t, m, m.want[0]); len(orders) > 0 {
		t.Fatalf("the merchant sees an event of commerce: %+v", orders[0])
	}
	m.checkOrders(t, m.followers[1].check(t, m, m.want[1]))
	m.want = [2][]string{}
}

// expectInvoice notes an event that the merchant's stream has, and the commerce stream
// where the invoice is an order's.
func (m *machine) expectInvoice(inv *invoice, eventType, status string) {
	line := expected(eventType, inv.id, status)
	m.want[0] = append(m.want[0], line)
	if inv.kind == "commerce" {
		m.want[1] = append(m.want[1], line)
	}
}

// name is how the model calls a resource: payments by their invoice, because it does
// not know their ids in advance.
func (m *machine) name(s subject) string {
	if s.Object == "invoice_payment" {
		return s.Invoice
	}
	return s.ID
}

// shown is the resource as the API shows it now.
func (m *machine) shown(t *rapid.T, s subject) json.RawMessage {
	t.Helper()
	switch s.Object {
	case "invoice":
		return json.RawMessage(m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices/"+s.ID, nil).want(t, http.StatusOK).body)
	case "invoice_payment":
		list := read[struct {
			Payments []json.RawMessage `json:"payments"`
		}](t, m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices/"+s.Invoice+"?expand=payments&payments_limit=100", nil).want(t, http.StatusOK))
		for _, p := range list.Payments {
			if read[subject](t, answer{body: string(p)}).ID == s.ID {
				return p
			}
		}
		t.Fatalf("invoice %s shows no payment %s", s.Invoice, s.ID)
	}
	t.Fatalf("no such resource: %v", s)
	return nil
}

// newKey is an Idempotency-Key.
func (m *machine) newKey() string {
	m.keys++
	return fmt.Sprintf("123e4567-e89b-42d3-a456-%012x", m.keys)
}

// Advance moves the business time.
func (m *machine) Advance(t *rapid.T) {
	m.advance(rapid.Int64Range(0, 3*60*60).Draw(t, "seconds"))
}

func (m *machine) advance(seconds int64) {
	m.server.Advance(time.Duration(seconds) * time.Second)
	m.now += seconds
	m.expireDue()
}
