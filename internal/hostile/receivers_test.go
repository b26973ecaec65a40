package hostile_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// receiver is a server of ours that strangers can reach.
type receiver struct {
	path    string
	handler http.Handler
	handled *atomic.Int64 // deliveries that got through, or tokens that were given out
}

// timeouts are those that webhook.Verifier.Handler and wstoken.Handler ask for.
const timeouts = 10 * time.Second

func webhookReceiver(t *testing.T) receiver {
	t.Helper()
	verifier, err := webhook.NewVerifier("whsec_hostile")
	if err != nil {
		t.Fatal(err)
	}
	handled := &atomic.Int64{}
	return receiver{"/webhooks", verifier.Handler(func(context.Context, *pepay.Event) error { handled.Add(1); return nil }), handled}
}

func tokenReceiver(t *testing.T) receiver {
	t.Helper()
	handled := &atomic.Int64{}
	source := wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
		handled.Add(1)
		return &pepay.WSToken{Token: "t", ExpiresAt: pepay.Timestamp{Time: time.Now().Add(time.Minute)}}, nil
	})
	authorize := func(r *http.Request) (pepay.WSTokenScope, error) {
		if _, err := io.ReadAll(r.Body); err != nil { // as an application that looks into it
			return "", err
		}
		return pepay.WSTokenScopeMerchant, nil
	}
	return receiver{"/token", wstoken.Handler(func(pepay.WSTokenScope) wstoken.Source { return source }, authorize), handled}
}

// signed is a signature of the right form, which passes for one until the body is there.
var signed = "X-Pepay-Timestamp: 946684800000\r\nX-Pepay-Signature: " + strings.Repeat("ab", 32) + "\r\n"

