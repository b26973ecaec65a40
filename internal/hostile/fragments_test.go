package hostile_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/stream"
)

const (
	text         = "\x01" // the first fragment of a text frame
	continuation = "\x00"
	final        = "\x80"
)

// fragment is a WebSocket frame as a server sends it, of fewer than 126 bytes.
func fragment(kind, payload string) string { return kind + string(rune(len(payload))) + payload }

// What a server can do to a stream that is open, in frames that are none.
func TestHostileFrames(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for _, c := range []struct {
		name    string
		options stream.Options
		play    play
		watched time.Duration
		want    error
		min     int64
		max     int64 // dials
		memory  uint64
	}{
		{"fragments of one byte", stream.Options{ReadLimit: 1 << 16}, says(fragment(text, " "), floods("", strings.Repeat(fragment(continuation, " "), 1000))),
			10 * time.Minute, stream.ErrFrameTooLarge, 1, 1, 1 << 20},
		{"long fragments", stream.Options{}, says(fragment(text, " "), floods("", strings.Repeat(fragment(continuation, strings.Repeat(" ", 125)), 100))),
			10 * time.Minute, stream.ErrFrameTooLarge, 1, 1, 8 << 20},
		// A frame may take an hour.
		{"slow fragments without end", stream.Options{}, says(fragment(text, " "), drips("", fragment(continuation, " "))),
			3 * time.Hour, context.DeadlineExceeded, 3, 3, 1 << 20},
		{"slow empty fragments without end", stream.Options{}, says(fragment(text, " "), drips("", fragment(continuation, ""))),
			3 * time.Hour, context.DeadlineExceeded, 3, 3, 1 << 20},
		{"slow fragments, and pings between", stream.Options{}, says(fragment(text, " "), drips("", fragment(continuation, " ")+"\x89\x00")),
			3 * time.Hour, context.DeadlineExceeded, 3, 3, 8 << 20},
		{"a ping every second", stream.Options{}, drips("", "\x89\x00"), 10 * time.Minute, context.DeadlineExceeded, 1, 1, 4 << 20},
		{"a frame of 8 EiB", stream.Options{}, says("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", floods("", spaces())),
			10 * time.Minute, stream.ErrFrameTooLarge, 1, 1, 8 << 20},
		{"a frame of a negative length", stream.Options{}, says("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", wait), 10 * time.Minute, context.DeadlineExceeded, 1, 80, 512 << 10},
		{"a frame that stops", stream.Options{}, says("\x81\x7e\xff\xff ", wait), 10 * time.Minute, context.DeadlineExceeded, 7, 10, 512 << 10},
		{"a ping of 64 KiB", stream.Options{}, says("\x89\x7e\xff\xff", floods("", spaces())), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a continuation of nothing", stream.Options{}, says(fragment(continuation, " "), wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"two frames at once", stream.Options{}, says(fragment(text, " ")+fragment(text, " "), wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"compression that was not agreed", stream.Options{}, says("\xc1\x01 ", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"random bytes", stream.Options{}, floods("", strings.Repeat("\xf3\x8b\x1e", 1000)), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
	} {
		t.Run(c.name, func(t *testing.T) { //nolint:paralleltest // as above
			synctest.Test(t, func(t *testing.T) {
				dials, hc := upgrading(t, c.play)
				client := newClient(t, "http://127.0.0.1:1", hc)
				ctx, cancel := context.WithTimeout(t.Context(), c.watched)
				defer cancel()
				before := allocated()
				err := follow(c.options)(ctx, client)
				used := allocated() - before
				if !errors.Is(err, c.want) || errors.Is(err, errUnexpected) {
					t.Errorf("ended with %v, want %v", err, c.want)
				}
				n := dials.Load()
				if n < c.min || n > c.max {
					t.Errorf("%d dials, want %d to %d", n, c.min, c.max)
				}
				if most := c.memory * uint64(n); used > most {
					t.Errorf("allocated %d KiB in %d dials, want at most %d", used>>10, n, most>>10)
				}
			})
		})
	}
}

// upgrading is a server that upgrades every connection and then plays on it. What the
// client sends is read and dropped.
func upgrading(t *testing.T, p play) (dials *atomic.Int64, hc *http.Client) {
	t.Helper()
	dials = &atomic.Int64{}
	listener := memnet.Listen()
	var playing sync.WaitGroup
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/ws/") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`)
			return
		}
		dials.Add(1)
		playing.Add(1)
		defer playing.Done()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		conn, in, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("hijack: %v", err)
			return
		}
		gone := make(chan struct{})
		go func() { defer close(gone); _, _ = io.Copy(io.Discard, in) }()
		defer func() { _ = conn.Close(); <-gone }()
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			base64.StdEncoding.EncodeToString(sum[:]))
		p(readless{bounded(conn), gone})
	})
	httpServer := &http.Server{Handler: handler}
	go func() { _ = httpServer.Serve(listener) }()
	transport := &http.Transport{DialContext: listener.DialContext}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = httpServer.Close()
		playing.Wait()
	})
	return dials, &http.Client{Transport: transport}
}

// readless is a connection that another goroutine reads: a read waits for its end.
type readless struct {
	net.Conn
	gone chan struct{}
}

func (r readless) Read([]byte) (int, error) { <-r.gone; return 0, io.EOF }
