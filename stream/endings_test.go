package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// opensOnce is a Pepay whose first upgrade succeeds, brings an event and closes;
// the ones after it do something else.
func opensOnce(then http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			accept(func(ctx context.Context, c *websocket.Conn) {
				_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
				_ = c.Close(1001, "deployment")
			})(w, r)
			return
		}
		then(w, r)
	}
}

// recovers is like opensOnce, and all is well again after one such answer.
func recovers(once http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return opensOnce(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			once(w, r)
			return
		}
		accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(event(2)))
			_, _, _ = c.Read(ctx)
		})(w, r)
	})
}

func closes(code websocket.StatusCode, reason string) http.HandlerFunc {
	return accept(func(_ context.Context, c *websocket.Conn) { _ = c.Close(code, reason) })
}

func says(frame string) http.HandlerFunc {
	return accept(func(ctx context.Context, c *websocket.Conn) { _ = c.Write(ctx, websocket.MessageText, []byte(frame)) })
}

// extended is a 101 with a header that nobody asked for.
func extended(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		accept(func(context.Context, *websocket.Conn) {})(w, r)
	}
}

// The table of endings, played by a server that does the same for ever: before the
// first upgrade has succeeded, after it, and once in between.
func TestEndings(t *testing.T) {
	t.Parallel()
	const forever = -1
	for _, c := range []struct {
		name          string
		answer        http.HandlerFunc
		before, after int   // dials until the end
		want          error // that it ends with, if it does; nil for any
		keepsOn       bool  // when it happens once
	}{
		{"401", status(401), 2, 2, ErrUnauthorized, true},
		{"403", status(403), 2, 2, wrapper.ErrUnauthorized, true},
		{"close 4401", closes(4401, ""), 2, 2, ErrUnauthorized, true},
		{"close 4403", closes(4403, "no"), 2, 2, ErrUnauthorized, true},
		{"1008 about the token", closes(1008, "token revoked"), 2, 2, ErrUnauthorized, true},
		{"another close about the key", closes(4000, "invalid API key"), 2, 2, ErrUnauthorized, true},
		{"ws_error about the token", says(`{"object":"ws_error","code":"TOKEN_REVOKED"}`), 2, 2, ErrUnauthorized, true},
		{"1008", closes(1008, ""), 40, 40, nil, true},
		{"1008 about the cursor", closes(1008, "cursor too old"), 40, 40, nil, true},
		{"400", status(400), 1, 41, wrapper.ErrInvalidRequest, true}, // one without since, which does not count
		{"404", status(404), 1, 40, wrapper.ErrNotFound, true},
		{"200", status(200), 1, 40, nil, true},
		{"302", status(302), 1, 40, wrapper.ErrRedirect, true},
		{"410", status(410), 1, 40, wrapper.ErrGone, true},
		{"421", status(421), 1, 40, nil, true},
		{"501", status(501), 1, 40, wrapper.ErrServer, true},
		{"505", status(505), 1, 40, wrapper.ErrServer, true},
		{"408", status(408), forever, forever, nil, true},
		{"429", status(429), forever, forever, nil, true},
		{"503", status(503), forever, forever, nil, true},
		{"an extension", extended("Sec-WebSocket-Extensions", "permessage-deflate"), 1, 1, nil, false},
		{"a subprotocol", extended("Sec-WebSocket-Protocol", "graphql-ws"), 1, 1, nil, false},
		{"1009", closes(1009, ""), 1, 1, ErrFrameTooLarge, false},
		{"1000", closes(1000, ""), forever, forever, nil, true},
		{"1011", closes(1011, "oops"), forever, forever, nil, true},
		{"ws_error", says(`{"object":"ws_error","code":"INTERNAL"}`), 5, 5, nil, true},
		{"a cut frame", says(`{"object":"event","id":`), forever, forever, nil, true},
		{"a lost connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, forever, forever, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			play := func(t *testing.T, upgrade http.HandlerFunc, opened, dials int) {
				t.Helper()
				synctest.Test(t, func(t *testing.T) {
					s := serve(t, upgrade)
					_, err := collect(t, Merchant(s.Client, Options{}), 30*time.Minute)
					n := int(s.dials.Load()) - opened
					switch {
					case dials == forever && (!errors.Is(err, context.DeadlineExceeded) || n < 50):
						t.Errorf("ended with %v after %d dials, want it to go on", err, n)
					case dials != forever && (err == nil || errors.Is(err, context.DeadlineExceeded) || n != dials || c.want != nil && !errors.Is(err, c.want)):
						t.Errorf("ended with %v after %d dials, want %v after %d", err, n, c.want, dials)
					}
				})
			}
			t.Run("before", func(t *testing.T) { t.Parallel(); play(t, c.answer, 0, c.before) })
			t.Run("after", func(t *testing.T) { t.Parallel(); play(t, opensOnce(c.answer), 1, c.after) })
			t.Run("once", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := serve(t, recovers(c.answer))
					ids, err := collect(t, Merchant(s.Client, Options{}), 10*time.Minute)
					if want := []string{"evt_1", "evt_2"}; c.keepsOn && (!slices.Equal(ids, want) || !errors.Is(err, context.DeadlineExceeded)) {
						t.Errorf("got %v, %v, want %v", ids, err, want)
					}
				})
			})
		})
	}
}

