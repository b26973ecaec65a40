package main

import (
	"context"
	"database/sql"
	"net/url"

	_ "modernc.org/sqlite" // SQLite in Go, without cgo
)

// openDatabase opens the file, or makes it. A commit is on the disk when it returns
// (synchronous=FULL): Pepay does not deliver again what was acknowledged.
func openDatabase(ctx context.Context, path string) (*sql.DB, error) {
	options := url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	// SQLite writes one transaction at a time. Waiting for the connection in Go is
	// cheaper than waiting for the lock on the file.
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}
