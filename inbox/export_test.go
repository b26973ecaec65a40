package inbox

import (
	"context"
	"database/sql"
	"testing"
)

// OpenFake opens a database for the examples: these cannot import a driver, because the
// module has none. begin starts a transaction as an exec of First's.
func OpenFake() (db *sql.DB, begin func() (exec func(context.Context, string, ...any) (int64, error), commit func() error)) {
	_, db = newFakeDB(new(testing.B)) // which never cleans up
	return db, func() (func(context.Context, string, ...any) (int64, error), func() error) {
		tx, err := db.BeginTx(context.Background(), nil)
		if err != nil {
			panic(err)
		}
		return execIn(tx), tx.Commit
	}
}
