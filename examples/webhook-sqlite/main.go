// Command webhook-sqlite receives events that Pepay delivers by HTTP and writes each
// into a journal exactly once, whatever happens in between: deliveries that come
// twice or at the same time, acknowledgements that get lost, a process that is killed
// at any point.
//
//	PEPAY_WEBHOOK_SECRET=… go run . -db journal.db
//
// Package inbox makes it so, in three lines of run. The journal stands for your own work.
package main

import (
	"context"
	"database/sql"
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
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/webhook"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on `HOST:PORT`; Pepay delivers by https, so anything but loopback belongs behind TLS")
	path := flag.String("db", "journal.db", "the database `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *path); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, path string) error {
	verifier, err := webhook.FromEnv()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := createTables(ctx, db); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	logger.InfoContext(ctx, "listening", slog.String("url", "http://"+listener.Addr().String()))
	return serve(ctx, listener, inbox.Handler(verifier, db, inbox.SQLite, journal, webhook.WithLogger(logger)))
}

// serve receives until ctx ends, and then finishes the deliveries that it has begun.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err := server.Shutdown(last)
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// createTables makes the inbox and the journal. The journal has no unique column, so
// that an event with two effects would show.
func createTables(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, inbox.Schema(inbox.SQLite)+`CREATE TABLE IF NOT EXISTS journal (
		event_id TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL, status TEXT NOT NULL)`)
	return err
}

// journal is where your own work goes. Only what goes through tx happens exactly once.
// To send a mail or call another service, write a task into a table in tx, and let
// another process do the task.
func journal(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
	kind, id, status := ev.Resource()
	_, err := tx.ExecContext(ctx, `INSERT INTO journal (event_id, type, resource, status) VALUES (?, ?, ?, ?)`,
		ev.ID, ev.Type, kind+" "+id, status)
	return err
}
