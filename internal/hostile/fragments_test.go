package hostile_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
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

// long is a text frame of 64 KiB or more.
func long(payload string) string {
	return "\x81\x7f" + string(binary.BigEndian.AppendUint64(nil, uint64(len(payload)))) + payload
}

// What a server can do to a stream that is open, in frames that are none.
func TestHostileFrames(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for _, c := range []struct {
		name    string
		options stream.Options
		play    play
		watched time.Duration
		want    error // nil: any that ends the stream
		min     int64
		max     int64 // dials
		memory  uint64
	}{
		{"fragments of one byte", stream.Options{ReadLimit: 1 << 16}, says(fragment(text, " "), floods("", strings.Repeat(fragment(continuation, " "), 1000))),
			10 * time.Minute, stream.ErrFrameTooLarge, 1, 1, 4 << 20},
		{"long fragments", stream.Options{}, says(fragment(text, " "), floods("", strings.Repeat(fragment(continuation, strings.Repeat(" ", 125)), 100))),
			10 * time.Minute, stream.ErrFrameTooLarge, 1, 1, 8 << 20},
		// A frame may take an hour.
		{"slow fragments without end", stream.Options{}, says(fragment(text, " "), every(10*time.Second, fragment(continuation, " "))),
			3 * time.Hour, context.DeadlineExceeded, 3, 3, 1 << 20},
		{"slow empty fragments without end", stream.Options{}, says(fragment(text, " "), every(10*time.Second, fragment(continuation, ""))),
			3 * time.Hour, context.DeadlineExceeded, 3, 3, 1 << 20},
		{"slow fragments, and pings between", stream.Options{}, says(fragment(text, " "), every(10*time.Second, fragment(continuation, " ")+"\x89\x00")),
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
		{"an opcode that is none", stream.Options{}, says("\x83\x01 ", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a ping in fragments", stream.Options{}, says("\x09\x01 ", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a masked frame", stream.Options{}, says("\x81\x82\x01\x02\x03\x04z~", wait), 10 * time.Minute, context.DeadlineExceeded, 7, 80, 512 << 10},
		{"text that is no UTF-8", stream.Options{}, says(fragment("\x81", "\xff"), wait), 10 * time.Minute, context.DeadlineExceeded, 7, 80, 512 << 10},
		{"a close without a code", stream.Options{}, says("\x88\x00", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"half of a close code", stream.Options{}, says("\x88\x01\x03", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a close code that is none", stream.Options{}, says("\x88\x02\xff\xff", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a close reason of 64 KiB", stream.Options{}, says("\x88\x7e\xff\xff\x03\xe8", floods("", spaces())), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"a close reason that is no UTF-8", stream.Options{}, says("\x88\x03\x03\xe8\xff", wait), 10 * time.Minute, context.DeadlineExceeded, 20, 80, 512 << 10},
		{"an event 60,000 deep", stream.Options{}, says(long(`{"object":"event","id":"evt_1","type":"t","data":`+strings.Repeat("[", 60_000)+strings.Repeat("]", 60_000)+"}"), wait), 10 * time.Minute, context.DeadlineExceeded, 3, 40, 4 << 20},
		{"a ws_error 9,000 deep", stream.Options{}, says(long(`{"object":"ws_error","error":`+strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)+"}"), wait), 10 * time.Minute, nil, 5, 5, 4 << 20},
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
				goesOn := errors.Is(err, context.DeadlineExceeded)
				if c.want != nil && !errors.Is(err, c.want) || c.want == nil && goesOn || errors.Is(err, errUnexpected) {
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
