package pepaytest_test

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// In a bubble time is simulated: an hour of latency passes at once, and the dates
// and expiries follow it.
func TestInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pepaytest.NewServer(t, pepaytest.WithListener(memnet.Listen()))
		u, err := url.Parse(s.URL())
		if err != nil || u.Scheme != "http" || !net.ParseIP(u.Hostname()).IsLoopback() {
			t.Errorf("URL %q, %v", s.URL(), err)
		}
		began := time.Now()
		s.Faults().On(mintID, pepaytest.Latency(time.Hour), pepaytest.Next(1))
		r := mint(t, s, "")
		if took := time.Since(began); took != time.Hour {
			t.Errorf("answered after %v", took)
		}
		if got, want := r.header.Get("Date"), began.Add(time.Hour).UTC().Format(http.TimeFormat); got != want {
			t.Errorf("Date %q, want %q", got, want)
		}
		if got, want := decode[minted](t, r).Data.ExpiresAt, began.Add(time.Hour+time.Minute).Unix(); got != want {
			t.Errorf("expires_at %d, want %d", got, want)
		}
		s.Faults().On(mintID, pepaytest.ResetMidBody(), pepaytest.Next(1))
		if _, err := post(t, s, "", "x-api-key", s.APIKey()); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("err %v, want a reset", err)
		}
		s.Faults().On(mintID, pepaytest.Oversized(1<<20), pepaytest.Next(1))
		if r := mint(t, s, ""); len(r.body) != 1<<20 {
			t.Errorf("%d bytes", len(r.body))
		}
		time.Sleep(24 * time.Hour) // no timer of the server prevents an idle day
		if r := mint(t, s, ""); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
}

func TestRulesThatGoTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pepaytest.NewServer(t, pepaytest.WithListener(memnet.Listen()))
		f := s.Faults()
		f.On(mintID, pepaytest.Latency(time.Minute), pepaytest.Always())
		f.On(mintID, pepaytest.ContentType("text/html"), pepaytest.Always())
		f.On(mintID, pepaytest.ContentType("text/plain"), pepaytest.Always())
		f.On(mintID, pepaytest.Status(503), pepaytest.Always())
		f.On("*", pepaytest.Latency(time.Second), pepaytest.Always())
		began := time.Now()
		r := mint(t, s, "")
		if took := time.Since(began); took != time.Minute+time.Second {
			t.Errorf("answered after %v, want the sum of both delays", took)
		}
		if ct := r.header.Get("Content-Type"); ct != "text/html" || r.status != 503 {
			t.Errorf("%d as %s", r.status, ct)
		}
	})
}

// The simulator closes the connections that it took over from net/http.
func TestCloseCutsAConnectionNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		s, err := pepaytest.Start("", pepaytest.WithListener(l))
		if err != nil {
			t.Fatal(err)
		}
		s.Faults().On("*", pepaytest.ResetMidBody(), pepaytest.Always())
		conn, err := l.Dial()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the server is stuck in the answer
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("Close waits for a client that does not read")
		}
		_ = conn.Close()
	})
}
