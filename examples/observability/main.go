// Command observability shows what to watch of a program that uses Pepay: metrics of
// calls, streams and webhooks for Prometheus, and traces, with OpenTelemetry.
//
//	go -C examples/observability run .
//
// Without any setting it runs against a simulator of its own, which makes something
// happen every second; http://127.0.0.1:9464/metrics has the metrics. With
// PEPAY_API_KEY, and PEPAY_WEBHOOK_SECRET for webhooks, it watches your account:
// PEPAY_API_URL and the other variables of package wrapper count too.
//
// It is there to be copied. telemetry.go sets up OpenTelemetry; calls.go, streams.go
// and webhooks.go turn the hooks of the SDK into metrics and spans, transport.go adds
// otelhttp, and labels.go keeps every label to a few values. No key, token, secret,
// signature, query or body gets into a metric or a span. docs/observe.md has the table
// of the metrics and the alerts to begin with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9464", "serve /metrics, and webhooks at /pepay/webhook, on `HOST:PORT`")
	spans := flag.Bool("spans", false, "print each finished span as JSON")
	token := flag.Bool("ws-token", false, "open the stream with a ws_token instead of the API key")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *spans, *token, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr string, printSpans, token bool, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	where := settings{}
	if os.Getenv("PEPAY_API_KEY") == "" {
		sim, err := startSimulation("http://" + listener.Addr().String() + webhookPath)
		if err != nil {
			return err
		}
		defer sim.stop()
		where = sim.settings()
	} else if where, err = settingsFromEnv(); err != nil {
		return err
	}
	where.streamByToken = token
	var exporter sdktrace.SpanExporter
	if printSpans {
		// For a collector, put otlptracehttp.New(ctx) here: it reads OTEL_EXPORTER_OTLP_ENDPOINT.
		if exporter, err = stdouttrace.New(stdouttrace.WithWriter(out)); err != nil {
			return err
		}
	}
	watched, err := newProgram(ctx, where, exporter, slog.New(slog.NewTextHandler(out, nil)))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "metrics are at http://%s/metrics; %s\n", listener.Addr(), where.about)
	return watched.run(ctx, listener)
}

const webhookPath = "/pepay/webhook"

// settings say whom the program talks to.
type settings struct {
	about         string
	options       []wrapper.Option
	transport     http.RoundTripper // under otelhttp; nil is net/http's
	verifier      *webhook.Verifier // nil: no webhooks
	streamByToken bool
	busy          func(context.Context, *wrapper.Client) // makes calls now and then; nil: none
}

func settingsFromEnv() (settings, error) {
	s := settings{about: "set PEPAY_WEBHOOK_SECRET to receive webhooks at " + webhookPath}
	if os.Getenv("PEPAY_WEBHOOK_SECRET") != "" {
		verifier, err := webhook.FromEnv()
		if err != nil {
			return s, err
		}
		s.verifier, s.about = verifier, "webhooks are received at "+webhookPath
	}
	return s, nil
}

// program is what is watched.
type program struct {
	telemetry *telemetry
	settings  settings
	client    *wrapper.Client
	merchant  *streamTelemetry
	events    *stream.Stream
	handler   http.Handler
	logger    *slog.Logger
}

func newProgram(ctx context.Context, s settings, spans sdktrace.SpanExporter, logger *slog.Logger) (*program, error) {
	t, err := newTelemetry(ctx, spans)
	if err != nil {
		return nil, err
	}
	p := &program{telemetry: t, settings: s, logger: logger}
	if s.transport == nil {
		s.transport = http.DefaultTransport.(*http.Transport).Clone() //nolint:forbidigo // a copy of its own
	}
	measured, err := t.clientOptions(ctx, s.transport)
	if err != nil {
		return nil, err
	}
	if p.client, err = wrapper.New(append(measured, s.options...)...); err != nil {
		return nil, err
	}
	if p.merchant, err = t.forStream(ctx, "merchant"); err != nil {
		return nil, err
	}
	// In several replicas the lease is one of package store/postgres.
	options := stream.Options{Lease: stream.MemoryLease(), Logger: logger}
	if s.streamByToken {
		options.Source = wstoken.NewSource(p.client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	}
	open := func(o stream.Options) *stream.Stream { return stream.Merchant(p.client, o) }
	p.events = p.merchant.follow(ctx, open, options)

	mux := http.NewServeMux()
	mux.Handle("GET /metrics", t.handler())
	if s.verifier != nil {
		webhooks, err := t.webhookHandler(ctx, s.verifier, p.handle, webhook.WithLogger(logger))
		if err != nil {
			return nil, err
		}
		mux.Handle(webhookPath, webhooks)
	}
	p.handler = mux
	return p, nil
}

// run follows the stream and serves until ctx ends.
func (p *program) run(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{Handler: p.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	ended := make(chan error, 2)
	begin := func(task func() error) {
		go func() {
			err := task()
			cancel() // one without the other is not what was asked for
			ended <- err
		}()
	}
	begin(func() error { return p.follow(ctx) })
	begin(func() error { return server.Serve(listener) })
	if p.settings.busy != nil {
		p.settings.busy(ctx, p.client)
	}
	<-ctx.Done()
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	err := server.Shutdown(last)
	for range cap(ended) {
		if e := <-ended; !errors.Is(e, context.Canceled) && !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, p.telemetry.shutdown(last))
}

func (p *program) follow(ctx context.Context) error {
	for ev, err := range p.events.Events(ctx) {
		if err == nil {
			err = p.telemetry.process(ctx, "merchant", ev, p.handle)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// handle stands for your own work.
func (p *program) handle(ctx context.Context, ev *pepay.Event) error {
	p.logger.DebugContext(ctx, "handled", slog.String("event", ev.ID))
	return nil
}
