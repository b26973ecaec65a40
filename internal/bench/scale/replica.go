package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/bench/cputime"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const (
	// replicaFlag makes this program one process of the back end.
	replicaFlag = "-replica"
	// secret signs the webhooks. It opens nothing else.
	secret = pepay.Secret("the-secret-of-this-benchmark")
	// What each process may open.
	connections = 8

	effects = `CREATE TABLE IF NOT EXISTS scale_effects (event_id text NOT NULL)`
	effect  = `INSERT INTO scale_effects (event_id) VALUES ($1)`
)

// replica is one process of the back end.
type replica struct {
	client *wrapper.Client
	db     *sql.DB
	pool   *pgxpool.Pool
}

// serve is a replica: it writes its address to out, and ends when in does.
func serve(ctx context.Context, database string, in io.Reader, out io.Writer) error {
	client, err := wrapper.New() // PEPAY_API_URL and PEPAY_API_KEY are the simulator's
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return err
	}
	defer pool.Close()
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	r := &replica{client, db, pool}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: r.routes(verifier), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (r *replica) routes(verifier *webhook.Verifier) http.Handler {
	tokens := wstoken.NewCache(wstoken.NewSource(r.client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant}))
	mux := http.NewServeMux()
	mux.Handle("POST /token", wstoken.Handler(
		func(pepay.WSTokenScope) wstoken.Source { return tokens },
		func(*http.Request) (pepay.WSTokenScope, error) { return pepay.WSTokenScopeMerchant, nil },
	))
	mux.Handle("POST /memory", verifier.Handler(func(context.Context, *pepay.Event) error { return nil }))
	mux.Handle("POST /inbox", inbox.Handler(verifier, r.db, inbox.Postgres, storeEffect))
	mux.HandleFunc("GET /cpu", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, int64(cputime.Used())) })
	mux.HandleFunc("POST /follow", r.follow)
	return mux
}

func storeEffect(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
	_, err := tx.ExecContext(ctx, effect, ev.ID)
	return err
}
