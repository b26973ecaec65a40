package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const sampleEvery = 250 * time.Millisecond

// emit makes events happen until ctx ends.
func (s *stage) emit(ctx context.Context) {
	types := []string{pepay.EventInvoiceCreated, pepay.EventInvoicePaymentCreated, pepay.EventInvoicePaymentUpdated, pepay.EventInvoiceUpdated}
	for n := 0; sleep(ctx, time.Second/time.Duration(s.rate)) == nil; n++ {
		ev, err := pepaytest.NewEvent(types[n%len(types)])
		if err != nil {
			panic(err) // the types are the contract's
		}
		s.tally.emitted(s.sim.Emit(ev).ID) //nolint:contextcheck // its deliveries end with the simulator
	}
}

// killNowAndThen kills a replica now and then, mostly the one that follows the stream.
func (s *stage) killNowAndThen(ctx context.Context) {
	if s.kill == 0 {
		return
	}
	for sleep(ctx, s.kill) == nil {
		victim := s.replicas[rand.IntN(len(s.replicas))]
		if rand.IntN(3) > 0 {
			for _, p := range s.replicas {
				if p.shown().Standing == follows {
					victim = p
				}
			}
		}
		victim.kill()
	}
}

// watch looks at the replicas and counts, until ctx ends.
func (s *stage) watch(ctx context.Context) {
	for n := 0; sleep(ctx, sampleEvery) == nil; n++ {
		s.history.sample(s.shown())
		if n%2 == 0 {
			_ = s.tally.refresh(ctx) // what cannot be counted now is counted next time
		}
	}
}

// settle stops emitting and killing, and waits for what is under way, for at most 30 s.
func (s *stage) settle(ctx context.Context) (counts, error) {
	s.killing()
	s.emitting()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	<-s.emitted
	err := s.endpoint.Wait(ctx) // the last repetitions too: one of them could have a second effect
	for err == nil {
		if err = s.tally.refresh(ctx); err != nil || s.tally.counts().Waiting == 0 {
			break
		}
		err = sleep(ctx, 50*time.Millisecond)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // the counts say what is missing
	}
	return s.tally.counts(), err
}
