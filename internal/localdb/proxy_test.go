package localdb

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo answers what it gets, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

func wantRead(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

// wantSilence reads for a while that is short enough for a test.
func wantSilence(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v; want silence", n, err)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	proxy, err := StartProxy(t.Context(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	old := dial(t, proxy.Addr())
	send(t, old, "one")
	wantRead(t, old, "one")

	proxy.Cut()
	proxy.Cut()
	send(t, old, "two")
	during := dial(t, proxy.Addr())
	send(t, during, "three")
	wantSilence(t, old)
	wantSilence(t, during)

	proxy.Heal()
	proxy.Heal()
	wantRead(t, old, "two")
	wantRead(t, during, "three")

	proxy.CloseConnections()
	for _, conn := range []net.Conn{old, during} {
		_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after CloseConnections: %v", err)
		}
	}
	fresh := dial(t, proxy.Addr())
	send(t, fresh, "four")
	wantRead(t, fresh, "four")

	proxy.Cut()
	send(t, fresh, "five") // must not keep Close waiting
}
