package stream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// canary has characters that URLs and JSON write differently.
const canary = "canary+5f2c/91d0=7b<e8"

// given is the credential of a request.
func given(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	return r.URL.Query().Get("token")
}

// overheard is everything that a stream handed to the program.
type overheard struct {
	bytes.Buffer
	errs []error
}

func (o *overheard) hear(v any) {
	if v == nil {
		return
	}
	if err, ok := v.(error); ok {
		o.errs = append(o.errs, err)
		for err != nil { // as a program may that prints the whole chain
			fmt.Fprintf(o, "%v %+v %#v %s\n", err, err, err, err.Error())
			err = errors.Unwrap(err)
		}
	}
	fmt.Fprintf(o, "%v %+v %#v\n", v, v, v)
	encoded, _ := json.Marshal(v)
	o.Write(encoded)
}

// canaries are what must not be found.
func canaries() []string {
	return []string{canary, url.QueryEscape(canary), url.PathEscape(canary), "canary", "5f2c", `7b\u003ce8`}
}

// play follows a Pepay that says back what it was given, with the API key and with
// a token, and holds that the program hears nothing of it.
func playEcho(t *testing.T, connect func(t *testing.T, heard *overheard) (*http.Client, string), want string) {
	t.Helper()
	for credential, source := range map[string]wstoken.Source{
		"key": nil,
		"token": wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
			return &pepay.WSToken{Token: canary}, nil
		}),
	} {
		t.Run(credential, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var heard overheard
				hc, base := connect(t, &heard)
				client, err := wrapper.New(wrapper.WithBaseURL(base), wrapper.WithAPIKey(canary), wrapper.WithHTTPClient(hc))
				if err != nil {
					t.Fatal(err)
				}
				_, err = collect(t, Merchant(client, Options{
					Source: source,
					Logger: slog.New(slog.NewJSONHandler(&heard, &slog.HandlerOptions{Level: slog.LevelDebug})),
					Observer: Observer{
						OnState:   func(_ State, err error) { heard.hear(err) },
						OnResume:  func(r Resume) { heard.hear(r) },
						OnControl: func(c Control) { heard.hear(c) },
					},
				}), time.Minute)
				heard.hear(err)
				text := heard.String()
				for _, secret := range canaries() {
					if at := strings.Index(text, secret); at >= 0 {
						t.Errorf("the program heard %q", text[max(0, at-200):min(len(text), at+100)])
					}
				}
				if !strings.Contains(text, want) || !strings.Contains(text, "[redacted]") {
					t.Errorf("the program should have heard %q, redacted: %s", want, text)
				}
			})
		})
	}
}

// What comes over an open stream may repeat the credential.
func TestNoCredentialInWhatPepaySays(t *testing.T) {
	t.Parallel()
	quoted := func(secret string) string {
		encoded, _ := json.Marshal(secret) //nolint:errchkjson // a string
		return strings.Trim(string(encoded), `"`)
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		want   string
	}{
		"close reason": {func(w http.ResponseWriter, r *http.Request) { closes(4400, "bad "+given(r))(w, r) }, "4400 bad"},
		"close reason, escaped for a URL": {func(w http.ResponseWriter, r *http.Request) {
			closes(4400, "GET /ws?token="+url.QueryEscape(given(r)))(w, r)
		}, "token="},
		"close reason that is cut": {func(w http.ResponseWriter, r *http.Request) {
			closes(4400, strings.Repeat("x", 100)+given(r)[:15])(w, r)
		}, "xxx"},
		"ws_error": {func(w http.ResponseWriter, r *http.Request) {
			says(`{"object":"ws_error","code":"INTERNAL","message":"bad `+quoted(given(r))+`","request":{"token":"`+quoted(given(r))+`"}}`)(w, r)
		}, "INTERNAL: bad"},
		"ws_error, in the code": {func(w http.ResponseWriter, r *http.Request) {
			says(`{"object":"ws_error","code":"BAD_`+quoted(given(r))+`"}`)(w, r)
		}, "BAD_"},
		"ws_error, long": {func(w http.ResponseWriter, r *http.Request) {
			says(`{"object":"ws_error","code":"INTERNAL","message":"`+strings.Repeat("x", 180)+quoted(given(r))+`"}`)(w, r)
		}, "INTERNAL: xxx"},
		"ws_control": {func(w http.ResponseWriter, r *http.Request) {
			says(`{"object":"ws_control","type":"hello","`+quoted(given(r))+`":["`+quoted(given(r))+`"]}`)(w, r)
		}, "hello"},
		"text": {func(w http.ResponseWriter, r *http.Request) { says("hello "+given(r))(w, r) }, "hello"},
		"upgrade refused": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"error":"slow down","code":"LIMIT `+quoted(given(r))+`"}`)
		}, "LIMIT"},
		"subprotocol": {func(w http.ResponseWriter, r *http.Request) {
			extended("Sec-WebSocket-Protocol", url.QueryEscape(given(r)))(w, r)
		}, "Protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playEcho(t, func(t *testing.T, _ *overheard) (*http.Client, string) {
				s := serve(t, c.answer)
				return s.HTTPClient(), s.BaseURL().String()
			}, c.want)
		})
	}
}

// What net/http and the WebSocket library quote of a broken answer, too.
func TestNoCredentialInWhatLibrariesSay(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"status line":  "KEY\r\n\r\n",
		"status code":  "HTTP/1.1 KEY OK\r\n\r\n",
		"header line":  "HTTP/1.1 200 OK\r\nKEY\r\n\r\n",
		"length":       "HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\n",
		"encoding":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: KEY\r\n\r\n",
		"upgrade":      "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: KEY\r\n\r\n",
		"accept":       "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: KEY\r\n\r\n",
		"bad location": "HTTP/1.1 302 Found\r\nLocation: https://KEY:%zz/\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "[redacted]"
			playEcho(t, func(t *testing.T, heard *overheard) (*http.Client, string) {
				if name == "bad location" {
					heard.WriteString(want) // the answer's status is all that is said
				}
				listener := memnet.Listen()
				t.Cleanup(func() { _ = listener.Close() })
				go func() {
					for {
						c, err := listener.Accept()
						if err != nil {
							return
						}
						go echo(c, answer)
					}
				}()
				return &http.Client{Transport: &http.Transport{DialContext: listener.DialContext}}, "http://" + listener.Addr().String()
			}, want)
		})
	}
}

func echo(c net.Conn, answer string) {
	defer func() { _ = c.Close() }()
	if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		_, _ = io.WriteString(c, strings.ReplaceAll(answer, "KEY", given(r)))
	}
}

// Redacted errors are still what they were.
func TestRedactedErrorsKeepTheirKind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { closes(1008, "invalid token "+given(r))(w, r) })
		_, err := collect(t, Merchant(s.Client, Options{}), time.Minute)
		var closed *closeError
		if !errors.Is(err, ErrUnauthorized) || !errors.Is(err, wrapper.ErrUnauthorized) || errors.As(err, &closed) && strings.Contains(closed.reason, "canary") {
			t.Errorf("got %v, %+v", err, closed)
		}
		var failure *ServerError
		s = serve(t, func(w http.ResponseWriter, r *http.Request) {
			says(`{"object":"ws_error","code":"INTERNAL","message":"`+given(r)+`"}`)(w, r)
		})
		_, err = collect(t, Merchant(s.Client, Options{}), time.Minute)
		if !errors.As(err, &failure) || failure.Code != "INTERNAL" || bytes.Contains(failure.Raw, []byte("canary")) {
			t.Errorf("got %v, %+v", err, failure)
		}
	})
}
