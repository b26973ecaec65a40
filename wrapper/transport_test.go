package wrapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An http.Client with a cookie jar or a timeout keeps both.
func TestClientWithJarOrTimeout(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	cookies := make(chan string, 2)
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cookies <- r.Header.Get("Cookie")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
	}, WithHTTPClient(&http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}))
	for _, want := range []string{"", "a=b"} {
		if err := client.Call(t.Context(), "GET", "/x", nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := <-cookies; got != want {
			t.Errorf("sent the cookies %q, want %q", got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		slow := newTestClient(t, nil, once, WithHTTPClient(&http.Client{Timeout: time.Second, Transport: doerFunc(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}))
		start := time.Now()
		if _, err := slow.WSTokens.Mint(t.Context(), MintParams{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

// Odd transports are handled as net/http's client handles them.
func TestOddTransports(t *testing.T) {
	t.Parallel()
	attempts := 0
	neither := newTestClient(t, func(*http.Request) (*http.Response, error) { attempts++; return nil, nil })
	if _, err := neither.WSTokens.Mint(t.Context(), MintParams{}); err == nil || attempts != 1 || !strings.Contains(err.Error(), "neither an answer nor an error") {
		t.Errorf("neither: %v after %d attempts", err, attempts)
	}
	bodiless := newTestClient(t, func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 204}, nil })
	if err := bodiless.Call(t.Context(), "DELETE", "/x", nil, nil); err != nil {
		t.Errorf("no body: %v", err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	attempts = 0
	client, err := New(WithBaseURL(strings.Replace(plain.URL, "http:", "https:", 1)), WithAPIKey("key-1"),
		WithHTTPClient(&http.Client{Transport: counting(&attempts, &http.Transport{DisableKeepAlives: true})}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); !errors.Is(err, http.ErrSchemeMismatch) || attempts != 1 {
		t.Errorf("https to a plain server: %v after %d attempts", err, attempts)
	}
}

func counting(n *int, next http.RoundTripper) http.RoundTripper {
	return doerFunc(func(req *http.Request) (*http.Response, error) {
		*n++
		return next.RoundTrip(req)
	})
}

// The error of a compressed answer says so, whatever the status.
func TestCompressedAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   int
		encoding string
		want     error
	}{
		{200, "gzip", ErrMalformedResponse}, {200, "br", ErrMalformedResponse}, {200, "zstd, gzip", ErrMalformedResponse},
		{401, "gzip", ErrUnauthorized}, {503, "deflate", ErrServer},
	} {
		client := newTestClient(t, func(*http.Request) (*http.Response, error) {
			return respond(c.status, "\x1f\x8b\x08", "Content-Encoding", c.encoding), nil
		}, once)
		if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); !errors.Is(err, c.want) || !strings.Contains(err.Error(), "compressed with "+c.encoding) {
			t.Errorf("%d %s: %v", c.status, c.encoding, err)
		}
	}
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, minted, "Content-Encoding", "identity"), nil
	})
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Errorf("identity: %v", err)
	}
	for _, header := range []string{"accept-encoding", "Content-Encoding", "Expect"} {
		if _, err := client.WSTokens.Mint(t.Context(), MintParams{}, WithHeader(header, "gzip")); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v", header, err)
		}
	}
}

