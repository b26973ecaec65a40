package inbox

import "fmt"

// Dialect is a kind of database.
type Dialect int

const (
	// Postgres is PostgreSQL 11 or newer, with any driver that numbers its parameters
	// ($1), such as pgx and lib/pq.
	Postgres Dialect = iota
	// SQLite is SQLite 3.24 or newer, with any driver.
	SQLite
)

// String is "PostgreSQL" or "SQLite".
func (d Dialect) String() string {
	switch d {
	case Postgres:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	}
	return fmt.Sprintf("Dialect(%d)", int(d))
}

func (d Dialect) valid() bool { return d == Postgres || d == SQLite }

// Replicas may run this at the same time, which CREATE … IF NOT EXISTS alone does not
// allow. The statements are one transaction when they are sent together.
const postgresSchema = `SELECT pg_advisory_xact_lock(7379428134022250338);
CREATE TABLE IF NOT EXISTS pepay_inbox (
	event_id   text PRIMARY KEY,
	handled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS pepay_inbox_handled_at ON pepay_inbox (handled_at);
`

const sqliteSchema = `CREATE TABLE IF NOT EXISTS pepay_inbox (
	event_id   TEXT PRIMARY KEY,
	handled_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pepay_inbox_handled_at ON pepay_inbox (handled_at);
`

// Schema is the SQL that makes the table pepay_inbox. Run it with your migrations or
// when the program starts; to run it again, also in several replicas at once, does no
// harm. Send it as a whole, without parameters. It panics for an unknown dialect.
func Schema(d Dialect) string {
	switch d {
	case Postgres:
		return postgresSchema
	case SQLite:
		return sqliteSchema
	}
	panic("inbox: Schema: unknown " + d.String())
}