// What a stranger sends to our receivers is answered, or cut off, in bounded time,
// after a bounded number of bytes, in bounded memory.
func TestHostileDeliveries(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	const (
		little = 256 << 10
		body   = 6 << 20 // a body of 1 MiB, which doubles as it grows
	)
	for _, c := range []struct {
		name   string
		text   string // after the request line and Host
		play   play
		status string // of the answers, one for each receiver; "" for none
		within time.Duration
		bytes  int64 // the most that is read
		memory uint64
	}{
		{"slow header", "X-Slow: ", drips("", "a"), "", timeouts, 4 << 10, little},
		{"endless header", "X-Long: ", floods("", spaces()), "431", time.Second, 3 << 20, body},
		{"header flood", "", floods("", strings.Repeat("X-Flood: a\r\n", 1000)), "431", time.Second, 3 << 20, 16 << 20},
		{"slow body, signed", signed + "Content-Length: 1000\r\n\r\n", drips("", " "), "503 400", timeouts, 4 << 10, little},
		{"slow body, not signed", "Content-Length: 1000\r\n\r\n", drips("", " "), "400", timeouts, 4 << 10, little},
		{"stops in mid-body", signed + "Content-Length: 1000\r\n\r\n{", wait, "503 400", timeouts, 4 << 10, little},
		{"announces 4 EiB", signed + "Content-Length: 4611686018427387904\r\n\r\n{", wait, "503 400", timeouts, 4 << 10, little},
		{"endless body, signed", signed + "Transfer-Encoding: chunked\r\n\r\n", floods("", "10000\r\n"+spaces()+"\r\n"), "413 413", time.Second, 2 << 20, body},
		{"endless body, not signed", "Transfer-Encoding: chunked\r\n\r\n", floods("", "10000\r\n"+spaces()+"\r\n"), "400 413", time.Second, 1 << 20, little},
		{"a chunk without a size", signed + "Transfer-Encoding: chunked\r\n\r\nx\r\n", wait, "503 400", time.Second, 4 << 10, little},
		{"a body and two lengths", signed + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", wait, "400", time.Second, 4 << 10, little},
		{"a forged signature", signed + "Content-Length: 2\r\n\r\n{}", wait, "400 200", timeouts, 4 << 10, little},
		{"a thousand signatures", strings.Repeat(signed, 1000) + "Content-Length: 2\r\n\r\n{}", wait, "400 200", timeouts, 256 << 10, 4 << 20},
	} {
		for i, made := range []func(*testing.T) receiver{webhookReceiver, tokenReceiver} {
			t.Run(fmt.Sprint(c.name, "/", i), func(t *testing.T) { //nolint:paralleltest // as above
				synctest.Test(t, func(t *testing.T) {
					r := made(t)
					server := &http.Server{Handler: r.handler, ReadTimeout: timeouts, ErrorLog: discard()}
					listener := memnet.Listen()
					go func() { _ = server.Serve(listener) }()
					t.Cleanup(func() { _ = server.Close() })
					before := allocated()
					status, sent, took := knock(t, listener, "POST "+r.path+" HTTP/1.1\r\nHost: localhost\r\n"+c.text, c.play)
					used := allocated() - before
					want := strings.Fields(c.status + " ")
					switch {
					case len(want) == 0 && status != "", len(want) == 1 && status != want[0], len(want) == 2 && status != want[i]:
						t.Errorf("answered %q, want %v", status, want)
					case took > c.within:
						t.Errorf("took %s, want at most %s", took, c.within)
					case sent > c.bytes:
						t.Errorf("%d KiB were read, want at most %d", sent>>10, c.bytes>>10)
					case used > c.memory:
						t.Errorf("allocated %d KiB, want at most %d", used>>10, c.memory>>10)
					}
					if r.handled.Load() > 0 && status != "200" {
						t.Error("it got through")
					}
					t.Logf("%s after %s, %d bytes read, %d KiB", status, took, sent, used>>10)
				})
			})
		}
	}
}

// knock sends a text, plays, and waits for the answer or the end of the connection.
func knock(t *testing.T, listener *memnet.Listener, text string, p play) (status string, sent int64, took time.Duration) {
	t.Helper()
	start := time.Now()
	raw, err := listener.Dial()
	if err != nil {
		t.Fatal(err)
	}
	conn := bounded(raw)
	sending := make(chan struct{})
	answered := make(chan struct{})
	go func() {
		defer close(sending)
		says(text, func(c net.Conn) { p(readless{c, answered}) })(conn)
	}()
	resp, err := http.ReadResponse(bufio.NewReader(raw), nil)
	if err == nil {
		status = resp.Status[:3]
		_ = resp.Body.Close()
	}
	took = time.Since(start)
	close(answered)
	_ = raw.Close()
	<-sending
	time.Sleep(time.Second) // of the bubble: net/http waits before it closes
	return status, conn.n.Load(), took
}

// Hundreds of strangers who announce 1 MiB each and send nothing take little memory.
func TestManyHostileDeliveries(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	synctest.Test(t, func(t *testing.T) {
		r := webhookReceiver(t)
		server := &http.Server{Handler: r.handler, ReadTimeout: timeouts, ErrorLog: discard()}
		listener := memnet.Listen()
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
		const strangers = 300
		before, start := allocated(), time.Now()
		statuses := make(chan string)
		for range strangers {
			go func() {
				status, _, _ := knock(t, listener, "POST / HTTP/1.1\r\nHost: localhost\r\n"+signed+"Content-Length: 1048576\r\n\r\n", wait)
				statuses <- status
			}()
		}
		for range strangers {
			if status := <-statuses; status != "503" {
				t.Fatalf("answered %s", status)
			}
		}
		if used, took := allocated()-before, time.Since(start); used > strangers*(128<<10) || took > timeouts+time.Second {
			t.Errorf("%d KiB each, %s", used>>10/strangers, took)
		}
	})
}

// The simulator is a server, too: it is reached by whoever reaches the machine.
func TestHostileRequestsToTheSimulator(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for _, c := range []struct {
		name   string
		text   string
		play   play
		status string
		within time.Duration
		bytes  int64
		memory uint64
	}{
		{"slow header", "X-Slow: ", drips("", "a"), "", 30 * time.Second, 4 << 10, 768 << 10},
		{"header flood", "", floods("", strings.Repeat("X-Flood: a\r\n", 100)), "431", time.Second, 256 << 10, 2 << 20},
		{"slow body", "Content-Length: 1000\r\n\r\n", drips("", " "), "400", 30 * time.Second, 4 << 10, 768 << 10},
		{"stops in mid-body", "Content-Length: 1000\r\n\r\n{", wait, "400", 30 * time.Second, 4 << 10, 768 << 10},
		{"announces 4 EiB", "Content-Length: 4611686018427387904\r\n\r\n{", wait, "400", 30 * time.Second, 4 << 10, 768 << 10},
		{"endless body", "Transfer-Encoding: chunked\r\n\r\n", floods("", "10000\r\n"+spaces()+"\r\n"), "413", time.Second, 80 << 20, 16 << 20}, // the rest is read, so that the client sees the answer
	} {
		t.Run(c.name, func(t *testing.T) { //nolint:paralleltest // as above
			synctest.Test(t, func(t *testing.T) {
				listener := memnet.Listen()
				s := pepaytest.NewServer(t, pepaytest.WithListener(listener))
				before := allocated()
				status, sent, took := knock(t, listener, "POST /api/v1/ws/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Api-Key: "+s.APIKey()+"\r\n"+c.text, c.play)
				used := allocated() - before
				if status != c.status || took > c.within || sent > c.bytes || used > c.memory {
					t.Errorf("answered %q after %s and %d KiB, allocated %d KiB", status, took, sent>>10, used>>10)
				}
			})
		})
	}
}
