package stream

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
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// server is a Pepay whose streams do what a test wants, for use in a bubble.
type server struct {
	*wrapper.Client
	dials atomic.Int64
}

// serve answers upgrades with upgrade, and lists no events.
func serve(t *testing.T, upgrade http.HandlerFunc) *server {
	t.Helper()
	return serveAPI(t, upgrade, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.URL.Path, "/api/v1/events/") {
			_, _ = io.WriteString(w, `{"success":true,"data":{"id":"evt_1","object":"event","type":"t","created":1,"data":{"object":{}}}}`)
			return
		}
		_, _ = io.WriteString(w, `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`)
	})
}

// serveAPI answers upgrades with upgrade, and requests to the Events API with api.
func serveAPI(t *testing.T, upgrade, api http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	listener := memnet.Listen()
	ctx, cancel := context.WithCancel(context.Background()) // the end of requests that were hijacked
	httpServer := &http.Server{BaseContext: func(net.Listener) context.Context { return ctx }, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/ws/"):
			s.dials.Add(1)
			upgrade(w, r)
		case strings.HasPrefix(r.URL.Path, "/api/v1/events"):
			api(w, r)
		default:
			http.NotFound(w, r)
		}
	})}
	go func() { _ = httpServer.Serve(listener) }()
	transport := &http.Transport{DialContext: listener.DialContext}
	t.Cleanup(func() {
		cancel()
		transport.CloseIdleConnections()
		_ = httpServer.Close()
	})
	client, err := wrapper.New(wrapper.WithBaseURL("http://"+listener.Addr().String()), wrapper.WithAPIKey("canary-key-1"),
		wrapper.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	s.Client = client
	return s
}

// accept upgrades and hands the connection over.
func accept(f func(ctx context.Context, c *websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = c.CloseNow() }()
		f(r.Context(), c)
	}
}

// acceptRaw upgrades and hands over the connection under the WebSocket. What the
// client sends is read and dropped.
func acceptRaw(f func(ctx context.Context, conn io.Writer)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		conn, in, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		gone := make(chan struct{})
		go func() { defer close(gone); _, _ = io.Copy(io.Discard, in) }()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			base64.StdEncoding.EncodeToString(sum[:]))
		f(ctx, conn)
		select {
		case <-gone:
		case <-ctx.Done():
			_ = conn.Close()
			<-gone
		}
	}
}

func event(n int) string {
	return fmt.Sprintf(`{"id":"evt_%d","object":"event","type":"invoice.updated","created":%d,"data":{"object":{"object":"invoice","id":"i"}}}`, n, time.Now().Unix())
}

// collect ranges over the stream until it ends, for at most limit.
func collect(t *testing.T, s *Stream, limit time.Duration) (ids []string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for ev, last := range s.Events(ctx) {
		if last != nil {
			return ids, last
		}
		ids = append(ids, ev.ID)
	}
	return ids, nil
}