// Successes of every kind and whether they are decoded.
func TestSuccesses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method string
		answer       *http.Response
		ok, decoded  bool
	}{
		{"200", "GET", respond(200, `{"a":1}`), true, true},
		{"201", "POST", respond(201, `{"a":1}`), true, true},
		{"203", "GET", respond(203, `{"a":1}`), true, true},
		{"206", "GET", respond(206, `{"a":1}`), true, true},
		{"299", "GET", respond(299, `{"success":true,"data":{"a":1}}`), true, true},
		{"a kind of JSON", "GET", respond(200, `{"a":1}`, "Content-Type", "Application/Vnd.Pepay+JSON; v=1"), true, true},
		{"204", "DELETE", respond(204, ``), true, false},
		{"205", "POST", respond(205, ``), true, false},
		{"HEAD", "HEAD", respond(200, ``), true, false},
		{"200, empty", "GET", respond(200, ``), false, false},
		{"202, empty", "GET", respond(202, ``), false, false},
		{"text", "GET", respond(200, `pong`, "Content-Type", "text/plain"), false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(*http.Request) (*http.Response, error) { return c.answer, nil }, once)
			var out struct{ A int }
			err := client.Call(t.Context(), c.method, "/api/v9/x", nil, &out)
			if (err == nil) != c.ok || (out.A == 1) != c.decoded || err != nil && !errors.Is(err, ErrMalformedResponse) {
				t.Errorf("%v, decoded %+v", err, out)
			}
		})
	}
}

func TestTimeoutContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		outer, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, 1))
		for _, waits := range []bool{false, true} {
			ctx := withTimeout(outer, time.Minute)
			if waits {
				_ = ctx.Done()
			}
			derived, stop := context.WithCancel(ctx)
			if at, ok := ctx.Deadline(); !ok || time.Until(at) != time.Minute || ctx.Err() != nil || derived.Value(key{}) != 1 {
				t.Errorf("waits %t: deadline %s, %v", waits, at, ctx.Err())
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) || !errors.Is(derived.Err(), context.DeadlineExceeded) {
				t.Errorf("waits %t: %v, %v", waits, ctx.Err(), derived.Err())
			}
			ctx.end()
			stop()
		}
		late := withTimeout(outer, time.Minute)
		time.Sleep(time.Hour)
		if !errors.Is(late.Err(), context.DeadlineExceeded) {
			t.Errorf("past its time: %v", late.Err())
		}
		ended := withTimeout(outer, time.Minute)
		ended.end()
		start := time.Now()
		<-ended.Done()
		if ended.Err() == nil || time.Since(start) != 0 {
			t.Error("an attempt that is over has a context that is not")
		}
		nearer, stop := context.WithTimeout(outer, time.Second)
		defer stop()
		if at, _ := withTimeout(nearer, time.Minute).Deadline(); time.Until(at) != time.Second {
			t.Errorf("the caller's deadline is nearer, got %s", time.Until(at))
		}
		open, waited := withTimeout(outer, time.Minute), withTimeout(outer, time.Minute)
		done := waited.Done()
		cancel()
		<-done
		if !errors.Is(open.Err(), context.Canceled) || !errors.Is(waited.Err(), context.Canceled) {
			t.Errorf("cancelled outside: %v, %v", open.Err(), waited.Err())
		}
		open.end()
		waited.end()
	})
}

// The caller's own trace hears of connections, too.
func TestTraceOfTheCaller(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, minted)
	}))
	defer server.Close()
	client, err := New(WithBaseURL(server.URL), WithAPIKey("key-1"), WithHTTPClient(server.Client()))
	if err != nil {
		t.Fatal(err)
	}
	heard := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { heard++ }})
	for range maxConnections + 2 { // calls do not add up
		if _, err := client.WSTokens.Mint(ctx, MintParams{}); err != nil {
			t.Fatal(err)
		}
	}
	if heard != maxConnections+2 {
		t.Errorf("heard of %d connections", heard)
	}
}

// A body type that net/http does not know costs a goroutine and a copy per request.
func TestRequestBodyIsOneThatNetHTTPKnows(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		if got, want := fmt.Sprintf("%T", req.Body), fmt.Sprintf("%T", io.NopCloser(bytes.NewReader(nil))); got != want {
			t.Errorf("the body is a %s, want %s", got, want)
		}
		return respond(200, minted), nil
	})
	if _, err := client.WSTokens.Mint(t.Context(), MintParams{}); err != nil {
		t.Fatal(err)
	}
}
