package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/store/postgres"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// envReplica has the settings of a replica, as JSON. A program that has it is one.
const envReplica = "PEPAY_EXAMPLE_REPLICA"

// leaseName is the group: whoever shares the name and the database shares the lease.
const leaseName = "shop"

type settings struct {
	Database  string        // URL
	Pepay     string        // URL
	APIKey    pepay.Secret  // of the simulator
	Secret    pepay.Secret  // of the webhook endpoint
	Socket    string        // where nginx brings the webhooks
	LeaseLife time.Duration // how soon another replica takes over
	Name      string
}

// runReplica is the whole of a replica. It runs until standard input ends, which is also
// what happens when the program that started it dies.
func runReplica(ctx context.Context) error {
	var s settings
	if err := json.Unmarshal([]byte(os.Getenv(envReplica)), &s); err != nil {
		return err
	}
	signal.Ignore(os.Interrupt) // Ctrl-C is for the program that started it
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()

	pool, err := pgxpool.New(ctx, s.Database)
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	// A lease that waits for a connection is lost: it has a small pool of its own.
	config := pool.Config()
	config.MaxConns = 2
	leases, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer leases.Close()

	reports := newReporter(os.Stdout)
	served := make(chan error, 1)
	go func() {
		err := receive(ctx, s, db, reports)
		cancel() // one half of a replica is none
		served <- err
	}()
	err = follow(ctx, s, db, postgres.New(leases, leaseName), reports)
	cancel()
	return errors.Join(ignoreEnd(err), <-served)
}

// follow consumes the stream while this replica has the lease, and stands by while
// another one has it.
func follow(ctx context.Context, s settings, db *sql.DB, lease stream.Lease, reports *reporter) error {
	client, err := wrapper.New(wrapper.WithBaseURL(s.Pepay), wrapper.WithAPIKey(s.APIKey.Reveal()))
	if err != nil {
		return err
	}
	events := stream.Merchant(client, stream.Options{
		Lease: lease, LeaseLife: s.LeaseLife,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Observer: stream.Observer{
			OnLease:   reports.onLease,
			OnState:   func(state stream.State, _ error) { reports.onState(state) },
			OnHandled: reports.onHandled,
		},
	})
	defer reports.every(200*time.Millisecond, events.Lag)()
	// An error is the end: whatever restarts this program, Kubernetes or systemd, tries again.
	return inbox.Consume(ctx, events, db, inbox.Postgres, effect(s.Name, "stream"))
}

// receive serves webhooks.
func receive(ctx context.Context, s settings, db *sql.DB, reports *reporter) error {
	verifier, err := webhook.NewVerifier(s.Secret)
	if err != nil {
		return err
	}
	listener, err := listenUnix(ctx, s.Socket)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: inbox.Handler(verifier, db, inbox.Postgres, effect(s.Name, "webhook"),
			webhook.WithObserver(webhook.Observer{OnDelivery: reports.onDelivery})),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
	}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(last)
	})
	defer stop()
	return ignoreEnd(server.Serve(listener))
}

// effect stands for your own work. What it writes into the transaction happens once, in
// whichever replica and whichever way the event comes.
func effect(replica, via string) func(context.Context, *sql.Tx, *pepay.Event) error {
	return func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO effects (event_id, via, replica) VALUES ($1, $2, $3)`, ev.ID, via, replica)
		return err
	}
}

// listenUnix listens on a socket that a killed replica may have left.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	// nginx is another user when root runs the example.
	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // see above; a signature protects what it takes
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// ignoreEnd drops what says only that the replica was told to end.
func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
