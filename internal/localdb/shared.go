package localdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Shared is one PostgreSQL, and one PgBouncer in front of it, for all the tests of a
// package. The zero value is ready to use, by several tests at a time. A test that
// stops or restarts a server should start one of its own.
type Shared struct {
	mu       sync.Mutex
	postgres once[*Postgres]
	bouncer  once[*PgBouncer]
}

// once is the outcome of starting a server.
type once[S any] struct {
	tried  bool
	server S
	err    error
}

func (o *once[S]) get(start func() (S, error)) (S, error) {
	if !o.tried {
		o.tried = true
		o.server, o.err = start()
	}
	return o.server, o.err
}

// Postgres returns the server and starts it first if it does not run yet. It skips or
// fails the test as [Require] does.
func (s *Shared) Postgres(t testing.TB) *Postgres {
	t.Helper()
	s.mu.Lock()
	server, err := s.startPostgres()
	s.mu.Unlock()
	Require(t, err)
	return server
}

// PgBouncer is [Shared.Postgres] for a PgBouncer in front of it.
func (s *Shared) PgBouncer(t testing.TB) *PgBouncer {
	t.Helper()
	s.mu.Lock()
	server, err := s.bouncer.get(func() (*PgBouncer, error) {
		postgres, err := s.startPostgres()
		if err != nil {
			return nil, err
		}
		return StartPgBouncer(context.Background(), postgres.Addr(), nil)
	})
	s.mu.Unlock()
	Require(t, err)
	return server
}

// startPostgres does not use a test's context: the server outlives the test.
func (s *Shared) startPostgres() (*Postgres, error) {
	return s.postgres.get(func() (*Postgres, error) { return StartPostgres(context.Background(), nil) })
}

// During returns tests that close the servers when they have run, for TestMain.
func (s *Shared) During(m interface{ Run() int }) interface{ Run() int } { return during{m, s} }

type during struct {
	tests   interface{ Run() int }
	servers *Shared
}

func (d during) Run() int {
	code := d.tests.Run()
	if err := d.servers.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

func (s *Shared) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.bouncer.server != nil {
		errs = append(errs, s.bouncer.server.Close())
	}
	if s.postgres.server != nil {
		errs = append(errs, s.postgres.server.Close())
	}
	return errors.Join(errs...)
}