// What a token source says has a row of its own.
func TestEndingsOfTheSource(t *testing.T) {
	t.Parallel()
	const forever = -1
	for _, c := range []struct {
		name          string
		err           error
		before, after int // calls until the end
	}{
		{"400", &wrapper.Error{StatusCode: 400}, 1, 2},
		{"401", &wrapper.Error{StatusCode: 401}, 1, 2},
		{"403", fmt.Errorf("minting: %w", &wrapper.Error{StatusCode: 403}), 1, 2},
		{"no credential", wrapper.ErrNoCredential, 1, 2},
		{"no token", nil, 1, 2},
		{"404", &wrapper.Error{StatusCode: 404}, 1, 40},
		{"503", &wrapper.Error{StatusCode: 503}, forever, forever},
		{"of the user's", errors.New("vault is sealed"), forever, forever},
	} {
		for column, opened := range map[string]bool{"before": false, "after": true} {
			t.Run(c.name+"/"+column, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := serve(t, opensOnce(status(500)))
					calls, ok := 0, opened
					source := wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
						if ok {
							ok = false
							return &pepay.WSToken{Token: "a-token-of-the-source"}, nil
						}
						calls++
						return nil, c.err
					})
					_, err := collect(t, Merchant(s.Client, Options{Source: source}), time.Hour)
					want := c.before
					if opened {
						want = c.after
					}
					goesOn := errors.Is(err, context.DeadlineExceeded)
					if want == forever && (!goesOn || calls < 100) || want != forever && (goesOn || calls != want || c.err != nil && !errors.Is(err, c.err)) {
						t.Errorf("ended with %v after %d calls, want %d", err, calls, want)
					}
					if opened != (s.dials.Load() > 0) {
						t.Errorf("%d dials", s.dials.Load())
					}
				})
			})
		}
	}
}

// After a 400, one dial leaves since out: the cursor may be what is wrong. The
// Events API says what was missed.
func TestBadRequestLeavesSinceOutOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var since []string
		s := serve(t, opensOnce(func(w http.ResponseWriter, r *http.Request) {
			since = append(since, r.URL.Query().Get("since"))
			w.WriteHeader(http.StatusBadRequest)
		}))
		_, _ = collect(t, Merchant(s.Client, Options{}), time.Hour)
		if want := []string{"evt_1", "", "evt_1", "evt_1"}; len(since) < 4 || !slices.Equal(since[:4], want) {
			t.Errorf("asked for a replay since %q, want %q", since, want)
		}
	})
}

// A close without a reason of its own may mean the token: each dial takes another.
func TestPolicyCloseDropsTheToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var minted, invalidated atomic.Int64
		s := serve(t, closes(1008, ""))
		_, err := collect(t, Merchant(s.Client, Options{Source: tokens(&minted, &invalidated)}), time.Hour)
		if invalidated.Load() != maxBounded || errors.Is(err, ErrUnauthorized) {
			t.Errorf("%d tokens dropped, %v", invalidated.Load(), err)
		}
	})
}

