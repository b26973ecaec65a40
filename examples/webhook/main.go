// Command webhook receives events that Pepay delivers by HTTP and prints what each is
// about.
//
//	PEPAY_WEBHOOK_SECRET=… go run ./examples/webhook
//
// While the secret rotates, PEPAY_WEBHOOK_SECRET_PREVIOUS has the previous one. The
// program remembers in memory which events it handled: see the example webhook-sqlite
// for effects that must happen exactly once.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on `HOST:PORT`; Pepay delivers by https, so anything but loopback belongs behind TLS")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	verifier, err := webhook.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(ctx, listener, verifier, slog.New(slog.NewJSONHandler(os.Stdout, nil))); err != nil {
		log.Fatal(err)
	}
}

// serve receives until ctx ends, and then finishes the deliveries that it has begun.
func serve(ctx context.Context, listener net.Listener, verifier *webhook.Verifier, logger *slog.Logger) error {
	mux := http.NewServeMux()
	mux.Handle("/pepay/webhook", verifier.Handler(handle(logger), webhook.WithLogger(logger)))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	logger.InfoContext(ctx, "listening", slog.String("url", "http://"+listener.Addr().String()+"/pepay/webhook"))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// What is being handled may finish; Pepay delivers again what was not acknowledged.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err := server.Shutdown(last)
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// handle is where your own work goes. Returning nil acknowledges the event, so return
// only when it is done or durably queued; an error makes Pepay deliver it again.
func handle(logger *slog.Logger) func(context.Context, *pepay.Event) error {
	return func(ctx context.Context, ev *pepay.Event) error {
		kind, id, status := ev.Resource()
		logger.InfoContext(ctx, "event", slog.String("type", ev.Type), slog.String("event", ev.ID),
			slog.String("resource", kind+" "+id), slog.String("status", status))
		return nil
	}
}
