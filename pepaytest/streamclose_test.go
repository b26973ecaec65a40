package pepaytest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestCloseSaysGoodbyeToStreams(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		clients := []*client{openMerchant(t, s, ""), openCommerce(t, s, "")}
		go func() { _ = s.Close() }()
		for _, c := range clients {
			if reason := c.wantClose(websocket.StatusGoingAway).Reason; reason != "server closes" {
				t.Errorf("reason %q", reason)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Close returns soon and ends everything, whatever its streams are doing.
func TestCloseEndsEveryStream(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*pepaytest.Server, *client){
		"idle, and nobody reads":    func(*pepaytest.Server, *client) {},
		"stuck in a write":          func(s *pepaytest.Server, _ *client) { emitN(s, 100) },
		"stuck in a large frame":    func(s *pepaytest.Server, _ *client) { s.Emit(big(1 << 20)) },
		"silent":                    func(s *pepaytest.Server, c *client) { emitN(s, 3); c.next() },
		"silent, with a close sent": func(s *pepaytest.Server, c *client) { emitN(s, 3); c.next(); go func() { _ = c.Close(1000, "") }() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, err := pepaytest.Start("", pepaytest.WithListener(memnet.Listen()))
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(name, "silent") {
					s.Faults().On("*", pepaytest.SilentAfter(1), pepaytest.Always())
				}
				c := openMerchant(t, s, "")
				prepare(s, c)
				synctest.Wait()
				began := time.Now()
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > 500*time.Millisecond {
					t.Errorf("Close took %v", took)
				}
			})
		})
	}
}

func big(n int) pepay.Event {
	return event(pepay.EventInvoiceUpdated, "id", "inv_1", "note", strings.Repeat("x", n))
}

// The server notices that a client has gone, however it goes.
func TestClientsLeave(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*client){
		"with a close": func(c *client) { _ = c.Close(websocket.StatusNormalClosure, "bye") },
		"without one":  func(c *client) { _ = c.CloseNow() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			networks(t, func(t *testing.T, s *pepaytest.Server) {
				c, stays := openMerchant(t, s, ""), openCommerce(t, s, "")
				if got := len(openStreams(t, s)); got != 2 {
					t.Errorf("%d streams", got)
				}
				leave(c)
				waitUntil(t, func() bool { return len(openStreams(t, s)) == 1 })
				stays.want(s.Emit(order("order_1")))
			})
		})
	}
}

// Messages of a client are read and ignored; one that breaks the protocol or is too
// large ends its stream.
func TestClientsThatTalk(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	c := openMerchant(t, s, "")
	for range 5 {
		if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"subscribe":"everything"}`)); err != nil {
			t.Fatal(err)
		}
	}
	c.want(emitN(s, 2)...)
	if err := c.Write(t.Context(), websocket.MessageBinary, make([]byte, 1<<20)); err != nil && !errors.Is(err, io.EOF) {
		t.Log(err) // it may be cut off while it is still talking
	}
	waitUntil(t, func() bool { return len(openStreams(t, s)) == 0 })
}

// A hook sees each request once, with the status that was recorded.
func TestRequestLogHook(t *testing.T) {
	t.Parallel()
	logged := make(chan pepaytest.Request, 10)
	s := pepaytest.NewServer(t, pepaytest.WithRequestLog(func(r pepaytest.Request) { logged <- r }))
	mint(t, s, "{}")
	openMerchant(t, s, "types=invoice.*")
	wantUpgradeStatusOf(t, s, commercePath, http.StatusForbidden)
	s.Faults().On("*", pepaytest.ResetBefore(), pepaytest.Next(1))
	if _, err := post(t, s, ""); err == nil {
		t.Error("no reset")
	}
	s.Faults().On("*", pepaytest.ResetMidBody(), pepaytest.Next(1))
	if _, err := post(t, s, ""); err == nil {
		t.Error("no reset")
	}
	for i, want := range []string{"mintWsToken 200", "openMerchantStream 101", "openCommerceStream 403", "mintWsToken 0", "mintWsToken 0"} {
		r := <-logged
		if got := sprint(r.Operation, r.Status); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		r.Header.Set("x-api-key", "changed")
		if recorded := s.Requests()[i]; recorded.Status != r.Status || recorded.Header.Get("x-api-key") == "changed" {
			t.Errorf("recorded: %+v", recorded)
		}
	}
}

func wantUpgradeStatusOf(t *testing.T, s *pepaytest.Server, path string, status int) {
	t.Helper()
	if _, resp, err := tryOpen(t, s, path, "x-api-key", s.APIKey()); err == nil || resp == nil || resp.StatusCode != status {
		t.Errorf("%v, %v; want status %d", resp, err, status)
	}
}
