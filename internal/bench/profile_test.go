package main

import (
	"context"
	"testing"
	"time"
)

// Benchmarks of the contestants are for the profiler:
// go test -run - -bench 'Rows/events/pepay-go' -cpuprofile cpu.out
func BenchmarkRows(b *testing.B) {
	for name, contestants := range map[string][]contestant{
		"mint": mintContestants(noHost, mintMemory), "create": invoiceCreators(asIs), "events": eventListers(asIs), "invoices": invoiceListers(asIs),
		"verify": verifiers(webhookBody(smallDelivery), time.Now()), "read": readers(webhookBody(largeDelivery), time.Now()),
		"decode": eventDecoders(),
	} {
		for _, c := range contestants {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.run(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
