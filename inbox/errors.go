package inbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go/webhook"
)

// ErrInProgress means that another transaction is at work on the event. Nothing is known
// about the outcome yet: try again later. It is webhook.ErrInProgress for errors.Is, so a
// webhook's function that returns it is answered with 503.
var ErrInProgress error = inProgressError{}

type inProgressError struct{}

func (inProgressError) Error() string { return "inbox: another transaction is at work on the event" }

func (inProgressError) Is(target error) bool { return target == webhook.ErrInProgress }

// databaseError is a failure of the database that may pass.
type databaseError struct{ error }

func (databaseError) Is(target error) bool { return target == webhook.ErrUnavailable }

func (e databaseError) Unwrap() error { return e.error }

// recordError is what First says about a statement that failed.
func recordError(d Dialect, err error) error {
	if err == nil {
		return nil
	}
	code := sqlState(err)
	switch {
	case code == "40001", code == "55P03", d == SQLite && isBusy(err):
		return fmt.Errorf("%w: %w", ErrInProgress, err)
	case code == "42P01", d == SQLite && strings.Contains(err.Error(), "no such table: pepay_inbox"):
		return fmt.Errorf("inbox: the table pepay_inbox is missing, run inbox.Schema once: %w", err)
	}
	return fmt.Errorf("inbox: record the event: %w", err)
}

// sqlState is the SQLSTATE of an error of pgx or lib/pq, "" of any other.
func sqlState(err error) string {
	var e interface{ SQLState() string }
	if !errors.As(err, &e) {
		return ""
	}
	return e.SQLState()
}

// mayPass reports whether PostgreSQL says that the same transaction may succeed later:
// conflicts with other transactions, and the end of the connection or the server.
func mayPass(err error) bool {
	code := sqlState(err)
	return strings.HasPrefix(code, "08") || // connection exceptions
		slices.Contains([]string{
			"40001", // serialization_failure
			"40P01", // deadlock_detected
			"55P03", // lock_not_available, also by lock_timeout
			"25P03", // idle_in_transaction_session_timeout
			"53300", // too_many_connections
			"57P01", // admin_shutdown
			"57P02", // crash_shutdown
			"57P03", // cannot_connect_now
		}, code)
}

// isBusy recognises SQLITE_BUSY and SQLITE_LOCKED: by their codes (modernc.org/sqlite),
// or by SQLite's text for them (drivers whose errors have no method Code).
func isBusy(err error) bool {
	var e interface{ Code() int }
	if errors.As(err, &e) {
		primary := e.Code() & 0xff // the extended codes have more bits
		return primary == 5 || primary == 6
	}
	text := err.Error()
	return strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked")
}
