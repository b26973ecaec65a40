package inbox

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// pepayWith returns a simulated Pepay that has some events, the ids of these, and a stream that
// begins before them.
func pepayWith(t *testing.T, events int, o stream.Options) (s *stream.Stream, ids []string) {
	t.Helper()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	for range events + 1 {
		ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, server.Emit(ev).ID)
	}
	o.Since = ids[0]
	o.Backoff = stream.Backoff{Base: time.Millisecond, Max: time.Millisecond}
	return stream.Merchant(client, o), ids[1:]
}

// until is an effect that ends ctx with the given number of calls.
func until(calls int, cancel context.CancelFunc) function {
	return func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		if calls--; calls == 0 {
			defer cancel()
		}
		return effect(ctx, tx, ev)
	}
}

func TestConsume(t *testing.T) {
	t.Parallel()
	for _, d := range []Dialect{Postgres, SQLite} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			f, db := newFakeDB(t)
			s, ids := pepayWith(t, 3, stream.Options{})
			f.handled[ids[1]] = true // by a webhook
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if err := Consume(ctx, s, db, d, until(2, cancel)); !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			handled, effects, open := f.state()
			if !slices.Equal(handled, ids) || !slices.Equal(effects, []string{ids[0], ids[2]}) || open != 0 || s.Cursor() != ids[2] {
				t.Errorf("events %v: handled %v, effects %v, cursor %s, %d open", ids, handled, effects, s.Cursor(), open)
			}
		})
	}
}

// When fn fails, nothing has happened, the cursor is before the event, and the next
// Consume has it again.
func TestConsumeEndsWithTheFunctionsError(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for name, end := range map[string]func() error{
		"an error": func() error { return failure },
		"a panic":  func() error { panic(failure) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, db := newFakeDB(t)
			s, ids := pepayWith(t, 3, stream.Options{})
			consume := func(ctx context.Context, fn function) (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = p.(error)
					}
				}()
				return Consume(ctx, s, db, Postgres, fn)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if err := consume(ctx, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
				if err := effect(ctx, tx, ev); err != nil || ev.ID != ids[1] {
					return err
				}
				return end()
			}); !errors.Is(err, failure) {
				t.Errorf("ended with %v", err)
			}
			if handled, effects, open := f.state(); !slices.Equal(handled, ids[:1]) || !slices.Equal(effects, ids[:1]) || open != 0 || s.Cursor() != ids[0] {
				t.Errorf("handled %v, effects %v, cursor %s, %d open", handled, effects, s.Cursor(), open)
			}
			if err := consume(ctx, until(2, cancel)); !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			if _, effects, _ := f.state(); !slices.Equal(effects, ids) {
				t.Errorf("effects %v, want %v", effects, ids)
			}
		})
	}
}

func TestConsumeChecksFirst(t *testing.T) {
	t.Parallel()
	f, db := newFakeDB(t)
	s, _ := pepayWith(t, 0, stream.Options{})
	for name, c := range map[string]struct {
		db   *sql.DB
		s    *stream.Stream
		d    Dialect
		fn   function
		text string
	}{
		"no database": {s: s, fn: effect, text: "the database is nil"},
		"no stream":   {db: db, fn: effect, text: "the stream is nil"},
		"no function": {db: db, s: s, text: "the function is nil"},
		"dialect":     {db: db, s: s, fn: effect, d: -1, text: "Dialect(-1)"},
	} {
		if err := Consume(t.Context(), c.s, c.db, c.d, c.fn); !errors.Is(err, pepay.ErrInvalidArgument) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.failOnce("exec", 1, stateError("42P01"))
	if err := Consume(t.Context(), s, db, Postgres, effect); err == nil || !strings.Contains(err.Error(), "run inbox.Schema") {
		t.Errorf("without the table: %v", err)
	}
	if s.State() != stream.StateIdle {
		t.Errorf("the stream is %s", s.State())
	}
}

// An event that cannot be handled now is tried again, and nothing is lost or done twice.
func TestPersist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fails  string // the step
		err    error
		calls  int           // of fn
		within time.Duration // 0: at once
	}{
		{name: "at once", calls: 1},
		{name: "no answer to begin", fails: "begin", err: errSilent, calls: 1, within: patience + time.Second},
		{name: "no answer to the claim", fails: "exec " + postgresClaim, err: errSilent, calls: 1, within: patience + time.Second},
		{name: "no answer to the commit", fails: "commit", err: errSilent, calls: 2, within: patience + time.Second},
		{name: "the server restarts", fails: "begin", err: stateError("57P03"), calls: 1, within: time.Second},
		{name: "the connection breaks before fn", fails: "exec " + postgresClaim, err: errCut, calls: 1, within: time.Second},
		{name: "the connection breaks in fn", fails: "exec effect", err: stateError("57P01"), calls: 2, within: time.Second},
		{name: "a deadlock in fn", fails: "exec effect", err: stateError("40P01"), calls: 2, within: time.Second},
		{name: "the commit fails", fails: "commit", err: errCut, calls: 2, within: time.Second},
		{name: "the commit's answer is lost", fails: "committed", err: errCut, calls: 1, within: time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, db := newFakeDB(t)
				if c.err != nil {
					f.failOnce(c.fails, 1, c.err)
				}
				calls := 0
				in := &consumer{db: db, fn: func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
					calls++
					err := effect(ctx, tx, ev)
					ev.ID = "changed by fn"
					return err
				}}
				began := time.Now()
				if err := in.persist(t.Context(), &pepay.Event{ID: evt}); err != nil {
					t.Error(err)
				}
				took := time.Since(began)
				handled, effects, open := f.state()
				if calls != c.calls || took > c.within || !slices.Equal(handled, []string{evt}) || !slices.Equal(effects, []string{evt}) || open != 0 {
					t.Errorf("%d calls in %v: handled %v, effects %v, %d open", calls, took, handled, effects, open)
				}
				db.Close()
			})
		})
	}
}

// Another transaction may take its time. It holds no connection of ours.
func TestPersistWaitsForAnotherTransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, db := newFakeDB(t)
		f.locks[lockKey(evt)] = &fakeConn{}
		const working = 20 * time.Minute
		time.AfterFunc(working, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			delete(f.locks, lockKey(evt))
		})
		began := time.Now()
		in := &consumer{db: db, fn: effect}
		if err := in.persist(t.Context(), &pepay.Event{ID: evt}); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < working || took > working+maxPause {
			t.Errorf("took %v", took)
		}
		if claims := len(f.log); claims > 10_000 { // four statements and an end each, at most twice a second
			t.Errorf("%d statements while waiting", claims)
		}
		db.Close()
	})
}

// A database that stays away ends Consume, so that somebody hears of it; so does the
// end of the context.
func TestPersistGivesUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		timeout time.Duration
		is      error
		after   time.Duration
	}{
		{"after two minutes", time.Hour, errCut, maxOutage},
		{"with the context", time.Minute, context.DeadlineExceeded, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, db := newFakeDB(t)
				f.fail = func(step string) error {
					if step == "begin" {
						return errCut
					}
					return nil
				}
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				began := time.Now()
				in := &consumer{db: db, fn: effect}
				err := in.persist(ctx, &pepay.Event{ID: evt})
				if took := time.Since(began); !errors.Is(err, c.is) || took < c.after || took > c.after+maxPause {
					t.Errorf("%v after %v", err, took)
				}
				db.Close()
			})
		})
	}
}
