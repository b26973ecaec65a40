package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// patience is after which time an event without an effect counts as missing.
const patience = 15 * time.Second

// counts compare the events with their effects in the database.
type counts struct {
	Emitted    int `json:"emitted"`
	Effects    int `json:"effects"`    // rows
	Duplicates int `json:"duplicates"` // rows beyond the first of an event
	Missing    int `json:"missing"`    // events that have waited too long for theirs
	Waiting    int `json:"waiting"`    // all that have none yet
	Stream     int `json:"stream"`     // effects whose event came first by the stream
	Webhook    int `json:"webhook"`    // … and as a webhook
}

// good reports whether each event had its effect exactly once.
func (c counts) good() bool {
	return c.Emitted > 0 && c.Emitted == c.Effects && c.Duplicates == 0 && c.Missing == 0 && c.Waiting == 0
}

func (c counts) String() string {
	return fmt.Sprintf("%d events, %d effects, %d duplicates, %d missing, %d under way", c.Emitted, c.Effects, c.Duplicates, c.Missing, c.Waiting-c.Missing)
}

// tally counts. It is safe for concurrent use.
type tally struct {
	pool *pgxpool.Pool

	mu      sync.Mutex
	waiting map[string]time.Time // events without an effect, as far as is known
	now     counts
}

func newTally(pool *pgxpool.Pool) *tally {
	return &tally{pool: pool, waiting: map[string]time.Time{}}
}

// emitted notes an event.
func (t *tally) emitted(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[id] = time.Now()
	t.now.Emitted++
}

func (t *tally) counts() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.now
	c.Waiting = len(t.waiting)
	c.Missing = 0
	for _, since := range t.waiting {
		if time.Since(since) > patience {
			c.Missing++
		}
	}
	return c
}

// refresh asks the database.
func (t *tally) refresh(ctx context.Context) error {
	t.mu.Lock()
	ids := make([]string, 0, len(t.waiting))
	for id := range t.waiting {
		ids = append(ids, id)
	}
	t.mu.Unlock()
	var effects, events, stream int
	var done []string
	err := t.pool.QueryRow(ctx, `SELECT count(*), count(DISTINCT event_id), count(*) FILTER (WHERE via = 'stream'),
		array(SELECT DISTINCT event_id FROM effects WHERE event_id = ANY ($1)) FROM effects`, ids).Scan(&effects, &events, &stream, &done)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.Effects, t.now.Duplicates, t.now.Stream, t.now.Webhook = effects, effects-events, stream, effects-stream
	for _, id := range done {
		delete(t.waiting, id)
	}
	return nil
}
