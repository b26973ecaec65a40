package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/store/postgres"

	"github.com/jackc/pgx/v5/pgxpool"
)

// system is everything that runs: the simulator in this process, PostgreSQL, and the
// replicas as processes.
type system struct {
	simulator *pepaytest.Server
	database  *localdb.Postgres
	replicas  []string // their addresses
	http      *http.Client
	stops     []func()
}

// startSystem starts a number of replicas and what they need. PostgreSQL waits for the
// disk, as one in production does.
func startSystem(ctx context.Context, replicas int) (_ *system, err error) {
	s := &system{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.simulator, err = pepaytest.Start(""); err != nil {
		return nil, err
	}
	s.stops = append(s.stops, func() { _ = s.simulator.Close() })
	durable := map[string]string{"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
	if s.database, err = localdb.StartPostgres(ctx, durable); err != nil {
		return nil, err
	}
	s.stops = append(s.stops, func() { _ = s.database.Stop() })
	if err := s.makeTables(ctx); err != nil {
		return nil, err
	}
	for range replicas {
		if err := s.startReplica(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *system) stop() {
	for _, stop := range slices.Backward(s.stops) {
		stop()
	}
}

func (s *system) makeTables(ctx context.Context) error {
	db, err := sql.Open("pgx", s.database.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, schema := range []string{effects, inbox.Schema(inbox.Postgres)} {
		if _, err := db.ExecContext(ctx, schema); err != nil {
			return err
		}
	}
	pool, err := pgxpool.New(ctx, s.database.URL("postgres"))
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

func (s *system) startReplica(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, replicaFlag, s.database.URL("postgres"))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "PEPAY_API_URL="+s.simulator.URL(), "PEPAY_API_KEY="+s.simulator.APIKey(),
		"PEPAY_WS_URL=", "PEPAY_COMMERCE_API_KEY=", "PEPAY_JWT=")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.stops = append(s.stops, func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return errors.New("a replica does not start")
	}
	s.replicas = append(s.replicas, strings.TrimSpace(line))
	return nil
}

// busy is the processor time of the first n replicas so far.
func (s *system) busy(ctx context.Context, n int) (time.Duration, error) {
	var sum time.Duration
	for _, address := range s.replicas[:n] {
		text, err := s.ask(ctx, http.MethodGet, address+"/cpu")
		if err != nil {
			return 0, err
		}
		nanoseconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(nanoseconds)
	}
	return sum, nil
}

func (s *system) ask(ctx context.Context, method, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", method, req.URL.Path, resp.Status, text)
	}
	return string(text), err
}
