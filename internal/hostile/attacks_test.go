package hostile_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	okJSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
)

// attack is one kind of hostile answer.
type attack struct {
	name string
	play play
	// want is what a call ends with; nil for any error.
	want error
	// memory is the most that one request may allocate, client and server together, and
	// limits how often the client's limit of an answer more: it doubles as it grows.
	memory, limits uint64
}

// attacks are played against every way that sends a request.
func attacks() []attack {
	const (
		little = 512 << 10 // what a request costs that brings nothing, with room
		answer = 4         // limits of an answer that is read up to its limit
	)
	return []attack{
		{"closes at once", func(net.Conn) {}, nil, little, 0},
		{"never answers", wait, context.DeadlineExceeded, little, 0},
		{"slow header", drips("HTTP/1.1 200 OK\r\nX-Slow: ", "a"), context.DeadlineExceeded, little, 0},
		{"slow body", drips(okJSON+"\r\n{", " "), context.DeadlineExceeded, little, 0},
		{"slow body of an error", drips("HTTP/1.1 400 Bad Request\r\n\r\n{", " "), nil, little, 0},
		{"stops in mid-body", says(okJSON+"Content-Length: 100\r\n\r\n{", wait), context.DeadlineExceeded, little, 0},
		{"endless body", floods(okJSON+"\r\n[", spaces()), wrapper.ErrResponseTooLarge, little, answer},
		{"endless body in chunks", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\n", "10000\r\n"+spaces()+"\r\n"), wrapper.ErrResponseTooLarge, little, answer},
		{"endless body of an error", floods(failed+"\r\n[", spaces()), wrapper.ErrServer, 2 << 20, 0},
		{"endless body of a 401", floods("HTTP/1.1 401 Unauthorized\r\n\r\n[", spaces()), nil, 2 << 20, 0},
		{"gzip bomb", bombs(okJSON + "Content-Encoding: gzip\r\n\r\n"), wrapper.ErrResponseTooLarge, little, answer},
		{"gzip bomb in an error", bombs(failed + "Content-Encoding: gzip\r\n\r\n"), wrapper.ErrServer, 2 << 20, 0},
		{"gzip that is none", floods(okJSON+"Content-Encoding: gzip\r\n\r\n", spaces()), nil, 2 << 20, 0},
		{"announces 4 EiB", says(okJSON+"Content-Length: 4611686018427387904\r\n\r\n{}", wait), context.DeadlineExceeded, little, 0},
		{"announces more than it sends", says(okJSON+"Content-Length: 1000\r\n\r\n{}", nil), nil, little, 0},
		{"two lengths", says(okJSON+"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", nil), nil, little, 0},
		{"a chunk of 16 EiB", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", spaces()), nil, little, answer},
		{"a chunk without a size", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\nx\r\n", spaces()), nil, little, 0},
		{"an endless chunk header", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\n1;", spaces()), nil, little, 0},
		{"small chunks", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("40\r\n"+spaces()[:64]+"\r\n", 100)), wrapper.ErrResponseTooLarge, little, answer},
		{"endless trailers", floods(okJSON+"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", strings.Repeat("X-Trailer: a\r\n", 1000)), nil, 2 << 20, 0},
		{"header flood", floods("HTTP/1.1 200 OK\r\n", strings.Repeat("X-Flood: a\r\n", 1000)), nil, 2 << 20, 0},
		{"one endless header", floods("HTTP/1.1 200 OK\r\nX-Flood: ", spaces()), nil, 2 << 20, 0},
		{"flood of 103s", floods("", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100)), nil, 2 << 20, 0},
		{"a 100 every second", drips("", "HTTP/1.1 100 Continue\r\n\r\n"), nil, little, 0},
		{"redirect chain", says("HTTP/1.1 307 Temporary Redirect\r\nLocation: /ws/next\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrRedirect, little, 0},
		{"redirect to another host", says("HTTP/1.1 308 Permanent Redirect\r\nLocation: http://evil.example/ws/\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrRedirect, little, 0},
		{"redirect to nowhere", says("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrRedirect, little, 0},
		{"204 and a body", says("HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n{\"success\":true}", nil), wrapper.ErrMalformedResponse, little, 0},
		{"a proxy's page", answers("text/html", "", "<html>Sign in to the guest network"), wrapper.ErrMalformedResponse, little, 0},
		{"gzip in gzip", answers("application/json", "gzip, gzip", bomb()), wrapper.ErrMalformedResponse, little, 0},
		{"brotli that nobody asked for", answers("application/json", "br", "\x0b\x02\x80{}\x03"), wrapper.ErrMalformedResponse, little, 0},
		{"a byte order mark", answers("application/json", "", "\xef\xbb\xbf{}"), wrapper.ErrMalformedResponse, little, 0},
		{"NUL bytes", answers("application/json", "", "{}\x00\x00"), wrapper.ErrMalformedResponse, little, 0},
		{"arrays 20,000 deep", answers("application/json", "", strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)), wrapper.ErrMalformedResponse, 2 << 20, 0},
		{"objects 20,000 deep", answers("application/json", "", `{"data":`+strings.Repeat(`{"a":`, 20_000)+"1"+strings.Repeat("}", 20_001)), wrapper.ErrMalformedResponse, 4 << 20, 0},
		{"objects 7,000 deep in an error", says(failed+"\r\n"+`{"error":`+strings.Repeat(`{"error":`, 7_000)+"1"+strings.Repeat("}", 7_001), nil), wrapper.ErrServer, 4 << 20, 0},
		{"switches protocols", says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: chess\r\nConnection: Upgrade\r\n\r\n", wait), nil, little, 0},
		{"no HTTP", floods("SSH-2.0-OpenSSH_9.6\r\n", spaces()), nil, little, 0},
		{"asks to come back in a year", says("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrRateLimited, little, 0},
		{"asks to come back in an age", says("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 99999999999999999999999\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrServer, little, 0},
		{"asks to come back at once", says("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", nil), wrapper.ErrServer, little, 0},
	}
}

// answers is a success with a body that has another kind than it should have.
func answers(contentType, encoding, body string) play {
	header := "HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\n"
	if encoding != "" {
		header += "Content-Encoding: " + encoding + "\r\n"
	}
	return says(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", header, len(body), body), nil)
}

// wait reads until the client has gone.
func wait(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// says writes a text, and then does something else.
func says(text string, then play) play {
	return func(c net.Conn) {
		if _, err := io.WriteString(c, text); err == nil && then != nil {
			then(c)
		}
	}
}

// drips writes a text, and then another one every second for ever.
func drips(text, drop string) play { return says(text, every(time.Second, drop)) }

// every writes a text again and again, for ever.
func every(pause time.Duration, drop string) play {
	return func(c net.Conn) {
		for {
			time.Sleep(pause) // of the bubble
			if _, err := io.WriteString(c, drop); err != nil {
				return
			}
		}
	}
}

// floods writes a text, and then another one as fast as it is read, for ever.
func floods(text, more string) play {
	flood := []byte(more)
	return says(text, func(c net.Conn) {
		for {
			if _, err := c.Write(flood); err != nil {
				return
			}
		}
	})
}

func spaces() string { return strings.Repeat(" ", 1<<16) }

// bombs writes a text, and then as much gzip as makes most bytes of spaces, unless the
// client has enough before.
func bombs(text string) play {
	return says(text, func(c net.Conn) {
		for range most >> 20 {
			if _, err := io.WriteString(c, bomb()); err != nil {
				return
			}
		}
		if m, ok := c.(*metered); ok {
			m.n.Store(most)
		}
	})
}

// bomb is 1 MiB of spaces in 1 KiB. Members of gzip may follow each other, so that it
// can be repeated.
var bomb = sync.OnceValue(func() string {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	for range 16 {
		_, _ = io.WriteString(z, spaces())
	}
	_ = z.Close()
	return zipped.String()
})
