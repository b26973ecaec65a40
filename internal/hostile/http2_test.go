package hostile_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Frames of HTTP/2, see RFC 9113.
const (
	frameData         = 0x0
	frameHeaders      = 0x1
	frameReset        = 0x3
	frameSettings     = 0x4
	framePing         = 0x6
	frameGoAway       = 0x7
	frameContinuation = 0x9

	flagAck        = 0x1
	flagEndHeaders = 0x4

	codeNo              = 0x0
	codeInternal        = 0x2
	codeRefusedStream   = 0x7
	codeEnhanceYourCalm = 0xb
)

// A header block: ":status: 200" and "content-type: application/json".
const okHeaders = "\x88\x0f\x10\x10application/json"

// http2Conn is the server's end of a connection.
type http2Conn struct {
	conn net.Conn
	out  chan []byte // written by one goroutine: the client may be writing too
	done chan struct{}
}

// send writes a frame, and reports whether the client is still there.
func (c *http2Conn) send(kind, flags byte, stream uint32, payload string) bool {
	frame := make([]byte, 9, 9+len(payload))
	frame[1], frame[2], frame[3], frame[4] = byte(len(payload)>>8), byte(len(payload)), kind, flags
	binary.BigEndian.PutUint32(frame[5:], stream)
	select {
	case c.out <- append(frame, payload...):
		return true
	case <-c.done:
		return false
	}
}

func number(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// serveHTTP2 answers each request's HEADERS by answer, which runs on a goroutine of
// its own, and counts requests and connections.
func serveHTTP2(t *testing.T, limit int64, answer func(c *http2Conn, stream uint32)) (client *wrapper.Client, requests, connections *atomic.Int64) {
	t.Helper()
	requests, connections = &atomic.Int64{}, &atomic.Int64{}
	certificate, roots := certificate()
	listener := memnet.Listen()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			raw, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			context.AfterFunc(ctx, func() { _ = raw.Close() })
			_ = raw.SetDeadline(time.Now().Add(longest))
			running.Go(func() {
				conn := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}, CurvePreferences: []tls.CurveID{tls.X25519}})
				defer func() { _ = raw.Close() }()
				playHTTP2(&running, conn, func(c *http2Conn, stream uint32) {
					if requests.Add(1) <= enough {
						answer(c, stream)
					}
				})
			})
		}
	})
	transport := &http.Transport{
		DialContext: listener.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots, CurvePreferences: []tls.CurveID{tls.X25519}}, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: maxHeader,
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = listener.Close()
		cancel()
		running.Wait()
	})
	return newClient(t, "https://127.0.0.1:1", &http.Client{Transport: transport}, wrapper.WithMaxResponseBytes(limit)), requests, connections
}

// playHTTP2 reads frames until the client has gone.
func playHTTP2(running *sync.WaitGroup, conn net.Conn, answer func(c *http2Conn, stream uint32)) {
	c := &http2Conn{conn: conn, out: make(chan []byte), done: make(chan struct{})}
	defer close(c.done)
	preface := make([]byte, 24)
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	running.Go(func() {
		for {
			select {
			case frame := <-c.out:
				if _, err := conn.Write(frame); err != nil {
					return
				}
			case <-c.done:
				return
			}
		}
	})
	c.send(frameSettings, 0, 0, "")
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return
		}
		stream := binary.BigEndian.Uint32(head[5:])
		switch {
		case head[3] == frameSettings && head[4]&flagAck == 0:
			c.send(frameSettings, flagAck, 0, "")
		case head[3] == frameHeaders:
			running.Go(func() { answer(c, stream) })
		}
	}
}

// certificate is one for 127.0.0.1 and example.com, and who signed it. Its key makes for
// quick handshakes, of which there are thousands.
var certificate = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(10, 0, 0), // bubbles begin in the year 2000
		IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"example.com"}, IPAddresses: []net.IP{{127, 0, 0, 1}},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(signed)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key, Leaf: leaf}, roots
})

func resets(code uint32) func(*http2Conn, uint32) {
	return func(c *http2Conn, stream uint32) { c.send(frameReset, 0, stream, number(code)) }
}

// goesAway says that no stream above last was processed, and closes.
func goesAway(code uint32, last func(stream uint32) uint32) func(*http2Conn, uint32) {
	return func(c *http2Conn, stream uint32) {
		c.send(frameGoAway, 0, 0, number(last(stream))+number(code))
		time.Sleep(time.Millisecond) // of the bubble: it was written
		_ = c.conn.Close()
	}
}

