// Package inboxtest tests package inbox on PostgreSQL, directly and through PgBouncer.
// It is here because the root module has no driver.
package inboxtest
