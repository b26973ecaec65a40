package inbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	secret pepay.Secret = "the endpoint's secret"
	evt                 = "evt_1700000002000-789"
	body                = `{"id":"` + evt + `","object":"event","type":"invoice.updated","created":1700000002,"data":{"object":{"object":"invoice","id":"inv_123","status":"paid"}}}`
)

type function = func(context.Context, *sql.Tx, *pepay.Event) error

// effect is a function whose effect is the event's id.
func effect(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
	_, err := tx.ExecContext(ctx, "effect", ev.ID)
	return err
}

// effectAnd has its effect and then ends otherwise.
func effectAnd(then func(*sql.Tx) error) function {
	return func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		return errors.Join(effect(ctx, tx, ev), then(tx))
	}
}

func newVerifier(tb testing.TB) *webhook.Verifier {
	tb.Helper()
	v, err := webhook.NewVerifier(secret)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func deliver(ctx context.Context, h http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body))
	r.Header = webhook.Sign(secret, time.Now(), []byte(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	returns := func(err error) function { return effectAnd(func(*sql.Tx) error { return err }) }
	for _, c := range []struct {
		name    string
		dialect Dialect
		before  func(*fakeDB)
		fn      function
		status  int
		outcome webhook.Outcome
		dup     bool
		is      error
		text    string // of the error
		effects int
	}{
		{name: "handled", fn: effect, status: 200, effects: 1},
		{name: "SQLite: handled", dialect: SQLite, fn: effect, status: 200, effects: 1},
		{name: "handled before", before: func(f *fakeDB) { f.handled[evt] = true }, fn: effect, status: 200, dup: true},
		{name: "SQLite: handled before", dialect: SQLite, before: func(f *fakeDB) { f.handled[evt] = true }, fn: effect, status: 200, dup: true},
		{name: "in progress", before: func(f *fakeDB) { f.locks[lockKey(evt)] = &fakeConn{} }, fn: effect, status: 503, outcome: webhook.OutcomeInProgress, dup: true},
		{name: "SQLite: busy", dialect: SQLite, before: func(f *fakeDB) { f.failOnce("exec "+sqliteClaim, 1, codeError(5)) }, fn: effect, status: 503, outcome: webhook.OutcomeInProgress, dup: true},
		{name: "SQLite: busy from the start", dialect: SQLite, before: func(f *fakeDB) { f.failOnce("begin", 1, codeError(5)) }, fn: effect, status: 503, outcome: webhook.OutcomeInProgress, dup: true},

		{name: "fn fails", fn: returns(failure), status: 500, outcome: webhook.OutcomeFailed, is: failure},
		{name: "fn panics", fn: effectAnd(func(*sql.Tx) error { panic("no") }), status: 500, outcome: webhook.OutcomeFailed, text: "panicked: no"},
		{name: "fn commits", fn: effectAnd((*sql.Tx).Commit), status: 500, outcome: webhook.OutcomeFailed, text: "leave Commit and Rollback to inbox", effects: 1},
		{name: "fn rolls back", fn: effectAnd((*sql.Tx).Rollback), status: 500, outcome: webhook.OutcomeFailed, text: "leave Commit and Rollback to inbox"},
		{name: "fn meets a lock timeout", fn: returns(stateError("55P03")), status: 503, outcome: webhook.OutcomeUnavailable, is: stateError("55P03")},
		{name: "fn meets a deadlock", fn: returns(stateError("40P01")), status: 503, outcome: webhook.OutcomeUnavailable, is: stateError("40P01")},
		{name: "fn meets another constraint", fn: returns(stateError("23505")), status: 500, outcome: webhook.OutcomeFailed, is: stateError("23505")},
		{name: "the server ends fn's idle transaction", fn: returns(stateError("25P03")), status: 503, outcome: webhook.OutcomeUnavailable, is: stateError("25P03")},
		{name: "the connection breaks in fn", before: func(f *fakeDB) { f.failOnce("rollback", 1, errCut) }, fn: returns(errCut), status: 503, outcome: webhook.OutcomeUnavailable, is: errCut},
		{name: "SQLite: fn is busy", dialect: SQLite, fn: returns(codeError(5)), status: 503, outcome: webhook.OutcomeUnavailable, is: codeError(5)},

		{name: "no connection", before: func(f *fakeDB) { f.failOnce("begin", 1, failure) }, fn: effect, status: 503, outcome: webhook.OutcomeUnavailable, is: failure},
		{name: "no table", before: func(f *fakeDB) { f.failOnce("exec "+postgresClaim, 1, stateError("42P01")) }, fn: effect, status: 503, outcome: webhook.OutcomeUnavailable, text: "run inbox.Schema"},
		{name: "the commit fails", before: func(f *fakeDB) { f.failOnce("commit", 1, failure) }, fn: effect, status: 503, outcome: webhook.OutcomeUnavailable, is: failure},
		{name: "the commit's answer is lost", before: func(f *fakeDB) { f.failOnce("committed", 1, errCut) }, fn: effect, status: 503, outcome: webhook.OutcomeUnavailable, is: errCut, effects: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, db := newFakeDB(t)
			if c.before != nil {
				c.before(f)
			}
			var told []webhook.Delivery
			h := Handler(newVerifier(t), db, c.dialect, c.fn, webhook.WithObserver(webhook.Observer{OnDelivery: func(d webhook.Delivery) { told = append(told, d) }}))
			w := deliver(t.Context(), h)
			if w.Code != c.status || (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("%d %v, want %d", w.Code, w.Header(), c.status)
			}
			if len(told) != 1 {
				t.Fatalf("told %+v", told)
			}
			d := told[0]
			if d.Outcome != c.outcome || d.Duplicate != c.dup || (d.Err != nil) != (c.is != nil || c.text != "") || c.is != nil && !errors.Is(d.Err, c.is) || c.text != "" && !strings.Contains(d.Err.Error(), c.text) {
				t.Errorf("told %s, duplicate %t, %v; want %s, %t, %v %s", d.Outcome, d.Duplicate, d.Err, c.outcome, c.dup, c.is, c.text)
			}
			_, effects, open := f.state()
			if len(effects) != c.effects || open != 0 {
				t.Errorf("effects %v, want %d; %d transactions are open", effects, c.effects, open)
			}
		})
	}
}

