package pepaytest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestNewServerLivesAsLongAsTheTest(t *testing.T) {
	t.Parallel()
	var address string
	t.Run("inner", func(t *testing.T) {
		s := pepaytest.NewServer(t)
		address = s.URL()
		if r := mint(t, s, ""); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || !net.ParseIP(u.Hostname()).IsLoopback() || u.Path != "" {
		t.Errorf("URL %q (%v)", address, err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	if err == nil {
		_ = conn.Close()
		t.Error("it still listens after the test")
	}
}

// fakeTB is a test that fails without ending the goroutine.
type fakeTB struct{ failure string }

func (tb *fakeTB) Helper()                           {}
func (tb *fakeTB) Cleanup(func())                    {}
func (tb *fakeTB) Fatalf(format string, args ...any) { tb.failure = fmt.Sprintf(format, args...) }

func TestBadOptions(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		opt  pepaytest.Option
		want string
	}{
		{"nil option", nil, "nil Option"},
		{"nil clock", pepaytest.WithClock(nil), "WithClock"},
		{"nil listener", pepaytest.WithListener(nil), "WithListener"},
		{"nil request log", pepaytest.WithRequestLog(nil), "WithRequestLog"},
		{"nil form of control frames", pepaytest.WithControlFrame(nil), "WithControlFrame"},
		{"no retention", pepaytest.WithRetention(0), "WithRetention(0)"},
		{"unknown answer to an old cursor", pepaytest.WithOldCursor(9), "unknown answer 9"},
		{"empty key", pepaytest.WithKey("", pepaytest.Key{}), "empty key"},
		{"unknown scope", pepaytest.WithKey("k", pepaytest.Key{Scope: "admin"}), `unknown scope "admin"`},
		{"unknown environment", pepaytest.WithKey("k", pepaytest.Key{Environment: "moon"}), `unknown environment "moon"`},
		{"negative min", pepaytest.WithTokenTTL(-time.Second, 0), "negative"},
		{"max below min", pepaytest.WithTokenTTL(time.Minute, time.Second), "no whole second"},
		{"max below a second", pepaytest.WithTokenTTL(0, time.Millisecond), "no whole second"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := pepaytest.Start("", tc.opt)
			if s != nil || err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Start: %v, %v; want an error with %q", s, err, tc.want)
			}
			tb := &fakeTB{}
			if s := pepaytest.NewServer(tb, tc.opt); s != nil || !strings.Contains(tb.failure, tc.want) {
				t.Errorf("NewServer: %v, failure %q; want %q", s, tb.failure, tc.want)
			}
		})
	}
}

func TestStartOnABusyPort(t *testing.T) {
	t.Parallel()
	first := pepaytest.NewServer(t)
	addr := strings.TrimPrefix(first.URL(), "http://")
	s, err := pepaytest.Start(addr)
	if s != nil || !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), addr) {
		t.Errorf("Start: %v, %v", s, err)
	}
	if _, err := pepaytest.Start("no such address"); err == nil || !strings.Contains(err.Error(), "no such address") {
		t.Errorf("Start: %v", err)
	}
}

func TestStartOnAllInterfacesIsReachedOverLoopback(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0"} {
		s, err := pepaytest.Start(addr)
		if err != nil {
			t.Fatal(err)
		}
		if r := mint(t, s, ""); r.status != http.StatusOK || !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
			t.Errorf("%s: %s answers %d", addr, s.URL(), r.status)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCloseAgain(t *testing.T) {
	t.Parallel()
	s, err := pepaytest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	wg.Wait()
	if _, err := post(t, s, ""); err == nil {
		t.Error("it answers after Close")
	}
}

func TestCloseTellsWhyItStoppedServing(t *testing.T) {
	t.Parallel()
	l := memnet.Listen()
	s, err := pepaytest.Start("", pepaytest.WithListener(l))
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	// Serve may not have begun when Close comes; then Close is what stopped it.
	if err := s.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close: %v", err)
	}
}

