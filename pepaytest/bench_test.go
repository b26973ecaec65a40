package pepaytest_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// BenchmarkCreateInvoice measures invoices per second over loopback HTTP.
func BenchmarkCreateInvoice(b *testing.B) {
	s := pepaytest.NewServer(b)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL()+invoicesPath, strings.NewReader(`{"amount_usd":49.99}`))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-Api-Key", s.APIKey())
			req.Header.Set("Idempotency-Key", fmt.Sprintf("123e4567-e89b-42d3-a456-%012x", n.Add(1)))
			resp, err := s.Client().Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "invoices/s")
}

// BenchmarkEventsTo100Streams measures how many events per second reach all of 100
// open streams, over loopback.
func BenchmarkEventsTo100Streams(b *testing.B) {
	const streams = 100
	s := pepaytest.NewServer(b, pepaytest.WithRetention(1_000_000))
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		b.Fatal(err)
	}
	var reading sync.WaitGroup
	for range streams {
		conn, resp, err := websocket.Dial(b.Context(), s.URL()+merchantPath, &websocket.DialOptions{
			HTTPClient: s.Client(), HTTPHeader: http.Header{"X-Api-Key": {s.APIKey()}},
		})
		if err != nil {
			b.Fatal(err, resp)
		}
		reading.Go(func() {
			defer func() { _ = conn.CloseNow() }()
			for range b.N {
				if _, _, err := conn.Read(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		s.Emit(ev)
	}
	reading.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkMemory reports the heap after as many events as the server keeps, and after
// ten times as many.
func BenchmarkMemory(b *testing.B) {
	const kept = 100_000
	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		s := pepaytest.NewServer(b, pepaytest.WithRetention(kept))
		for n := 1; n <= 10*kept; n++ {
			s.Emit(ev)
			switch n {
			case kept:
				b.ReportMetric(heapMB(), "MB-100k-events")
			case 10 * kept:
				b.ReportMetric(heapMB(), "MB-1M-events")
			}
		}
		runtime.KeepAlive(s)
	}
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