// Whatever the first deliveries came to, the event has its effect once in the end, and
// nothing but the table says that it is done.
func TestHandlerUntilItIsDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before func(*fakeDB)
		fails  int
		want   []int
	}{
		{name: "fn fails twice", fails: 2, want: []int{500, 500, 200, 200}},
		{name: "the commit fails", before: func(f *fakeDB) { f.failOnce("commit", 1, errCut) }, want: []int{503, 200, 200}},
		{name: "the commit's answer is lost", before: func(f *fakeDB) { f.failOnce("committed", 1, errCut) }, want: []int{503, 200, 200}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, db := newFakeDB(t)
			if c.before != nil {
				c.before(f)
			}
			calls := 0
			h := Handler(newVerifier(t), db, Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
				calls++
				err := effect(ctx, tx, ev)
				ev.ID = "changed by fn"
				if calls <= c.fails {
					return errors.Join(err, errors.New("not yet"))
				}
				return err
			}, webhook.WithDeduper(webhook.NewMemoryDeduper())) // which Handler does not use
			var got []int
			for range c.want {
				got = append(got, deliver(t.Context(), h).Code)
			}
			handled, effects, open := f.state()
			if !slices.Equal(got, c.want) || !slices.Equal(handled, []string{evt}) || !slices.Equal(effects, []string{evt}) || open != 0 {
				t.Errorf("answers %v, want %v; handled %v, effects %v, %d open", got, c.want, handled, effects, open)
			}
		})
	}
	t.Run("the database forgets", func(t *testing.T) { // a failover to a replica that is behind
		t.Parallel()
		f, db := newFakeDB(t)
		h := Handler(newVerifier(t), db, Postgres, effect)
		deliver(t.Context(), h)
		f.handled, f.effects = map[string]bool{}, nil
		if w := deliver(t.Context(), h); w.Code != 200 || len(f.effects) != 1 {
			t.Errorf("%d with effects %v", w.Code, f.effects)
		}
	})
}