func TestCloseDoesNotWaitForLatency(t *testing.T) {
	t.Parallel()
	s, err := pepaytest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	rule := s.Faults().On(mintID, pepaytest.Latency(time.Hour), pepaytest.Always())
	failed := make(chan error)
	go func() {
		_, err := post(t, s, "", "x-api-key", s.APIKey())
		failed <- err
	}()
	waitUntil(t, func() bool { return rule.Hits() == 1 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the waiting request was answered")
	}
	if got := s.Requests(); len(got) != 1 || got[0].Status != 0 {
		t.Errorf("recorded %+v", got)
	}
}

// Once a byte of the next request has arrived, net/http no longer notices that the
// connection is gone.
func TestCloseEndsLatencyOfPipelinedRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		s, err := pepaytest.Start("", pepaytest.WithListener(l))
		if err != nil {
			t.Fatal(err)
		}
		s.Faults().On("*", pepaytest.Latency(time.Hour), pepaytest.Always())
		conn, err := l.Dial()
		if err != nil {
			t.Fatal(err)
		}
		for _, send := range []string{"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "G"} {
			if _, err := conn.Write([]byte(send)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		began := time.Now()
		if err := s.Close(); err != nil || time.Since(began) != 0 {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
	})
}

func TestCloseWaitsForHandlers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var started atomic.Bool
		s, err := pepaytest.Start("", pepaytest.WithListener(memnet.Listen()), pepaytest.WithClock(func() time.Time {
			if started.Load() {
				<-release
			}
			return fixedClock()
		}))
		if err != nil {
			t.Fatal(err)
		}
		started.Store(true)
		go func() { _, _ = post(t, s, "") }()
		synctest.Wait() // the handler asks for the time
		var closed atomic.Bool
		go func() { _ = s.Close(); closed.Store(true) }()
		synctest.Wait()
		if closed.Load() {
			t.Error("Close returned while a handler ran")
		}
		close(release)
		synctest.Wait()
		if !closed.Load() {
			t.Error("Close waits for ever")
		}
	})
}

func TestALeavingClientEndsLatency(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	rule := s.Faults().On(mintID, pepaytest.Latency(time.Hour), pepaytest.Next(1))
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+mintPath, http.NoBody)
		resp, err := s.Client().Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		failed <- err
	}()
	waitUntil(t, func() bool { return rule.Hits() == 1 })
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("err %v", err)
	}
}

func TestTheClockDatesEverything(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	r := mint(t, s, "")
	if got := r.header.Get("Date"); got != fixedClock().UTC().Format(http.TimeFormat) {
		t.Errorf("Date %q", got)
	}
	if got := s.Requests()[0].At; !got.Equal(fixedClock()) {
		t.Errorf("At %v", got)
	}
	if got := decode[minted](t, r).Data.ExpiresAt; got != 1766320496 {
		t.Errorf("expires_at %d", got)
	}
}

func TestSameCallsSameAnswers(t *testing.T) {
	t.Parallel()
	run := func() (answers []reply) {
		s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock), pepaytest.WithListener(memnet.Listen()),
			pepaytest.WithKey("other", pepaytest.Key{MerchantID: 7, Scope: pepay.WSTokenScopeCommerce}))
		s.Faults().On("*", pepaytest.Status(503), pepaytest.Every(3))
		for _, key := range []string{s.APIKey(), "other", "unknown", s.APIKey(), s.APIKey()} {
			r, err := post(t, s, `{"ttl_seconds":30}`, "x-api-key", key)
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, r)
		}
		return answers
	}
	first, second := run(), run()
	if got, want := fmt.Sprint(second), fmt.Sprint(first); got != want {
		t.Errorf("answers differ:\n%s\n%s", want, got)
	}
	if first[0].body == first[3].body {
		t.Error("two mints gave the same token")
	}
}

// waitUntil polls for something another goroutine does; it never sleeps for it.
func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for !done() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("it did not happen within 10 s")
		}
	}
}
