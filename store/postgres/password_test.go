package postgres

import (
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
)

const password = "correct-horse-battery"

// refuse is a server that asks for the password and then refuses it.
func refuse(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			backend := pgproto3.NewBackend(conn, conn)
			if _, err := backend.ReceiveStartupMessage(); err == nil {
				backend.Send(&pgproto3.AuthenticationCleartextPassword{})
				_ = backend.Flush()
				_ = backend.SetAuthType(pgproto3.AuthTypeCleartextPassword)
				if m, err := backend.Receive(); err != nil || m.(*pgproto3.PasswordMessage).Password != password {
					t.Errorf("no password: %v, %v", m, err)
				}
				backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "28P01", Message: "password authentication failed"})
				_ = backend.Flush()
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestErrorsHaveNoPassword(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ addr, says string }{
		"refused":   {refuse(t), "password authentication failed"},
		"not there": {nobody(t), "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, err := pgxpool.New(t.Context(), "postgres://me:"+password+"@"+c.addr+"/shop?sslmode=disable")
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			errs := methods(t.Context(), New(pool, "a"), "evt_1", "x")
			errs["Migrate"] = Migrate(t.Context(), pool)
			for method, err := range errs {
				wantText(t, err, c.says)
				if strings.Contains(err.Error(), password) {
					t.Errorf("%s: the error has the password", method)
				}
			}
		})
	}
}
