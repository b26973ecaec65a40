package main

import (
	"context"
	"testing"
)

// A peer whose new version works differently fails here.
func TestReceivers(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	receivers, err := openReceivers(ctx, receiverList(), base, "")
	defer closeAll(receivers)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			for range 5 {
				if err := r.receive(framesBatch); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// A contestant that skips, repeats or garbles an event must not be measured.
func TestSequence(t *testing.T) {
	t.Parallel()
	const first, second, third = "evt_1734780000000-10000000", "evt_1734780000000-10000001", "evt_1734780000000-10000002"
	for _, c := range []struct {
		name, id, eventType, object string
		ok                          bool
	}{
		{"next", second, "invoice.updated", "{}", true},
		{"again", first, "invoice.updated", "{}", false},
		{"skipped", third, "invoice.updated", "{}", false},
		{"no id", "", "invoice.updated", "{}", false},
		{"another type", second, "invoice.created", "{}", false},
		{"no object", second, "invoice.updated", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var s sequence
			if err := s.check(first, "invoice.updated", []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if err := s.check(c.id, c.eventType, []byte(c.object)); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// BenchmarkReceive is for the profiler: go test -run - -bench Receive/pepay -cpuprofile cpu.out
func BenchmarkReceive(b *testing.B) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	receivers, err := openReceivers(ctx, receiverList(), base, "")
	defer closeAll(receivers)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range receivers {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := r.receive(framesBatch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
