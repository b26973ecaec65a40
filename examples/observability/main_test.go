package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

const endpointSecret = "canary-endpoint-secret"

// watched is the program on a simulator, with its spans in memory.
type watched struct {
	*program
	t          *testing.T
	sim        *pepaytest.Server
	spans      *tracetest.InMemoryExporter
	log        *safeBuffer
	url        string
	http       *http.Client
	signatures []string // of all deliveries that came
}

// watch starts the program, on a simulator that fails as inject says from the first call on.
func watch(t *testing.T, inject func(*pepaytest.Faults), opts ...pepaytest.Option) *watched {
	t.Helper()
	sim := pepaytest.NewServer(t, opts...)
	inject(sim.Faults())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := webhook.NewVerifier(endpointSecret)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	w := &watched{
		t: t, sim: sim, spans: tracetest.NewInMemoryExporter(), log: &safeBuffer{},
		url: "http://" + listener.Addr().String(), http: &http.Client{Transport: transport},
	}
	w.program, err = newProgram(t.Context(), settings{
		options: []wrapper.Option{
			wrapper.WithAPIKey(sim.APIKey()), wrapper.WithBaseURL(sim.URL()),
			wrapper.WithRetry(wrapper.RetryPolicy{MaxRetries: 1, BaseDelay: time.Millisecond}),
		},
		transport: sim.Client().Transport, verifier: verifier, streamByToken: true,
	}, w.spans, slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	inner := w.handler
	var mu sync.Mutex
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s := r.Header.Get("X-Pepay-Signature"); s != "" {
			mu.Lock()
			w.signatures = append(w.signatures, s)
			mu.Unlock()
		}
		inner.ServeHTTP(rw, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.run(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return w
}

// noFaults leaves the simulator as it is.
func noFaults(*pepaytest.Faults) {}

// scrape reads /metrics.
func (w *watched) scrape() string {
	w.t.Helper()
	resp, err := w.http.Get(w.url + "/metrics")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatal(resp.Status, err)
	}
	return string(content)
}

// await scrapes until every line is there, and returns the last answer.
func (w *watched) await(lines ...string) string {
	w.t.Helper()
	limit, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		metrics := w.scrape()
		missing := ""
		for _, line := range lines {
			if !strings.Contains("\n"+metrics, "\n"+line+"\n") {
				missing = line
			}
		}
		if missing == "" {
			return metrics
		}
		select {
		case <-tick.C:
		case <-limit:
			w.t.Fatalf("after a minute there is no line\n\t%s\nin\n%s", missing, metrics)
		}
	}
}

const live = `pepay_stream_state{pepay_stream="merchant",pepay_stream_state="live"} 1`

func (w *watched) emit(change func(*pepay.Event), eventType string) pepay.Event {
	w.t.Helper()
	ev, err := pepaytest.NewEvent(eventType)
	if err != nil {
		w.t.Fatal(err)
	}
	if change != nil {
		change(&ev)
	}
	return w.sim.Emit(ev)
}

// deliver posts a webhook as Pepay would, or as somebody who claims to be Pepay.
func (w *watched) deliver(secret pepay.Secret, body []byte, change func(*http.Request)) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+webhookPath, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header = webhook.Sign(secret, time.Now(), body)
	if change != nil {
		change(req)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
