package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pepaylabs/pepay-go/internal/localdb"
	"github.com/pepaylabs/pepay-go/stream"
)

// BenchmarkSave compares a Save with one that waits for the disk, on a server with durable
// commits, for a lease that has 1,024 recent ids.
func BenchmarkSave(b *testing.B) {
	server, err := localdb.StartPostgres(b.Context(), map[string]string{"fsync": "on", "full_page_writes": "on"})
	localdb.Require(b, err)
	b.Cleanup(func() { server.Close() })
	pool := connect(b, server.URL("postgres"))
	migrateAll(b, pool)
	for name, sql := range map[string]string{
		"Save": saveSQL, "waiting": strings.Replace(saveSQL, "'off'", "'on'", 1),
	} {
		b.Run(name, func(b *testing.B) { save(b, pool, name, sql) })
	}
}

func save(b *testing.B, pool *pgxpool.Pool, name, sql string) {
	s := New(pool, name)
	term, err := s.Acquire(b.Context(), "x", minute)
	if err != nil {
		b.Fatal(err)
	}
	run(b, pool, `UPDATE pepay_lease SET recent_older = ARRAY(
		SELECT concat('evt_', 1732612345678 + i * 37, '-', substr(md5(i::text), 1, 12)) FROM generate_series(1, 1024) AS i)`)
	wal := func() (bytes float64) {
		if _, err := fmt.Sscan(text(b, pool, "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8"), &bytes); err != nil {
			b.Fatal(err)
		}
		return bytes
	}
	before := wal()
	n := 0
	for b.Loop() {
		if err := s.during(b.Context(), "save", sql, stream.Term{Holder: "x", Fence: term.Fence}, fmt.Sprint("evt_1732612999999-", n)); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric((wal()-before)/float64(n), "WAL-bytes/op")
}
