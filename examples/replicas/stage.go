package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/store/postgres"
)

const endpointSecret = "the secret of the simulated endpoint"

var names = []string{"amber", "birch", "coral"}

type options struct {
	addr string        // of the page
	rate int           // events per second
	kill time.Duration // between two kills, 0: never
	life time.Duration // of the lease
}

func (o options) check() error {
	switch {
	case o.rate < 1 || o.rate > 100:
		return fmt.Errorf("-rate %d: give 1 to 100 events per second", o.rate)
	case o.kill != 0 && o.kill < time.Second:
		return fmt.Errorf("-kill %s: give at least 1s, or 0 for never", o.kill)
	case o.life < 300*time.Millisecond || o.life > time.Minute:
		return fmt.Errorf("-life %s: give 300ms to 1m", o.life)
	}
	return nil
}

// restart is how long a killed replica stays away: long enough to be seen on the page.
func (o options) restart() time.Duration {
	if o.kill == 0 {
		return 2 * time.Second // only a button kills
	}
	return min(2*time.Second, o.kill/2)
}

// stage is everything around the replicas.
type stage struct {
	options
	began    time.Time
	database *localdb.Postgres
	pool     *pgxpool.Pool
	sim      *pepaytest.Server
	endpoint *pepaytest.Endpoint
	nginx    *localdb.Nginx
	folder   string // of the sockets
	replicas []*place
	tally    *tally
	history  *history

	listener net.Listener
	server   *http.Server
	served   chan error

	emitting context.CancelFunc
	emitted  chan struct{} // closed when the last event is out
	killing  context.CancelFunc
	running  sync.WaitGroup // emitting, killing and watching
	stop     context.CancelFunc
}

// open starts all of it. What was started is closed again when something fails.
func open(ctx context.Context, o options) (_ *stage, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &stage{options: o, began: time.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", o.addr); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("/tmp", "pepay-replicas-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(s.folder, 0o755); err != nil { //nolint:gosec // nginx is another user when root runs the example
		return nil, err
	}
	// nginx first: it is missing more often than PostgreSQL, and starts in no time.
	if s.nginx, err = localdb.StartNginx(ctx, s.nginxConfig); err != nil {
		return nil, err
	}
	if err := s.openDatabase(ctx); err != nil {
		return nil, err
	}
	if s.sim, err = pepaytest.Start("", pepaytest.WithWebhookRetry(12, 200*time.Millisecond), pepaytest.WithDuplicateDeliveries(4)); err != nil {
		return nil, err
	}
	s.endpoint = s.sim.AddWebhook(s.nginx.URL()+"/pepay/webhook", endpointSecret)
	s.start(ctx)
	return s, nil
}

// start lets everything run until close.
func (s *stage) start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.tally, s.history = newTally(s.pool), newHistory()
	for i, name := range names {
		s.replicas = append(s.replicas, &place{restart: s.restart(), history: s.history, settings: settings{
			Name: name, Database: s.database.URL("postgres"), Pepay: s.sim.URL(),
			APIKey: pepay.Secret(s.sim.APIKey()), Secret: endpointSecret, Socket: s.socket(i), LeaseLife: s.life,
		}})
	}
	for _, p := range s.replicas {
		s.running.Go(func() { p.keep(ctx) })
	}
	emitting, stopEmitting := context.WithCancel(ctx)
	killing, stopKilling := context.WithCancel(ctx)
	s.emitting, s.killing = stopEmitting, stopKilling
	s.emitted = make(chan struct{})
	s.running.Go(func() {
		defer close(s.emitted)
		s.emit(emitting)
	})
	s.running.Go(func() { s.killNowAndThen(killing) })
	s.running.Go(func() { s.watch(ctx) })
	s.serve()
}

func (s *stage) openDatabase(ctx context.Context) (err error) {
	if s.database, err = localdb.StartPostgres(ctx, nil); err != nil {
		return err
	}
	if s.pool, err = pgxpool.New(ctx, s.database.URL("postgres")); err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, s.pool); err != nil {
		return err
	}
	// No column is unique, so an event with two effects would show.
	for _, sql := range []string{inbox.Schema(inbox.Postgres), `CREATE TABLE effects (
		event_id text NOT NULL, via text NOT NULL, replica text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
		CREATE INDEX effects_event_id ON effects (event_id)`} {
		if _, err := s.pool.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) socket(i int) string { return filepath.Join(s.folder, names[i]+".sock") }

// nginxConfig spreads the webhooks. A replica that is away, or dies at work, costs
// nothing: another one gets the delivery. Repeating a POST is safe, because the inbox
// knows which events were handled.
func (s *stage) nginxConfig(addr string) string {
	var config strings.Builder
	config.WriteString("upstream replicas {\n")
	for i := range names {
		fmt.Fprintf(&config, "\tserver unix:%s max_fails=0;\n", s.socket(i))
	}
	config.WriteString("}\nserver {\n\tlisten " + addr + ";\n\tlocation /pepay/ {\n" +
		"\t\tproxy_pass http://replicas;\n" +
		"\t\tproxy_next_upstream error timeout non_idempotent;\n" +
		"\t\tproxy_connect_timeout 1s;\n\t\tproxy_read_timeout 10s;\n" +
		"\t}\n}")
	return config.String()
}

// close ends everything, what depends on something before it. It may be called on a
// stage that is only half open.
func (s *stage) close() error {
	var errs []error
	if s.stop != nil {
		s.stop()
		s.running.Wait()
	}
	if s.server != nil {
		errs = append(errs, s.server.Close())
		if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	} else if s.listener != nil {
		errs = append(errs, s.listener.Close())
	}
	if s.sim != nil {
		errs = append(errs, s.sim.Close())
	}
	if s.nginx != nil {
		errs = append(errs, s.nginx.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if s.database != nil {
		errs = append(errs, s.database.Close())
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}
