package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// All handlers write the same bytes, but for the date and the seconds that are left.
func TestHandoutsAreTheSame(t *testing.T) {
	ctx := context.Background()
	base, stop, err := startServer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if _, err := exchange(ctx, http.MethodPost, base+handoutSetup, base); err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for _, h := range handouts() {
		body, err := exchange(ctx, http.MethodPost, base+h.path, "")
		if err != nil || !strings.Contains(body, mintToken) || !strings.Contains(body, `"expires_in":`) {
			t.Fatalf("%s: %q, %v", h.name, body, err)
		}
		lengths = append(lengths, len(body))
	}
	if lengths[0] != lengths[1] || lengths[1] != lengths[2] {
		t.Errorf("the answers have %v bytes", lengths)
	}
	// One for the cache when it was set up, and one for the request without it.
	if mints, err := exchange(ctx, http.MethodGet, base+handoutMints, ""); err != nil || mints != "2" {
		t.Errorf("%s mints, %v", mints, err)
	}
}

func TestClients(t *testing.T) {
	tables, err := clientsOf(context.Background(), options{rounds: 1, benchtime: time.Millisecond}, []int{1, 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 1 || !tables[0].met() {
		t.Fatalf("%+v", tables)
	}
	checkFigures(t, tables[0])
}

// A client that does not get a token must not count.
func TestBrowsersNoticeFailure(t *testing.T) {
	t.Parallel()
	const handed = `{"token":"` + mintToken + `"}`
	for name, c := range map[string]struct {
		answer, want string
	}{
		"a token":        {"HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(handed)) + "\r\n\r\n" + handed, ""},
		"a refusal":      {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "502"},
		"another answer": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no token"},
		"no answer":      {"", "EOF"},
		"half an answer": {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Write([]byte(c.answer))
				_ = conn.(*net.TCPConn).CloseWrite()
			}()
			b, err := connectBrowsers(t.Context(), "http://"+listener.Addr().String(), "/", 1)
			defer b.close()
			if err != nil {
				t.Fatal(err)
			}
			if err := b.all[0].ask(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			_ = listener.Close()
		})
	}
}
