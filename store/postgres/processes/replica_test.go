package processes

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/store/postgres"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// settings are what a replica gets in the variable envReplica, as JSON.
type settings struct {
	Name     string
	Database string // URL
	Leases   string // URL of the same database, for the lease
	Bouncer  bool   // PgBouncer is in between, in transaction mode
	Pepay    string // URL
	APIKey   string
	Secret   string        // of the webhook endpoint
	Life     time.Duration // of the lease, 0 for the default
}

const (
	envReplica = "PEPAY_TEST_REPLICA"
	group      = "merchant"
)

// A handler fails now and then, after its effect: one in so many times.
const (
	failingStreamPart  = 1500
	failingWebhookPart = 50
)

var errOnPurpose = errors.New("the handler fails on purpose")

// replica is one of several instances of a merchant's program.
type replica struct {
	settings
	log   *slog.Logger
	fence atomic.Int64 // of the term that runs
}

// runReplica prints the address for webhooks and runs until standard input ends, which it
// also does when the test dies.
func runReplica() error {
	r := &replica{log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if err := json.Unmarshal([]byte(os.Getenv(envReplica)), &r.settings); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	pool, err := r.connect(ctx, r.Database, 0)
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	leases, err := r.connect(ctx, r.Leases, 2) // the lease does not wait for the handlers
	if err != nil {
		return err
	}
	defer leases.Close()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	var serving sync.WaitGroup
	serving.Go(func() { r.receive(ctx, listener, db) })
	err = r.follow(ctx, leases, db)
	cancel()
	serving.Wait()
	return err
}

// connect makes a pool of at most so many connections, or as many as pgx likes.
func (r *replica) connect(ctx context.Context, url string, most int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	if most > 0 {
		config.MaxConns = most
	}
	if r.Bouncer {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// receive serves webhooks until ctx ends.
func (r *replica) receive(ctx context.Context, listener net.Listener, db *sql.DB) {
	verifier, err := webhook.NewVerifier(pepay.Secret(r.Secret))
	if err != nil {
		r.log.Error("webhooks", "error", err)
		return
	}
	server := &http.Server{Handler: inbox.Handler(verifier, db, inbox.Postgres, r.handle(viaWebhook, failingWebhookPart))}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(last)
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		r.log.Error("webhooks", "error", err)
	}
}

// follow consumes the stream again and again until ctx ends.
func (r *replica) follow(ctx context.Context, leases *pgxpool.Pool, db *sql.DB) error {
	client, err := wrapper.New(wrapper.WithBaseURL(r.Pepay), wrapper.WithAPIKey(r.APIKey))
	if err != nil {
		return err
	}
	s := stream.Merchant(client, stream.Options{
		Lease: postgres.New(leases, group), LeaseLife: r.Life,
		Backoff:  stream.Backoff{Base: 20 * time.Millisecond, Max: 500 * time.Millisecond},
		Logger:   r.log,
		Observer: stream.Observer{OnLease: r.onLease, OnResume: r.onResume},
	})
	for {
		err := inbox.Consume(ctx, s, db, inbox.Postgres, r.handle(viaStream, failingStreamPart))
		if ctx.Err() != nil {
			return nil
		}
		r.log.Warn("consuming ended", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (r *replica) onLease(l stream.LeaseState) {
	r.log.Info("lease", "held", l.Held, "fence", l.Fence, "error", l.Err)
	if l.Held {
		r.fence.Store(l.Fence)
	}
}

func (r *replica) onResume(resume stream.Resume) {
	r.log.Info("resumed", "since", resume.Since, "replayed", resume.Replayed, "backfilled", resume.Backfilled,
		"duplicates", resume.Duplicates, "gap", resume.Gap, "reason", resume.Reason)
}

// handle writes the effect of an event into the transaction of the inbox.
func (r *replica) handle(via string, failingPart int) func(context.Context, *sql.Tx, *pepay.Event) error {
	return func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		fence := int64(0)
		if via == viaStream {
			fence = r.fence.Load()
		}
		if _, err := tx.ExecContext(ctx, insertEffect, ev.ID, via, fmt.Sprintf("%s/%d", r.Name, os.Getpid()), fence); err != nil {
			return err
		}
		if rand.IntN(failingPart) == 0 {
			return errOnPurpose
		}
		return nil
	}
}
