package processes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/store/postgres"
)

const (
	secret = "whsec_of_the_replicas"
	// patience is how long a test waits for something that takes no time on a machine that
	// has some to spare.
	patience = time.Minute
)

// run is one history of the replicas as it happens.
type run struct {
	t        *testing.T
	pepay    *pepaytest.Server
	hooks    *pepaytest.Endpoint
	postgres *localdb.Postgres
	bouncer  *localdb.PgBouncer // nil without one
	db       *pgxpool.Pool      // straight to PostgreSQL
	balancer *balancer
	places   [places]*place

	mu sync.Mutex // guards the emissions while events are emitted
	history
}

// newRun starts the servers. The replicas reach the database through a PgBouncer or
// straight.
func newRun(t *testing.T, events int, bouncer bool) *run {
	t.Helper()
	ctx := t.Context()
	w := &run{t: t, balancer: newBalancer(t)}
	var err error
	w.postgres, err = localdb.StartPostgres(ctx, map[string]string{"max_connections": "200"})
	localdb.Require(t, err)
	t.Cleanup(func() { w.check(w.postgres.Close()) })
	target := w.postgres.Addr()
	if bouncer {
		w.bouncer, err = localdb.StartPgBouncer(ctx, target, map[string]string{"default_pool_size": "30"})
		localdb.Require(t, err)
		t.Cleanup(func() { w.check(w.bouncer.Close()) })
		target = w.bouncer.Addr()
	}
	if w.db, err = pgxpool.New(ctx, w.postgres.URL("postgres")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	if err := postgres.Migrate(ctx, w.db); err != nil {
		t.Fatal(err)
	}
	for _, schema := range []string{inbox.Schema(inbox.Postgres), ownSchema} {
		if _, err := w.db.Exec(ctx, schema); err != nil {
			t.Fatal(err)
		}
	}
	w.pepay = pepaytest.NewServer(t, pepaytest.WithRetention(2*events), pepaytest.WithWebhookTimeout(5*time.Second),
		pepaytest.WithWebhookRetry(1000, 20*time.Millisecond), pepaytest.WithDuplicateDeliveries(10))
	w.hooks = w.pepay.AddWebhook(w.balancer.url, secret, both, webhookOnly)
	for i := range w.places {
		w.places[i] = newPlace(w, i, target, bouncer)
	}
	return w
}

func (w *run) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// places is how many replicas run at a time.
const places = 3

// place is where one replica after another runs, with a network of its own.
type place struct {
	run      *run
	index    int
	settings settings
	database *localdb.Proxy
	leases   *localdb.Proxy // to the same database, for the lease
	pepay    *localdb.Proxy
	process  *process
	before   *process // the one before
}

func newPlace(w *run, index int, database string, bouncer bool) *place {
	w.t.Helper()
	line := func(target string) *localdb.Proxy {
		proxy, err := localdb.StartProxy(w.t.Context(), target)
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(proxy.Close)
		return proxy
	}
	url := func(database *localdb.Proxy) string {
		return "postgres://postgres@" + database.Addr() + "/postgres?sslmode=disable"
	}
	p := &place{
		run: w, index: index,
		database: line(database), leases: line(database), pepay: line(strings.TrimPrefix(w.pepay.URL(), "http://")),
	}
	p.settings = settings{
		Name: string(rune('a' + index)), Bouncer: bouncer,
		Database: url(p.database), Leases: url(p.leases),
		Pepay: "http://" + p.pepay.Addr(), APIKey: w.pepay.APIKey(), Secret: secret,
	}
	w.t.Cleanup(func() {
		if p.process != nil {
			p.process.kill()
		}
	})
	return p
}

// start starts a replica after the one before has ended.
func (p *place) start() {
	p.run.t.Helper()
	next, err := startProcess(p.settings)
	if err != nil {
		p.run.t.Fatal(err)
	}
	p.before, p.process = p.process, next
	p.run.balancer.set(p.index, next.addr)
}

// logs are what the last replicas of each place and the servers said last.
func (w *run) logs() string {
	var text strings.Builder
	servers := []*localdb.Server{w.postgres.Server}
	if w.bouncer != nil {
		servers = append(servers, w.bouncer.Server)
	}
	for _, s := range servers {
		log, err := os.ReadFile(filepath.Join(s.Folder(), "server.log"))
		all := tail{}
		_, _ = all.Write(log)
		fmt.Fprintf(&text, "%s (%v):\n%s\n", filepath.Base(s.Folder()), err, &all)
	}
	for _, p := range w.places {
		for _, process := range []*process{p.before, p.process} {
			if process != nil {
				fmt.Fprintf(&text, "replica %s:\n%s\n", process.name, process.log)
			}
		}
	}
	return text.String()
}

// holder waits until a replica that runs holds the lease and, if it must be a working one,
// has moved the cursor in its term. It returns the replica and its fence, or nil when ctx
// ends.
func (w *run) holder(ctx context.Context, working bool) (*place, int64) {
	w.t.Helper()
	var at *place
	var fence int64
	w.eventually(ctx, "no replica gets the lease and works", func(ctx context.Context) bool {
		var holder string
		if err := w.db.QueryRow(ctx, holderOf, group).Scan(&holder, &fence); err != nil {
			return false
		}
		if n, err := w.count(ctx, countMovesOf, fence); working && (err != nil || n < 2) {
			return false
		}
		parts := strings.Split(holder, "/") // host, process and a random text
		for _, p := range w.places {
			if len(parts) > 2 && parts[len(parts)-2] == strconv.Itoa(p.process.pid()) {
				at = p
			}
		}
		return at != nil
	})
	return at, fence
}

// eventually waits until something holds, which the database tells. The database may be
// away in the meantime. The end of ctx ends the wait without an error.
func (w *run) eventually(ctx context.Context, otherwise string, holds func(context.Context) bool) {
	w.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds(ctx) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-limit.C:
			w.t.Fatalf("%s within %s\n%s", otherwise, patience, w.logs())
		}
	}
}

func (w *run) count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = w.db.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}