func TestHostileServers(t *testing.T) {
	t.Parallel()
	const patience = 10 * time.Minute
	for _, c := range []struct {
		name     string
		upgrade  http.HandlerFunc
		want     error // what the stream ends with; DeadlineExceeded: it goes on
		min, max int64 // dials
	}{
		{"accepts and says nothing", acceptRaw(func(context.Context, io.Writer) {}),
			context.DeadlineExceeded, 7, 10}, // one a minute at most, and the waits between
		{"says nothing but answers pings", accept(func(ctx context.Context, c *websocket.Conn) { _, _, _ = c.Read(ctx) }),
			context.DeadlineExceeded, 1, 1},
		{"401 for ever", status(401), ErrUnauthorized, 2, 2},
		{"403 for ever", status(403), ErrUnauthorized, 2, 2},
		{"401 that repeats the key", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `{"success":false,"error":{"code":"API_KEY_INVALID","message":"No such key `+r.Header.Get("X-Api-Key")+`"}}`)
		}, ErrUnauthorized, 2, 2},
		{"400", status(400), nil, 1, 1},
		{"404", status(404), nil, 1, 1},
		{"200 instead of an upgrade", status(200), nil, 1, 1},
		{"redirects", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/ws/elsewhere", http.StatusTemporaryRedirect)
		}, wrapper.ErrRedirect, 1, 1},
		{"503 for ever", status(503), context.DeadlineExceeded, 20, 80},
		{"429 with Retry-After", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(429)
		}, context.DeadlineExceeded, 10, 10}, // a minute of it is waited
		{"closes on every dial", accept(func(_ context.Context, c *websocket.Conn) { _ = c.Close(1001, "bye") }), context.DeadlineExceeded, 20, 80},
		{"drops on every dial", accept(func(_ context.Context, c *websocket.Conn) { _ = c.CloseNow() }), context.DeadlineExceeded, 20, 80},
		{"cuts the handshake", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, context.DeadlineExceeded, 20, 80},
		{"hangs in the handshake", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, context.DeadlineExceeded, 10, 20},
		{"closes with 1009", accept(func(_ context.Context, c *websocket.Conn) { _ = c.Close(1009, "") }), ErrFrameTooLarge, 1, 1},
		{"a frame of 64 MiB", accept(func(ctx context.Context, c *websocket.Conn) {
			w, err := c.Writer(ctx, websocket.MessageText)
			for err == nil {
				_, err = w.Write(make([]byte, 1<<20))
			}
		}), ErrFrameTooLarge, 1, 1},
		{"garbage", accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"id":`))
			_, _, _ = c.Read(ctx)
		}), context.DeadlineExceeded, 3, 3}, // the third time it is stepped over
		{"ws_error for ever", accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error","code":"INTERNAL","message":"no"}`))
		}), nil, 5, 5},
		{"a greeting, then ws_error about the key, for ever", accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_control","type":"hello"}`))
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error","code":"API_KEY_INVALID"}`))
		}), ErrUnauthorized, 2, 2},
		{"ws_error about the key for ever", accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error","code":"API_KEY_INVALID"}`))
		}), ErrUnauthorized, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, c.upgrade)
				ids, err := collect(t, Merchant(s.Client, Options{}), patience)
				if err == nil || (c.want != nil && !errors.Is(err, c.want)) || (c.want == nil && errors.Is(err, context.DeadlineExceeded)) {
					t.Errorf("ended with %v, want %v", err, c.want)
				}
				if n := s.dials.Load(); n < c.min || n > c.max || len(ids) != 0 {
					t.Errorf("%d dials, want %d to %d; events %v", n, c.min, c.max, ids)
				}
				if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "canary") {
					t.Errorf("the error shows the key: %s", text)
				}
			})
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// An event shows that the credential was good, so what follows is a first
// rejection again; but it is never without a pause.
func TestRejectionAfterEveryEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(event(int(n.Add(1))+1)))
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error","code":"API_KEY_INVALID"}`))
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		events := 0
		for _, err := range Merchant(s.Client, Options{}).Events(ctx) {
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("ended with %v", err)
				}
				break
			}
			if events++; events > 80 {
				t.Fatal("dialled again without a pause")
			}
		}
		if events < 20 {
			t.Errorf("%d events in ten minutes", events)
		}
	})
}

// A frame may be as long as the limit.
func TestReadLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		frame := strings.Replace(event(1), `"id":"i"`, `"id":"`+strings.Repeat("i", 10_000)+`"`, 1)
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(frame))
			<-ctx.Done()
		}))
		if ids, err := collect(t, Merchant(s.Client, Options{ReadLimit: int64(len(frame))}), time.Second); len(ids) != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("at the limit: %v, %v", ids, err)
		}
		if ids, err := collect(t, Merchant(s.Client, Options{ReadLimit: int64(len(frame)) - 1}), time.Minute); len(ids) != 0 || !errors.Is(err, ErrFrameTooLarge) {
			t.Errorf("beyond the limit: %v, %v", ids, err)
		}
	})
}

func TestCancellingEndsTheLoopAtOnce(t *testing.T) {
	t.Parallel()
	for name, upgrade := range map[string]http.HandlerFunc{
		"while dialling": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"while reading":  accept(func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() }),
		"while waiting":  status(503),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, upgrade)
				stream := Merchant(s.Client, Options{Backoff: Backoff{Base: time.Hour, Max: time.Hour}})
				ctx, cancel := context.WithCancel(t.Context())
				start := time.Now()
				time.AfterFunc(time.Millisecond, cancel)
				var got []error
				for _, err := range stream.Events(ctx) {
					got = append(got, err)
				}
				if len(got) != 1 || !errors.Is(got[0], context.Canceled) || time.Since(start) > 2*time.Millisecond {
					t.Errorf("after %s: %v", time.Since(start), got)
				}
				if stream.State() != StateClosed {
					t.Errorf("the stream is %s", stream.State())
				}
			})
		})
	}
}

func TestSecondEventsIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
			<-ctx.Done()
		}))
		stream := Merchant(s.Client, Options{})
		for ev, err := range stream.Events(t.Context()) {
			if err != nil || ev.ID != "evt_1" {
				t.Fatal(err)
			}
			for _, err := range stream.Events(t.Context()) {
				if !errors.Is(err, ErrRunning) {
					t.Errorf("got %v", err)
				}
			}
			break
		}
		if stream.Cursor() != "" {
			t.Errorf("the loop was left with the event in hand, and the cursor is %q", stream.Cursor())
		}
		for ev, err := range stream.Events(t.Context()) {
			if err != nil || ev.ID != "evt_1" {
				t.Errorf("the event in hand should come again: %v, %v", ev, err)
			}
			break
		}
	})
}

