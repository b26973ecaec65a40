package pepaytest_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// networks runs a test over TCP and in memory.
func networks(t *testing.T, test func(t *testing.T, s *pepaytest.Server)) {
	t.Helper()
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		test(t, pepaytest.NewServer(t))
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, pepaytest.NewServer(t, pepaytest.WithListener(memnet.Listen())))
	})
}

func TestResetBefore(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On(mintID, pepaytest.ResetBefore(), pepaytest.Next(1))
		if r, err := post(t, s, `{}`, "x-api-key", s.APIKey()); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%d %q, %v; want a reset", r.status, r.body, err)
		}
		if r := mint(t, s, ""); r.status != http.StatusOK || r.header.Get("x-request-id") != "req_2" {
			t.Errorf("afterwards: %d %v", r.status, r.header)
		}
	})
}

func TestResetMidBody(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On(mintID, pepaytest.ResetMidBody(), pepaytest.Next(1))
		r, err := post(t, s, `{}`, "x-api-key", s.APIKey())
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Fatalf("%d %q, %v; want a reset", r.status, r.body, err)
		}
		if r.status != http.StatusOK || r.header.Get("x-request-id") != "req_1" || r.header.Get("Date") == "" {
			t.Errorf("%d %v", r.status, r.header)
		}
		announced, err := strconv.Atoi(r.header.Get("Content-Length"))
		if err != nil || len(r.body) == 0 || len(r.body) >= announced || !strings.HasPrefix(r.body, `{"success":true`) {
			t.Errorf("%d of %d bytes: %q", len(r.body), announced, r.body)
		}
	})
}

func TestResetMidBodyOfAHead(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if _, err := s.Faults().Add("*:reset=mid-body,content-type=text/html"); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s)
	if _, err := conn.Write([]byte("HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if text := string(got); !errors.Is(err, syscall.ECONNRESET) || !strings.HasPrefix(text, "HTTP/1.1 404 ") ||
		!strings.Contains(text, "Content-Type: text/html\r\n") || !strings.HasSuffix(text, "\r\n\r\n") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAFaultBeforeTheBodyHasArrived(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.ResetBefore(), pepaytest.Always())
		body := strings.NewReader(strings.Repeat("x", 4<<20))
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+mintPath, io.NopCloser(body))
		resp, err := s.Client().Do(req)
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("status %d, want a reset", resp.StatusCode)
		}
	})
}
