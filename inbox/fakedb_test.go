package inbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeDB is a database that knows the statements of this package, and one more for the
// effects of a test's function: "effect" with a text. It keeps PostgreSQL's promises
// that matter here: locks belong to transactions, and what was not committed is not seen.
type fakeDB struct {
	mu      sync.Mutex
	handled map[string]bool
	locks   map[int64]*fakeConn
	effects []string
	log     []string // what each connection was asked
	begun   []driver.TxOptions
	open    int // transactions
	old     int // ids to clean up
	age     float64

	// fail may fail a step, or return errSilent, so that there is no answer to it: "begin", "exec <statement>", "commit" (nothing is committed),
	// "committed" (the answer is lost) or "rollback". It is called with mu held.
	fail func(step string) error
}

func newFakeDB(tb testing.TB) (*fakeDB, *sql.DB) {
	tb.Helper()
	f := &fakeDB{handled: map[string]bool{}, locks: map[int64]*fakeConn{}}
	db := sql.OpenDB(f)
	tb.Cleanup(func() { _ = db.Close() })
	return f, db
}

// failOnce fails the n-th time that a step is reached.
func (f *fakeDB) failOnce(step string, n int, err error) {
	f.fail = func(reached string) error {
		if !strings.HasPrefix(reached, step) {
			return nil
		}
		if n--; n == 0 {
			return err
		}
		return nil
	}
}

func (f *fakeDB) failing(ctx context.Context, step string) error {
	f.log = append(f.log, step)
	if f.fail == nil {
		return nil
	}
	err := f.fail(step)
	if errors.Is(err, errSilent) {
		f.mu.Unlock()
		defer f.mu.Lock()
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (f *fakeDB) state() (handled, effects []string, open int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id := range f.handled {
		handled = append(handled, id)
	}
	slices.Sort(handled)
	return handled, slices.Clone(f.effects), f.open
}

func (f *fakeDB) Connect(context.Context) (driver.Conn, error) { return &fakeConn{db: f}, nil }
func (f *fakeDB) Driver() driver.Driver                        { return nil }

type fakeConn struct {
	db      *fakeDB
	ctx     context.Context // of the transaction, as pgx keeps it
	handled []string        // by the transaction
	effects []string
}

func (c *fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (c *fakeConn) Close() error                        { return nil }
func (c *fakeConn) Begin() (driver.Tx, error)           { return nil, errors.New("use BeginTx") }

func (c *fakeConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	if err := c.db.failing(ctx, "begin"); err != nil {
		return nil, err
	}
	c.ctx = ctx
	c.db.begun = append(c.db.begun, opts)
	c.db.open++
	return c, nil
}

func (c *fakeConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	if err := errors.Join(ctx.Err(), c.db.failing(ctx, "exec "+query)); err != nil {
		return nil, err
	}
	text := func() string { return args[0].Value.(string) }
	switch query {
	case postgresTimeouts, `SELECT 1 FROM pepay_inbox WHERE event_id = ''`:
		return driver.RowsAffected(0), nil
	case postgresClaim:
		key := args[1].Value.(int64)
		if holder := c.db.locks[key]; holder != nil && holder != c {
			return driver.RowsAffected(0), nil
		}
		c.db.locks[key] = c
		return c.insert(text()), nil
	case sqliteClaim:
		return c.insert(text()), nil
	case postgresHandled:
		if c.db.handled[text()] {
			return driver.RowsAffected(1), nil
		}
		return driver.RowsAffected(0), nil
	case postgresCleanup, sqliteCleanup:
		n := min(c.db.old, int(args[1].Value.(int64)))
		c.db.old -= n
		c.db.age = args[0].Value.(float64)
		return driver.RowsAffected(n), nil
	case "effect":
		c.effects = append(c.effects, text())
		return driver.RowsAffected(1), nil
	}
	return nil, fmt.Errorf("unknown statement %q", query)
}

func (c *fakeConn) insert(id string) driver.Result {
	if c.db.handled[id] {
		return driver.RowsAffected(0)
	}
	c.handled = append(c.handled, id)
	return driver.RowsAffected(1)
}

func (c *fakeConn) Commit() error {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	defer c.end()
	if err := c.db.failing(c.ctx, "commit"); err != nil {
		return err
	}
	for _, id := range c.handled {
		c.db.handled[id] = true
	}
	c.db.effects = append(c.db.effects, c.effects...)
	return c.db.failing(c.ctx, "committed")
}

func (c *fakeConn) Rollback() error {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	c.end()
	return c.db.failing(c.ctx, "rollback")
}

func (c *fakeConn) end() {
	c.db.open--
	c.handled, c.effects = nil, nil
	for key, holder := range c.db.locks {
		if holder == c {
			delete(c.db.locks, key)
		}
	}
}

// stateError is an error with an SQLSTATE, as those of pgx and lib/pq are.
type stateError string

func (e stateError) Error() string    { return "ERROR: on purpose (SQLSTATE " + string(e) + ")" }
func (e stateError) SQLState() string { return string(e) }

// codeError is an error of SQLite.
type codeError int

func (e codeError) Error() string { return fmt.Sprintf("on purpose (%d)", int(e)) }
func (e codeError) Code() int     { return int(e) }

var errSilent = errors.New("no answer")

var errCut = io.ErrUnexpectedEOF // what pgx says when the connection breaks
