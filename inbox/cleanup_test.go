package inbox

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestCleanup(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for _, c := range []struct {
		name      string
		olderThan time.Duration
		old       int
		fails     int // the n-th statement
		want      int64
		seconds   float64
		batches   int
	}{
		{name: "nothing", old: 0, seconds: 90 * 24 * 3600, batches: 1},
		{name: "a few", olderThan: 90 * time.Minute, old: 3, want: 3, seconds: 5400, batches: 1},
		{name: "many", olderThan: time.Second, old: 2500, want: 2500, seconds: 1, batches: 3},
		{name: "whole batches", old: 2000, want: 2000, seconds: 90 * 24 * 3600, batches: 3},
		{name: "fails in between", old: 2500, fails: 2, want: 1000, seconds: 90 * 24 * 3600, batches: 2},
	} {
		for _, d := range []Dialect{Postgres, SQLite} {
			t.Run(d.String()+": "+c.name, func(t *testing.T) {
				t.Parallel()
				f, db := newFakeDB(t)
				f.old = c.old
				if c.fails > 0 {
					f.failOnce("exec", c.fails, failure)
				}
				n, err := Cleanup(t.Context(), db, d, c.olderThan)
				if n != c.want || (err != nil) != (c.fails > 0) || err != nil && !errors.Is(err, failure) || f.age != c.seconds || len(f.log) != c.batches {
					t.Errorf("%d, %v, older than %v s, in %d batches", n, err, f.age, len(f.log))
				}
			})
		}
	}
}

func TestCleanupRefusesBadArguments(t *testing.T) {
	t.Parallel()
	f, db := newFakeDB(t)
	for text, c := range map[string]struct {
		db        *sql.DB
		d         Dialect
		olderThan time.Duration
	}{
		"the database is nil":   {},
		"unknown Dialect(3)":    {db: db, d: 3},
		"olderThan is negative": {db: db, olderThan: -1},
	} {
		if n, err := Cleanup(t.Context(), c.db, c.d, c.olderThan); n != 0 || !errors.Is(err, pepay.ErrInvalidArgument) || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	if len(f.log) != 0 {
		t.Errorf("ran %q", f.log)
	}
}
