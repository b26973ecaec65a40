package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// world is what the simulator's process does. Each stream has a Pepay of its own,
// because a rule for faults cannot tell streams apart; all emit alike. Calls may
// come at the same time: one that its caller gave up still runs.
type world struct {
	mu     sync.Mutex
	pepays []*simulated
	quiet  *pepaytest.Server
}

type simulated struct {
	server  *pepaytest.Server
	role    role
	plan    *plan
	emitted int
	ids     digest
}

// Address is where a stream finds its Pepay.
type Address struct{ URL, APIKey, CommerceAPIKey string }

// Report is what a stream's Pepay counted.
type Report struct {
	Faults map[string]int // by name, how often each was met
	IDs    string         // a digest of the ids of all events
}

// Open starts them.
func (w *world) Open(s Settings, addresses *[]Address) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range s.Streams {
		server, err := pepaytest.Start("127.0.0.1:0", pepaytest.WithCloseOnExpiry(),
			pepaytest.WithRetention(s.Backlog+4*window)) // no stream is that far behind, so every fault can be recovered from
		if err != nil {
			return err
		}
		r := roleOf(i)
		w.pepays = append(w.pepays, &simulated{
			server: server, role: r,
			plan: newPlan(server.Faults(), r, rand.New(rand.NewPCG(s.Seed, uint64(i))), s.FaultEvery),
		})
		*addresses = append(*addresses, Address{server.URL(), server.APIKey(), server.CommerceAPIKey()})
	}
	return w.openQuiet(addresses)
}

// openQuiet starts the one on which nothing ever happens. Its address is the last.
func (w *world) openQuiet(addresses *[]Address) (err error) {
	w.quiet, err = pepaytest.Start("127.0.0.1:0")
	if err == nil {
		*addresses = append(*addresses, Address{w.quiet.URL(), w.quiet.APIKey(), ""})
	}
	return err
}

// Dial says which stream is about to dial, and whether its program does so for the
// first time.
type Dial struct {
	Stream int
	First  bool
}

// Arm adds the next fault for a stream that is about to dial.
func (w *world) Arm(d Dial, name *string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	*name = w.pepays[d.Stream].plan.arm(d.First)
	return nil
}

// Emit makes n more events happen to everyone.
func (w *world) Emit(n int, total *int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.pepays {
		for range n {
			p.emit()
		}
		*total = p.emitted
	}
	return nil
}

// Finish reports on everyone.
func (w *world) Finish(_ int, reports *[]Report) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.pepays {
		*reports = append(*reports, Report{p.plan.struck(), p.ids.String()})
	}
	return nil
}

func (w *world) close() error {
	var errs []error
	if w.quiet != nil {
		errs = append(errs, w.quiet.Close())
	}
	for _, p := range w.pepays {
		errs = append(errs, p.server.Close())
	}
	return errors.Join(errs...)
}

func (p *simulated) emit() {
	p.emitted++
	ev := p.server.Emit(pepay.Event{
		Type: p.role.eventType,
		Data: pepay.EventData{Object: json.RawMessage(fmt.Sprintf(p.role.object, p.emitted))},
	})
	p.ids.add(ev.ID)
}
