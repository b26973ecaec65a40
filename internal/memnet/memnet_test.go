package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/internal/memnet"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// connect returns both ends of a connection.
func connect(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l := memnet.Listen()
	accepted := make(chan net.Conn)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- conn
	}()
	client, err := l.Dial()
	if err != nil {
		t.Fatal(err)
	}
	server = <-accepted
	t.Cleanup(func() { _, _, _ = client.Close(), server.Close(), l.Close() })
	return client, server
}

func TestConnectionCarriesBytesBothWays(t *testing.T) {
	t.Parallel()
	client, server := connect(t)
	for _, way := range []struct {
		name     string
		from, to net.Conn
	}{{"to the server", client, server}, {"to the client", server, client}} {
		go func() { _, _ = way.from.Write([]byte("hello")) }()
		got := make([]byte, 5)
		if _, err := io.ReadFull(way.to, got); err != nil || string(got) != "hello" {
			t.Errorf("%s: %q, %v", way.name, got, err)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	t.Run("tidy", func(t *testing.T) {
		t.Parallel()
		client, server := connect(t)
		_ = server.Close()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("read after close: %v, want EOF", err)
		}
	})
	t.Run("reset", func(t *testing.T) {
		t.Parallel()
		client, server := connect(t)
		if err := server.(interface{ SetLinger(int) error }).SetLinger(0); err != nil {
			t.Fatal(err)
		}
		_ = server.Close()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v, want a reset", err)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("write: %v, want a reset", err)
		}
	})
	t.Run("linger taken back", func(t *testing.T) {
		t.Parallel()
		client, server := connect(t)
		l := server.(interface{ SetLinger(int) error })
		_, _ = l.SetLinger(0), l.SetLinger(-1)
		_ = server.Close()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("read: %v, want EOF", err)
		}
	})
}

func TestClosedListener(t *testing.T) {
	t.Parallel()
	l := memnet.Listen()
	_, _ = l.Close(), l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept: %v", err)
	}
	if conn, err := l.Dial(); conn != nil || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial: %v, %v", conn, err)
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	t.Run("a dial ends with its context", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := memnet.Listen()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if conn, err := l.DialContext(ctx, "tcp", "pepay:80"); conn != nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("dial: %v, %v", conn, err)
			}
		})
	})
	t.Run("Close ends dials and Accept", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			dials, accepts := memnet.Listen(), memnet.Listen()
			errs := make(chan error, 2)
			go func() { _, err := dials.Dial(); errs <- err }()
			go func() { _, err := accepts.Accept(); errs <- err }()
			synctest.Wait() // both are durably blocked, as the package promises
			_, _ = dials.Close(), accepts.Close()
			for range 2 {
				if <-errs == nil {
					t.Error("no error")
				}
			}
		})
	})
}

func TestAddressIsOnLoopback(t *testing.T) {
	t.Parallel()
	l := memnet.Listen()
	host, _, err := net.SplitHostPort(l.Addr().String())
	if err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("address %v: %v", l.Addr(), err)
	}
}
