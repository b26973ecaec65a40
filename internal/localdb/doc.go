// Package localdb starts real servers for tests and examples: PostgreSQL, PgBouncer
// and nginx, each on a free port of 127.0.0.1 and in a folder of its own, and a TCP
// proxy that can cut the network between two of them.
//
// The servers are the programs of Debian's packages postgresql, pgbouncer and
// nginx-light. Where a program is missing, starting fails with a [*MissingError].
// They run on Linux only. Root starts them as the user nobody, since PostgreSQL and
// PgBouncer refuse to be root. Every server ends with the process that started it,
// even if that is killed.
//
// The tests of a package share their servers, which start when the first test asks
// for them:
//
//	var servers localdb.Shared
//
//	func TestMain(m *testing.M) { leakcheck.Main(servers.During(m)) }
//
//	func TestSomething(t *testing.T) {
//		db := servers.Postgres(t) // skips the test where PostgreSQL is not installed
//		…
//	}
package localdb