// A stream of a quiet account does not end because connections end: one that was
// open for long and answered a ping clears every count, and the back-off.
func TestHealthyConnectionClearsTheCounts(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context, *websocket.Conn){
		"1008": func(_ context.Context, c *websocket.Conn) { _ = c.Close(1008, "") },
		"ws_error": func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(`{"object":"ws_error"}`))
		},
		"close about the token":   func(_ context.Context, c *websocket.Conn) { _ = c.Close(4401, "token expired") },
		"1001, as a proxy would":  func(_ context.Context, c *websocket.Conn) { _ = c.Close(1001, "") },
		"an end without goodbyes": func(context.Context, *websocket.Conn) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
					quiet, cancel := context.WithTimeout(ctx, time.Minute)
					defer cancel()
					reading := make(chan struct{})
					go func() { defer close(reading); _, _, _ = c.Read(ctx) }() // answers pings
					<-quiet.Done()
					end(ctx, c)
					_ = c.CloseNow()
					<-reading
				}))
				var longest time.Duration
				var since time.Time
				o := Options{Observer: Observer{OnState: func(state State, _ error) {
					if state == StateWaiting {
						since = time.Now()
					} else if state == StateConnecting && !since.IsZero() {
						longest = max(longest, time.Since(since))
					}
				}}}
				_, err := collect(t, Merchant(s.Client, o), 2*time.Hour)
				if n := s.dials.Load(); !errors.Is(err, context.DeadlineExceeded) || n < 100 {
					t.Errorf("ended with %v after %d dials", err, n)
				}
				if longest > 500*time.Millisecond {
					t.Errorf("the longest wait was %s", longest)
				}
			})
		})
	}
}

// A quiet connection behind a proxy that cuts at 60 s is no failure, whatever the
// idle limit: the first ping comes early.
func TestFirstPingComesBeforeResetAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			_, _, _ = c.Read(ctx)
		}))
		_, err := collect(t, Merchant(s.Client, Options{IdleTimeout: time.Hour}), 2*time.Hour)
		if n := s.dials.Load(); !errors.Is(err, context.DeadlineExceeded) || n < 115 {
			t.Errorf("ended with %v after %d dials, want two hours of one a minute", err, n)
		}
	})
}

// A frame that cannot be read is redialled for twice. The third time the stream
// goes on behind it and says that something may be missing.
func TestUnreadableFrameIsSteppedOver(t *testing.T) {
	t.Parallel()
	play := func(t *testing.T, o Options) (ids []string, resumes []Resume, dials int64, err error) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
				for _, frame := range []string{event(1), `{"object":"event","id":7`, event(2), event(3)} {
					_ = c.Write(ctx, websocket.MessageText, []byte(frame))
				}
				_, _, _ = c.Read(ctx)
			}))
			o.Observer.OnResume = func(r Resume) { resumes = append(resumes, r) }
			ids, err = collect(t, Merchant(s.Client, o), 5*time.Minute)
			dials = s.dials.Load()
		})
		return ids, resumes, dials, err
	}
	ids, resumes, dials, err := play(t, Options{})
	if want := []string{"evt_1", "evt_2", "evt_3"}; !slices.Equal(ids, want) || dials != 3 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v over %d dials, %v", ids, dials, err)
	}
	gaps := slices.DeleteFunc(resumes, func(r Resume) bool { return !r.Gap })
	if len(gaps) != 1 || !strings.Contains(gaps[0].Reason, "evt_1") {
		t.Errorf("gaps %+v", gaps)
	}
	ids, _, dials, err = play(t, Options{StopOnGap: true})
	if !slices.Equal(ids, []string{"evt_1"}) || dials != 3 || !errors.Is(err, ErrGap) {
		t.Errorf("with StopOnGap: %v over %d dials, %v", ids, dials, err)
	}
}

// A 101 whose body cannot be written comes from the program's own transport.
func TestTransportThatHidesWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) { _, _, _ = c.Read(ctx) }))
		hiding := &hidingTransport{next: s.Client.HTTPClient().Transport}
		client, err := s.With(wrapper.WithAPIKey("canary-key-1"), wrapper.WithHTTPClient(&http.Client{Transport: hiding}))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = collect(t, Merchant(client, Options{}), time.Hour)
		if err == nil || !strings.Contains(err.Error(), "RoundTripper") || !strings.Contains(err.Error(), "Write") || time.Since(start) > time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