func TestHostileHTTP2(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	certificate() // outside of the bubbles
	none := func(uint32) uint32 { return 0 }
	this := func(stream uint32) uint32 { return stream }
	data := spaces()[:1<<14] // made once: what the server allocates counts as well
	for _, c := range []struct {
		name   string
		answer func(*http2Conn, uint32)
		// requests of one call: net/http sends some a second time by itself.
		requests int64
		memory   uint64 // of the whole call
	}{
		{"RST storm, refused", resets(codeRefusedStream), 21, 4 << 20},
		{"RST storm, internal error", resets(codeInternal), 3, 2 << 20},
		{"RST storm, no error", resets(codeNo), 3, 2 << 20},
		// net/http takes another connection at once, without an end; an attempt has 20.
		{"GOAWAY storm, nothing was processed", goesAway(codeNo, none), 60, 16 << 20},
		{"GOAWAY storm, the request was", goesAway(codeNo, this), 3, 4 << 20},
		{"GOAWAY storm, be calm", goesAway(codeEnhanceYourCalm, none), 21, 8 << 20},
		{"a GOAWAY and no answer", func(c *http2Conn, stream uint32) { c.send(frameGoAway, 0, 0, number(stream)+number(codeNo)) }, 3, 4 << 20},
		{"no answer", func(*http2Conn, uint32) {}, 3, 2 << 20},
		{"headers and no more", func(c *http2Conn, stream uint32) { c.send(frameHeaders, flagEndHeaders, stream, okHeaders) }, 3, 2 << 20},
		{"CONTINUATION without end", func(c *http2Conn, stream uint32) {
			c.send(frameHeaders, 0, stream, okHeaders)
			for c.send(frameContinuation, 0, stream, strings.Repeat("\x00\x01x\x01x", 3000)) {
			}
		}, 3, 16 << 20},
		{"4 MiB of DATA", func(c *http2Conn, stream uint32) { // without an end, time could not pass afterwards
			c.send(frameHeaders, flagEndHeaders, stream, okHeaders)
			for range 256 {
				c.send(frameData, 0, stream, data)
			}
		}, 3, 16 << 20},
		{"slow DATA without end", func(c *http2Conn, stream uint32) {
			for c.send(frameHeaders, flagEndHeaders, stream, okHeaders); c.send(frameData, 0, stream, " "); {
				time.Sleep(time.Second)
			}
		}, 3, 4 << 20},
		{"empty DATA every second", func(c *http2Conn, stream uint32) {
			for c.send(frameHeaders, flagEndHeaders, stream, okHeaders); c.send(frameData, 0, stream, ""); {
				time.Sleep(time.Second)
			}
		}, 3, 4 << 20},
		{"pings and settings every second", func(c *http2Conn, _ uint32) {
			for c.send(framePing, 0, 0, "12345678") && c.send(frameSettings, 0, 0, "") {
				time.Sleep(time.Second)
			}
		}, 3, 4 << 20},
		{"bytes that are no frame", func(c *http2Conn, _ uint32) {
			select {
			case c.out <- []byte(strings.Repeat("\xff", 100)):
			case <-c.done:
			}
		}, 3, 4 << 20},
	} {
		for _, w := range ways() {
			if w.follows { // a WebSocket is HTTP/1.1
				continue
			}
			t.Run(c.name+"/"+w.name, func(t *testing.T) { //nolint:paralleltest // as above
				synctest.Test(t, func(t *testing.T) {
					client, requests, connections := serveHTTP2(t, limit, c.answer)
					before, start := allocated(), time.Now()
					err := w.run(t.Context(), client)
					took, used := time.Since(start), allocated()-before
					if err == nil || took > w.within {
						t.Errorf("%v after %s, want an error within %s", err, took, w.within)
					}
					// net/http dials ahead of what it needs.
					if n, dials := requests.Load(), connections.Load(); n < 1 || n > c.requests || dials > 2*c.requests {
						t.Errorf("%d requests over %d connections, want at most %d over %d", n, dials, c.requests, 2*c.requests)
					}
					if used > c.memory {
						t.Errorf("allocated %d KiB, want at most %d", used>>10, c.memory>>10)
					}
					ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
					defer cancel()
					start = time.Now()
					if err := w.run(ctx, client); err == nil || time.Since(start) > 5*time.Second {
						t.Errorf("with a deadline: %v after %s", err, time.Since(start))
					}
					t.Logf("%d requests, %d connections, %s, %d KiB: %v", requests.Load(), connections.Load(), took, used>>10, err)
				})
			})
		}
	}
}
