package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
	"github.com/pepaylabs/pepay-go/webhook"
)

// Environment variables that configure the receiver's process.
const (
	envStore     = "RECEIVER_STORE"      // storeSQLite or storeMemory
	envPath      = "RECEIVER_PATH"       // the database, or the file that effects are appended to
	envAddr      = "RECEIVER_ADDR"       // where to listen
	envFailEvery = "RECEIVER_FAIL_EVERY" // every n-th answer is a failure
	envCrash     = "RECEIVER_CRASH"      // a point at which it kills itself

	storeSQLite = "sqlite"
	storeMemory = "memory"

	crashWithin  = "within the transaction"
	crashHandled = "after the transaction"
)

// receive runs until standard input ends, or until somebody kills it.
func receive() error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	verifier, err := webhook.FromEnv()
	if err != nil {
		return err
	}
	var handler http.Handler
	switch store := os.Getenv(envStore); store {
	case storeSQLite:
		db, err := openDatabase(ctx, os.Getenv(envPath))
		if err != nil {
			return err
		}
		defer db.Close()
		if err := createTables(ctx, db); err != nil {
			return err
		}
		handler = crashing(inbox.Handler(verifier, db, inbox.SQLite, failingJournal))
	case storeMemory:
		file, err := os.OpenFile(os.Getenv(envPath), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		defer file.Close()
		handler = verifier.Handler(appendTo(file))
	default:
		return fmt.Errorf("unknown store %q", store)
	}
	every, err := strconv.Atoi(os.Getenv(envFailEvery))
	if err != nil {
		return err
	}
	listener, err := listen(ctx, os.Getenv(envAddr))
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return serve(ctx, listener, failEvery(every, handler))
}

// listen waits until an address is free: while a receiver is down, the system may give
// its port to an outgoing connection.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	const tries = 100
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err == nil || n == tries {
			return listener, err
		}
		<-tick.C
	}
}

// failEvery makes every n-th answer a failure, of one kind after the other: nothing
// is done; all is done and the acknowledgement gets lost; the handler fails.
func failEvery(n int, next http.Handler) http.Handler {
	var requests atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count := int(requests.Add(1))
		if n == 0 || count%n != 0 {
			next.ServeHTTP(w, r)
			return
		}
		switch count / n % 3 {
		case 0:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 1:
			next.ServeHTTP(&lost{header: http.Header{}}, r)
			w.WriteHeader(http.StatusBadGateway)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), failKey{}, true)))
		}
	})
}

type failKey struct{}

var errOnPurpose = errors.New("on purpose")

// lost is an answer that does not arrive.
type lost struct{ header http.Header }

func (l *lost) Header() http.Header         { return l.header }
func (l *lost) Write(p []byte) (int, error) { return len(p), nil }
func (l *lost) WriteHeader(int)             {}

// failingJournal is the example's own work, which may fail when it is done.
func failingJournal(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
	if err := journal(ctx, tx, ev); err != nil {
		return err
	}
	crash(crashWithin)
	if ctx.Value(failKey{}) != nil {
		return errOnPurpose
	}
	return nil
}

// appendTo has an effect that cannot be taken back: a line with the process and the event.
func appendTo(file *os.File) func(context.Context, *pepay.Event) error {
	return func(ctx context.Context, ev *pepay.Event) error {
		if ctx.Value(failKey{}) != nil {
			return errOnPurpose
		}
		_, err := fmt.Fprintf(file, "%d %s\n", os.Getpid(), ev.ID) // one write, so lines stay whole
		return err
	}
}

// crashing kills its process after the transaction and before the answer.
func crashing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		crash(crashHandled)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = answer.Body.WriteTo(w)
	})
}

// crash ends the process without any clean-up.
func crash(point string) {
	if os.Getenv(envCrash) == point {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			_ = self.Kill()
		}
		select {}
	}
}
