package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/internal/bench/cputime"
	"github.com/pepaylabs/pepay-go/store/postgres"
	"github.com/pepaylabs/pepay-go/stream"
)

// The ways to keep a cursor, from the cheapest to the safest.
const (
	inMemory   = "cursor in memory"
	inFile     = "FileCursor"
	inPostgres = "Lease in PostgreSQL"
	inInbox    = "Lease and inbox in PostgreSQL"
)

func followings() []string { return []string{inMemory, inFile, inPostgres, inInbox} }

// follow follows a number of events, and answers how many nanoseconds passed between the
// first and the last, and how many of them the processor was busy.
func (r *replica) follow(w http.ResponseWriter, req *http.Request) {
	events, err := strconv.Atoi(req.FormValue("events"))
	if err == nil {
		err = r.followed(req.Context(), w, req.FormValue("how"), events)
	}
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, err)
	}
}

func (r *replica) followed(ctx context.Context, w http.ResponseWriter, how string, n int) error {
	var options stream.Options
	switch how {
	case inFile:
		dir, err := os.MkdirTemp("", "pepay-scale-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		options.Cursor = stream.FileCursor(filepath.Join(dir, "cursor"))
	case inPostgres, inInbox:
		options.Lease = postgres.New(r.pool, fmt.Sprint("scale ", time.Now().UnixNano()))
	}
	c := &counter{wanted: n}
	followed := stream.Merchant(r.client, options)
	if how == inInbox {
		err := inbox.Consume(ctx, followed, r.db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
			if err := storeEffect(ctx, tx, ev); err != nil {
				return err
			}
			return c.next()
		})
		if !errors.Is(err, errEnough) {
			return err
		}
	} else {
		for _, err := range followed.Events(ctx) {
			if err != nil {
				return err
			}
			if c.next() != nil {
				break
			}
		}
	}
	_, err := fmt.Fprintf(w, "%d %d", c.took, c.busy)
	return err
}

// errEnough ends what follows events.
var errEnough = errors.New("enough events")

// counter measures from the first event until one more than the wanted ones arrives: by
// then they are handled, and their cursor is saved.
type counter struct {
	seen, wanted int
	began        time.Time
	cpu          time.Duration
	took, busy   time.Duration
}

func (c *counter) next() error {
	c.seen++
	switch c.seen {
	case 1:
		c.began, c.cpu = time.Now(), cputime.Used()
	case c.wanted + 1:
		c.took, c.busy = time.Since(c.began), cputime.Used()-c.cpu
		return errEnough
	}
	return nil
}
