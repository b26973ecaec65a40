package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// answer is what a recorded statement is answered with.
type answer struct {
	rows int64
	err  error
}

// recorder answers statements in order, and keeps them.
type recorder struct {
	answers    []answer
	statements []string
	args       [][]any
}

func (r *recorder) exec(_ context.Context, query string, args ...any) (int64, error) {
	r.statements, r.args = append(r.statements, query), append(r.args, args)
	if len(r.statements) > len(r.answers) {
		return 0, errors.New("a statement too many")
	}
	a := r.answers[len(r.statements)-1]
	return a.rows, a.err
}

func TestFirst(t *testing.T) {
	t.Parallel()
	failure := errors.New("disk full")
	serialize, locked := stateError("40001"), fmt.Errorf("driver: %w", stateError("55P03"))
	for _, c := range []struct {
		name    string
		dialect Dialect
		answers []answer
		want    bool
		is      error
		not     error
		text    string
	}{
		{name: "first", answers: []answer{{2, nil}, {1, nil}}, want: true},
		{name: "the session has timeouts of its own", answers: []answer{{0, nil}, {1, nil}}, want: true},
		{name: "handled before", answers: []answer{{2, nil}, {0, nil}, {1, nil}}},
		{name: "in progress", answers: []answer{{2, nil}, {0, nil}, {0, nil}}, is: ErrInProgress},
		{name: "serialization failure", answers: []answer{{2, nil}, {0, serialize}}, is: ErrInProgress},
		{name: "serialization failure says which", answers: []answer{{2, nil}, {0, serialize}}, is: serialize},
		{name: "lock timeout", answers: []answer{{2, nil}, {0, locked}}, is: ErrInProgress},
		{name: "serialization failure of the second look", answers: []answer{{2, nil}, {0, nil}, {0, serialize}}, is: ErrInProgress},
		{name: "timeouts fail", answers: []answer{{0, failure}}, is: failure, not: ErrInProgress},
		{name: "claim fails", answers: []answer{{2, nil}, {0, failure}}, is: failure, not: ErrInProgress},
		{name: "the second look fails", answers: []answer{{2, nil}, {0, nil}, {0, failure}}, is: failure, not: ErrInProgress},
		{name: "another SQLSTATE", answers: []answer{{2, nil}, {0, stateError("23505")}}, is: stateError("23505"), not: ErrInProgress},
		{name: "busy is a word of SQLite's", answers: []answer{{2, nil}, {0, errors.New("database is locked")}}, not: ErrInProgress, text: "locked"},
		{name: "no table", answers: []answer{{2, nil}, {0, stateError("42P01")}}, is: stateError("42P01"), text: "run inbox.Schema"},

		{name: "SQLite: first", dialect: SQLite, answers: []answer{{1, nil}}, want: true},
		{name: "SQLite: handled before", dialect: SQLite, answers: []answer{{0, nil}}},
		{name: "SQLite: busy", dialect: SQLite, answers: []answer{{0, codeError(5)}}, is: ErrInProgress},
		{name: "SQLite: busy with a snapshot", dialect: SQLite, answers: []answer{{0, fmt.Errorf("driver: %w", codeError(517))}}, is: ErrInProgress},
		{name: "SQLite: table locked", dialect: SQLite, answers: []answer{{0, codeError(6)}}, is: ErrInProgress},
		{name: "SQLite: busy without a code", dialect: SQLite, answers: []answer{{0, errors.New("database is locked")}}, is: ErrInProgress},
		{name: "SQLite: full", dialect: SQLite, answers: []answer{{0, codeError(13)}}, is: codeError(13), not: ErrInProgress},
		{name: "SQLite: no table", dialect: SQLite, answers: []answer{{0, errors.New("SQL logic error: no such table: pepay_inbox (1)")}}, text: "run inbox.Schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{answers: c.answers}
			got, err := First(t.Context(), c.dialect, r.exec, "evt_1")
			if got != c.want {
				t.Errorf("first: %t, want %t", got, c.want)
			}
			if (err != nil) != (c.is != nil || c.text != "") || c.is != nil && !errors.Is(err, c.is) || c.not != nil && errors.Is(err, c.not) {
				t.Errorf("error %v, want %v and not %v", err, c.is, c.not)
			}
			if c.text != "" && !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("error %v, want it to say %q", err, c.text)
			}
			if len(r.statements) != len(c.answers) {
				t.Errorf("ran %q", r.statements)
			}
		})
	}
}

func TestFirstRefusesBadInput(t *testing.T) {
	t.Parallel()
	exec := (&recorder{}).exec
	for _, c := range []struct {
		name, id, text string
		dialect        Dialect
		exec           func(context.Context, string, ...any) (int64, error)
	}{
		{name: "no id", exec: exec, text: "empty"},
		{name: "a long id", id: strings.Repeat("x", 1025), exec: exec, text: "1025 bytes"},
		{name: "a NUL", id: "evt\x00", exec: exec, text: "not valid text"},
		{name: "no UTF-8", id: "evt\xff", exec: exec, text: "not valid text"},
		{name: "no exec", id: "evt_1", text: "exec is nil"},
		{name: "unknown dialect", id: "evt_1", exec: exec, dialect: 7, text: "Dialect(7)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			first, err := First(t.Context(), c.dialect, c.exec, c.id)
			if first || !errors.Is(err, pepay.ErrInvalidArgument) || !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("%t, %v, want %q", first, err, c.text)
			}
		})
	}
}

// The key is documented, so that people can find the lock in pg_locks.
func TestLockKey(t *testing.T) {
	t.Parallel()
	r := &recorder{answers: []answer{{2, nil}, {1, nil}}}
	if _, err := First(t.Context(), Postgres, r.exec, "evt_1700000000000-1"); err != nil {
		t.Fatal(err)
	}
	// printf 'pepay inbox evt_1700000000000-1' | sha256sum | cut -c1-16
	const want = 4271911723918189873
	if args := r.args[1]; len(args) != 2 || args[0] != "evt_1700000000000-1" || args[1] != int64(want) {
		t.Errorf("claimed with %v, want the key %d", args, int64(want))
	}
	if lockKey("evt_1") == lockKey("evt_2") {
		t.Error("two events have one key")
	}
}

func TestErrInProgressIsKnownToWebhook(t *testing.T) {
	t.Parallel()
	if !errors.Is(fmt.Errorf("x: %w", ErrInProgress), webhook.ErrInProgress) || errors.Is(ErrInProgress, webhook.ErrUnavailable) {
		t.Error("webhook does not recognise ErrInProgress")
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	for d, want := range map[Dialect]string{Postgres: "timestamptz", SQLite: "WITHOUT ROWID"} {
		if s := Schema(d); !strings.Contains(s, want) || !strings.Contains(s, "CREATE TABLE IF NOT EXISTS pepay_inbox") {
			t.Errorf("%s: %s", d, s)
		}
	}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "unknown Dialect(2)") {
			t.Errorf("panic: %s", p)
		}
	}()
	Schema(2)
}