// What the loop's body does to the stream by panicking is not more than leaving it.
func TestPanicInTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
			<-ctx.Done()
		}))
		stream := Merchant(s.Client, Options{})
		for range 2 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				for _, err := range stream.Events(t.Context()) {
					if err == nil {
						panic("in the loop")
					}
				}
			}()
			if stream.State() != StateClosed || stream.Cursor() != "" {
				t.Errorf("%s at %q", stream.State(), stream.Cursor())
			}
		}
	})
}

// tokens is a source that counts, with tokens that live for a minute.
func tokens(minted, invalidated *atomic.Int64) wstoken.Source {
	return &countingSource{minted, invalidated}
}

type countingSource struct{ minted, invalidated *atomic.Int64 }

func (s *countingSource) Token(context.Context) (*pepay.WSToken, error) {
	return &pepay.WSToken{Token: pepay.Secret(fmt.Sprint("canary-token-", s.minted.Add(1))), ExpiresAt: pepay.Timestamp{Time: time.Now().Add(time.Minute)}}, nil
}

func (s *countingSource) Invalidate(*pepay.WSToken) bool { s.invalidated.Add(1); return true }

func TestTokens(t *testing.T) {
	t.Parallel()
	t.Run("rejected once", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var minted, invalidated atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Api-Key") != "" {
					t.Error("the API key was sent beside the token")
				}
				if r.URL.Query().Get("token") != "canary-token-2" {
					w.WriteHeader(401)
					return
				}
				accept(func(ctx context.Context, c *websocket.Conn) {
					_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
					<-ctx.Done()
				})(w, r)
			})
			ids, err := collect(t, Merchant(s.Client, Options{Source: tokens(&minted, &invalidated)}), 10*time.Second)
			if len(ids) != 1 || !errors.Is(err, context.DeadlineExceeded) || minted.Load() != 2 || invalidated.Load() != 1 {
				t.Errorf("%v, %v after %d tokens, %d invalidated", ids, err, minted.Load(), invalidated.Load())
			}
		})
	})
	t.Run("rejected for ever", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var minted, invalidated atomic.Int64
			s := serve(t, status(401))
			_, err := collect(t, Merchant(s.Client, Options{Source: tokens(&minted, &invalidated)}), time.Hour)
			if !errors.Is(err, ErrUnauthorized) || minted.Load() != 2 {
				t.Errorf("%v after %d tokens", err, minted.Load())
			}
			if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "canary") {
				t.Errorf("the error shows the token: %s", text)
			}
		})
	})
	t.Run("expired on an open stream, for ever", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var minted, invalidated atomic.Int64
			s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
				go func() { _, _, _ = c.Read(ctx) }() // answers pings
				select {
				case <-time.After(time.Minute):
				case <-ctx.Done():
				}
				_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error","code":"TOKEN_EXPIRED"}`))
			}))
			_, err := collect(t, Merchant(s.Client, Options{Source: tokens(&minted, &invalidated)}), time.Hour)
			var failure *ServerError
			if n := minted.Load(); errors.Is(err, ErrUnauthorized) || errors.As(err, &failure) || n < 30 {
				t.Errorf("%v after %d tokens", err, n)
			}
		})
	})
	t.Run("the source fails for a while", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			n := 0
			source := wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
				if n++; n < 4 {
					return nil, &wrapper.Error{StatusCode: 503}
				}
				return &pepay.WSToken{Token: "t"}, nil
			})
			s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
				_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
				<-ctx.Done()
			}))
			if ids, err := collect(t, Merchant(s.Client, Options{Source: source}), time.Minute); len(ids) != 1 {
				t.Errorf("%v, %v", ids, err)
			}
		})
	})
	t.Run("the source refuses", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			source := wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return nil, &wrapper.Error{StatusCode: 401} })
			s := serve(t, status(500))
			if _, err := collect(t, Merchant(s.Client, Options{Source: source}), time.Minute); !errors.Is(err, wrapper.ErrUnauthorized) || s.dials.Load() != 0 {
				t.Errorf("%v after %d dials", err, s.dials.Load())
			}
		})
	})
	t.Run("of a payment session", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/ws/payment" || r.URL.Query().Get("token") != "canary-session" || r.Header.Get("X-Api-Key") != "" {
					t.Errorf("got %s %v", r.URL, r.Header)
				}
				w.WriteHeader(401)
			})
			_, err := collect(t, Payment(s.Client, "canary-session", Options{}), time.Minute)
			if !errors.Is(err, ErrUnauthorized) || s.dials.Load() != 1 || strings.Contains(fmt.Sprintf("%+v %#v", err, err), "canary") {
				t.Errorf("%v after %d dials", err, s.dials.Load())
			}
		})
	})
}

// Options with impossible values end the stream before anything is dialled.
func TestBadOptionsAreNotDialled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, status(500))
		if _, err := collect(t, Merchant(s.Client, Options{OrderID: "o"}), time.Minute); !errors.Is(err, wrapper.ErrInvalidArgument) || s.dials.Load() != 0 {
			t.Errorf("%v after %d dials", err, s.dials.Load())
		}
	})
}
