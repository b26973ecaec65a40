package pepaytest_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestLargeBodies(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	padded := func(n int) string { return `{"x":"` + strings.Repeat("a", n-len(`{"x":""}`)) + `"}` }
	cases := []struct {
		name   string
		size   int
		status int
	}{
		{"1 MiB", 1 << 20, http.StatusOK},
		{"a byte more", 1<<20 + 1, http.StatusRequestEntityTooLarge},
		{"20 MiB", 20 << 20, http.StatusRequestEntityTooLarge},
	}
	for _, tc := range cases {
		r := mint(t, s, padded(tc.size))
		if r.status != tc.status {
			t.Errorf("%s: %d %s", tc.name, r.status, r.body)
		}
		if tc.status != http.StatusOK {
			wantError(t, r, tc.status, "PAYLOAD_TOO_LARGE")
		}
		requests := s.Requests()
		if got := len(requests[len(requests)-1].Body); got != min(tc.size, 1<<20) {
			t.Errorf("%s: %d bytes recorded", tc.name, got)
		}
	}
}

// Bytes that no client of net/http would send get an answer or lose their connection,
// and the server goes on.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const head = "POST " + mintPath + " HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: pk_pepaytest_merchant\r\nContent-Type: application/json\r\nConnection: close\r\n"
	cases := []struct{ name, send, want string }{
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "HTTP/1.1 400"},
		{"header flood", head + strings.Repeat("X-Flood: "+strings.Repeat("y", 1000)+"\r\n", 200) + "\r\n", "HTTP/1.1 431"},
		{"NUL in a header", head + "X: a\x00b\r\n\r\n", "HTTP/1.1 400"},
		{"bad chunk", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", "HTTP/1.1 400"},
		{"two lengths", head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "HTTP/1.1 400"},
		{"negative length", head + "Content-Length: -1\r\n\r\n", "HTTP/1.1 400"},
		{"deep nesting", head + "Content-Length: 100000\r\n\r\n" + strings.Repeat("[", 100000), "HTTP/1.1 400"},
		{"invalid UTF-8", head + "Content-Length: 13\r\n\r\n{\"scope\":\"\xff\"}", "HTTP/1.1 400"},
		{"options for everything", "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 4"},
		{"proxy request", "CONNECT pepay.io:443 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 4"},
		{"absolute form", "GET http://pepay.io/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 421"},
		{"broken escape", "GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.1 400"},
		{"HTTP/1.0 without a host", "POST " + mintPath + " HTTP/1.0\r\nx-api-key: pk_pepaytest_merchant\r\n\r\n", "HTTP/1.0 421"},
		{"HTTP/1.0", "POST " + mintPath + " HTTP/1.0\r\nHost: 127.0.0.1\r\nx-api-key: pk_pepaytest_merchant\r\n\r\n", "HTTP/1.0 200"},
		{"upgrade", "GET /ws/merchant/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 401"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			conn := dial(t, s)
			go func() { _, _ = conn.Write([]byte(tc.send)) }() // the server may stop reading
			answer := make([]byte, len(tc.want))
			if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != tc.want {
				t.Errorf("%q, %v; want %q", answer, err, tc.want)
			}
		})
	}
	t.Run("writes to the end before it reads", func(t *testing.T) {
		conn := dial(t, s)
		body := strings.Repeat("x", 20<<20)
		if _, err := fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, len("HTTP/1.1 413"))
		if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 413" {
			t.Errorf("%q, %v", answer, err)
		}
	})
	t.Run("leaves in mid-body", func(t *testing.T) {
		conn := dial(t, s)
		if _, err := conn.Write([]byte(head + "Content-Length: 1000\r\n\r\n{")); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	})
	t.Run("stalls, until Close", func(t *testing.T) {
		other, err := pepaytest.Start("")
		if err != nil {
			t.Fatal(err)
		}
		for _, send := range []string{"", "POST ", head, head + "Content-Length: 1000\r\n\r\n{"} {
			if _, err := dial(t, other).Write([]byte(send)); err != nil {
				t.Fatal(err)
			}
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
	if r := mint(t, s, ""); r.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", r.status, r.body)
	}
}

func dial(t *testing.T, s *pepaytest.Server) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func FuzzMint(f *testing.F) {
	for _, body := range []string{`{"scope":"merchant","ttl_seconds":60}`, `{}`, ``, `null`, `{"scope":`, `{"ttl_seconds":1e400}`, "\x00"} {
		f.Add([]byte(body))
	}
	s := pepaytest.NewServer(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := post(t, s, string(body), "x-api-key", s.APIKey())
		if err != nil {
			t.Fatal(err)
		}
		if r.status == http.StatusOK {
			if decode[minted](t, r).Data.Token == "" {
				t.Errorf("%q: %s", body, r.body)
			}
			return
		}
		want := http.StatusBadRequest
		if len(body) > 1<<20 {
			want = http.StatusRequestEntityTooLarge
		}
		if r.status != want {
			t.Errorf("%q: %d %s", bytes.ToValidUTF8(body, []byte("?")), r.status, r.body)
		}
	})
}