// The server's default may be another isolation level.
func TestIsolation(t *testing.T) {
	t.Parallel()
	for d, want := range map[Dialect]driver.IsolationLevel{
		Postgres: driver.IsolationLevel(sql.LevelReadCommitted),
		SQLite:   driver.IsolationLevel(sql.LevelDefault), // drivers refuse others
	} {
		f, db := newFakeDB(t)
		deliver(t.Context(), Handler(newVerifier(t), db, d, effect))
		if len(f.begun) != 1 || f.begun[0].Isolation != want {
			t.Errorf("%s: begun %+v", d, f.begun)
		}
	}
}

// A duplicate of an event in progress is answered at once, whatever fn does.
func TestHandlerAnswersADuplicateAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, db := newFakeDB(t)
		h := Handler(newVerifier(t), db, Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			time.Sleep(time.Minute)
			return effect(ctx, tx, ev)
		})
		var first int
		var wg sync.WaitGroup
		wg.Go(func() { first = deliver(t.Context(), h).Code })
		synctest.Wait()
		began := time.Now()
		if second := deliver(t.Context(), h); second.Code != 503 || time.Since(began) != 0 {
			t.Errorf("the duplicate: %d after %v", second.Code, time.Since(began))
		}
		wg.Wait()
		if _, effects, _ := f.state(); first != 200 || len(effects) != 1 {
			t.Errorf("%d with effects %v", first, effects)
		}
		db.Close()
	})
}

// Pepay hangs up after a time of its own. What is nearly done is still committed.
func TestHandlerAfterTheSenderIsGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		takes   time.Duration // after the sender has hung up
		effects int
	}{
		{"done soon", 9 * time.Second, 1},
		{"not done", time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, db := newFakeDB(t)
				ctx, cancel := context.WithCancel(t.Context())
				deliver(ctx, Handler(newVerifier(t), db, Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
					err := effect(ctx, tx, ev)
					cancel()
					time.Sleep(c.takes)
					return err
				}))
				synctest.Wait()
				if _, effects, open := f.state(); len(effects) != c.effects || open != 0 {
					t.Errorf("effects %v, want %d; %d transactions are open", effects, c.effects, open)
				}
				db.Close()
			})
		})
	}
}

// Who has hung up takes no connection out of the pool any more.
func TestHandlerWaitsForAConnectionNoLongerThanTheSender(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, db := newFakeDB(t)
		db.SetMaxOpenConns(1)
		busy, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if w := deliver(ctx, Handler(newVerifier(t), db, Postgres, effect)); w.Code != 503 || time.Since(began) != time.Second {
			t.Errorf("%d after %v", w.Code, time.Since(began))
		}
		busy.Close()
		db.Close()
	})
}

func TestHandlerRefusesBadArguments(t *testing.T) {
	t.Parallel()
	_, db := newFakeDB(t)
	v := newVerifier(t)
	for text, build := range map[string]func(){
		"the verifier is nil": func() { Handler(nil, db, Postgres, effect) },
		"the database is nil": func() { Handler(v, nil, Postgres, effect) },
		"unknown Dialect(9)":  func() { Handler(v, db, 9, effect) },
		"the function is nil": func() { Handler(v, db, Postgres, nil) },
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "inbox: Handler: ") || !strings.Contains(p, text) {
					t.Errorf("panic %q, want %q", p, text)
				}
			}()
			build()
		}()
	}
}