type hidingTransport struct{ next http.RoundTripper }

func (h *hidingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct{ io.ReadCloser }{resp.Body}
	}
	return resp, err
}

// A frame may take longer to arrive than IdleTimeout, as long as bytes come.
func TestSlowFrame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, acceptRaw(func(ctx context.Context, conn io.Writer) {
			payload := strings.Replace(event(1), `"id":"i"`, `"id":"`+strings.Repeat("i", 60_000)+`"`, 1)
			frame := append([]byte{0x81, 126, byte(len(payload) >> 8), byte(len(payload))}, payload...)
			for len(frame) > 0 {
				n := min(len(frame), 1000)
				if _, err := conn.Write(frame[:n]); err != nil {
					return
				}
				frame = frame[n:]
				_ = sleep(ctx, 20*time.Second, nil)
			}
		}))
		ids, err := collect(t, Merchant(s.Client, Options{}), 20*time.Minute+30*time.Second)
		if len(ids) != 1 || s.dials.Load() != 1 {
			t.Errorf("got %v, %v over %d dials", ids, err, s.dials.Load())
		}
	})
}

// Pepay's Retry-After is waited for, up to a minute of it, whoever was asked.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	asked := func(d time.Duration) error { return &wrapper.Error{StatusCode: 429, RetryAfter: d} }
	for _, c := range []struct {
		name       string
		retryAfter time.Duration
		floor      time.Duration
	}{
		{"short", 10 * time.Second, 10 * time.Second},
		{"two minutes", 2 * time.Minute, time.Minute},
		{"a day", 24 * time.Hour, time.Minute},
		{"negative", -time.Hour, 0},
	} {
		for origin, source := range map[string]wstoken.Source{
			"upgrade": nil,
			"mint":    wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return nil, asked(c.retryAfter) }),
			"wrapped": wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
				return nil, fmt.Errorf("backend: %w", asked(c.retryAfter))
			}),
			"another": wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return nil, busyError{c.retryAfter} }),
		} {
			t.Run(c.name+"/"+origin, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
						w.Header().Set("Retry-After", fmt.Sprint(int(c.retryAfter.Seconds())))
						w.WriteHeader(http.StatusTooManyRequests)
					})
					var at []time.Time
					o := Options{Source: source, Backoff: Backoff{Max: time.Second}, Observer: Observer{OnState: func(state State, err error) {
						if state == StateConnecting {
							at = append(at, time.Now())
						}
						if state == StateWaiting && retryAfterOf(err) != max(0, c.retryAfter) {
							t.Errorf("the observer heard %v", err)
						}
					}}}
					stream := Merchant(s.Client, o)
					waking := time.AfterFunc(time.Second, stream.Wake) // does not shorten it
					defer waking.Stop()
					_, _ = collect(t, stream, 10*time.Minute)
					if len(at) < 5 {
						t.Fatalf("%d attempts", len(at))
					}
					for i := range len(at) - 1 {
						if wait := at[i+1].Sub(at[i]); wait < c.floor || wait > c.floor+2*time.Second {
							t.Errorf("waited %s, want %s", wait, c.floor)
						}
					}
				})
			})
		}
	}
}

type busyError struct{ wait time.Duration }

func (busyError) Error() string               { return "busy" }
func (e busyError) RetryAfter() time.Duration { return e.wait }

func TestWake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, status(503))
		stream := Merchant(s.Client, Options{Backoff: Backoff{Base: 10 * time.Hour, Max: 10 * time.Hour}})
		stream.Wake() // nobody waits
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() {
			for _, err := range stream.Events(ctx) {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("ended with %v", err)
				}
			}
		})
		for n := range 5 {
			synctest.Wait()
			if dials := s.dials.Load(); int(dials) != n+1 || stream.State() != StateWaiting {
				t.Errorf("%d dials after waking %d times, %s", dials, n, stream.State())
			}
			stream.Wake()
			stream.Wake()
		}
		cancel()
		done.Wait()
	})
}
