package pepaytest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// Each fault, as a client that knows nothing of it sees the next six events.
func TestFaultsOfAnOpenStream(t *testing.T) {
	t.Parallel()
	cases := []struct {
		spec  string
		fault pepaytest.Fault
		want  string // numbers of the events that arrive; then how it ends, or rest
	}{
		{"drop-after=0", pepaytest.DropAfter(0), "EOF"},
		{"drop-after=3", pepaytest.DropAfter(3), "1 2 3 EOF"},
		{"reset-after=0", pepaytest.ResetAfter(0), "reset"},
		{"reset-after=2", pepaytest.ResetAfter(2), "1 2 reset"},
		{"silent-after=0", pepaytest.SilentAfter(0), "rest"},
		{"silent-after=4", pepaytest.SilentAfter(4), "1 2 3 4 rest"},
		{"duplicate-after=1", pepaytest.DuplicateAfter(1), "1 1 2 3 4 5 6 rest"},
		{"duplicate-after=6", pepaytest.DuplicateAfter(6), "1 2 3 4 5 6 6 rest"},
		{"reorder-after=0", pepaytest.ReorderAfter(0), "2 1 3 4 5 6 rest"},
		{"reorder-after=3", pepaytest.ReorderAfter(3), "1 2 3 5 4 6 rest"},
		{"reorder-after=5", pepaytest.ReorderAfter(5), "1 2 3 4 5 rest"},
		{"late-after=0,by=1", pepaytest.LateAfter(0, 1), "2 1 3 4 5 6 rest"},
		{"late-after=1,by=3", pepaytest.LateAfter(1, 3), "1 3 4 5 2 6 rest"},
		{"late-after=1,by=4", pepaytest.LateAfter(1, 4), "1 3 4 5 6 2 rest"},
		{"late-after=1,by=5", pepaytest.LateAfter(1, 5), "1 3 4 5 6 rest"},
		{"odd-field-after=1,field=created,value=\"today\"", pepaytest.OddFieldAfter(1, "created", `"today"`), "1 2[created \"today\"] 3 4 5 6 rest"},
		{"odd-field-after=0,field=livemode,value=", pepaytest.OddFieldAfter(0, "livemode", ""), "1[livemode -] 2 3 4 5 6 rest"},
		{"odd-field-after=1,field=request.id,value={\"a\":1,\"b\":2}", pepaytest.OddFieldAfter(1, "request.id", `{"a":1,"b":2}`), `1 2[request {"id":{"a":1,"b":2}}] 3 4 5 6 rest`},
		{"text-frame-after=0,body=ping", pepaytest.TextFrameAfter(0, "ping"), "ping 1 2 3 4 5 6 rest"},
		{"text-frame-after=6,body={\"object\":\"hello\",\"n\":1}", pepaytest.TextFrameAfter(6, `{"object":"hello","n":1}`), `1 2 3 4 5 6 {"object":"hello","n":1} rest`},
		{"binary-frame-after=2,body=ab", pepaytest.BinaryFrameAfter(2, []byte("ab")), "1 2 binary:ab 3 4 5 6 rest"},
		{"slow-frame-after=1,over=900ms", pepaytest.SlowFrameAfter(1, 900*time.Millisecond), "1 2 3 4 5 6 rest"},
		{"close-after=1,code=1008,message=token revoked", pepaytest.CloseReasonAfter(1, 1008, "token revoked"), "1 closed 1008"},
		{"skip-after=0", pepaytest.SkipAfter(0), "2 3 4 5 6 rest"},
		{"skip-after=5", pepaytest.SkipAfter(5), "1 2 3 4 5 rest"},
		{"truncated-frame-after=0", pepaytest.TruncatedFrameAfter(0), "cut 2 3 4 5 6 rest"},
		{"truncated-frame-after=2", pepaytest.TruncatedFrameAfter(2), "1 2 cut 4 5 6 rest"},
		{"cut-frame-after=0", pepaytest.CutFrameAfter(0), "broken"},
		{"cut-frame-after=3", pepaytest.CutFrameAfter(3), "1 2 3 broken"},
		{"oversized-frame-after=1,bytes=100000", pepaytest.OversizedFrameAfter(1, 100_000), "1 2(100000) 3 4 5 6 rest"},
		{"oversized-frame-after=1,bytes=1", pepaytest.OversizedFrameAfter(1, 1), "1 2 3 4 5 6 rest"},
		{"close-after=0,code=1013", pepaytest.CloseAfter(0, 1013), "closed 1013"},
		{"close-after=2,code=4321", pepaytest.CloseAfter(2, 4321), "1 2 closed 4321"},
		{"close-after=2,code=1005", pepaytest.CloseAfter(2, websocket.StatusNoStatusRcvd), "1 2 closed 1005"},
		{"ws-error-after=0,code=A,message=b", pepaytest.WSErrorAfter(0, "A", "b"), `{"object":"ws_error","code":"A","message":"b"} closed 1008`},
		{"ws-error-after=1,code=A", pepaytest.WSErrorAfter(1, "A", "Simulated failure"), `1 {"object":"ws_error","code":"A","message":"Simulated failure"} closed 1008`},
	}
	for _, tc := range cases {
		for form, add := range map[string]func(*pepaytest.Faults) *pepaytest.Rule{
			"in Go": func(f *pepaytest.Faults) *pepaytest.Rule { return f.On(merchantID, tc.fault, pepaytest.Next(1)) },
			"as text": func(f *pepaytest.Faults) *pepaytest.Rule {
				rule, err := f.Add(merchantID + ":next=1," + tc.spec)
				if err != nil {
					t.Fatal(err)
				}
				return rule
			},
		} {
			t.Run(tc.spec+" "+form, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T, s *pepaytest.Server) {
					rule := add(s.Faults())
					for _, want := range []string{tc.want, "1 2 3 4 5 6 rest"} { // the second connection is spared
						start := emit(s, pepay.EventInvoiceUpdated)
						emitN(s, 6)
						if got := observe(openMerchant(t, s, "since="+start.ID)); got != want {
							t.Errorf("got  %s\nwant %s", got, want)
						}
					}
					if rule.Hits() != 1 {
						t.Errorf("%d hits", rule.Hits())
					}
				})
			})
		}
	}
}

// observe reads to the end, or until nothing comes for a second.
func observe(c *client) string {
	var seen []string
	for {
		ctx, cancel := context.WithTimeout(c.t.Context(), time.Second)
		kind, data, err := c.Read(ctx)
		cancel()
		var closed websocket.CloseError
		switch {
		case asClose(err, &closed):
			return sprint(strings.Join(append(seen, "closed"), " "), int(closed.Code))
		case errors.Is(err, context.DeadlineExceeded):
			return strings.Join(append(seen, "rest"), " ")
		case errors.Is(err, syscall.ECONNRESET):
			return strings.Join(append(seen, "reset"), " ")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return strings.Join(append(seen, "broken"), " ")
		case errors.Is(err, io.EOF):
			return strings.Join(append(seen, "EOF"), " ")
		case err != nil:
			return strings.Join(append(seen, err.Error()), " ")
		}
		if kind == websocket.MessageBinary {
			seen = append(seen, "binary:"+string(data))
			continue
		}
		seen = append(seen, describe(data))
	}
}

// describe names an event of emitN by its number.
func describe(data []byte) string {
	var ev pepay.Event
	if json.Unmarshal(data, &ev) != nil {
		if strings.HasPrefix(string(data), `{"api_version"`) {
			return "cut"
		}
		return string(data)
	}
	if ev.Object != "event" {
		return string(data)
	}
	_, id, _ := ev.Resource()
	number := string(id[len(id)-1] + 1) // inv-0 is the first
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(data, &fields)
	for name, documented := range map[string]string{"created": `^\d+$`, "livemode": "^false$", "request": "^$"} {
		if value := string(fields[name]); !regexp.MustCompile(documented).MatchString(value) {
			return number + "[" + name + " " + cmp.Or(value, "-") + "]"
		}
	}
	if len(data) > 10_000 {
		return number + "(" + sprint(len(data)) + ")"
	}
	return number
}

// The same over TCP, where a FIN, a RST and silence are the kernel's.
func TestEndsOverTCP(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"drop-after=1":            "1 EOF",
		"reset-after=1":           "1 reset",
		"cut-frame-after=1":       "1 broken",
		"close-after=1,code=1012": "1 closed 1012",
		"ws-error-after=1,code=A": `1 {"object":"ws_error","code":"A","message":"Simulated failure"} closed 1008`,
	} {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			if _, err := s.Faults().Add("*:" + spec); err != nil {
				t.Fatal(err)
			}
			start := emit(s, pepay.EventInvoiceUpdated)
			emitN(s, 2)
			if got := observe(openMerchant(t, s, "since="+start.ID)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.SilentAfter(1), pepaytest.Next(1))
		silent, talking := openMerchant(t, s, ""), openMerchant(t, s, "")
		silent.want(emitN(s, 1)...)
		for _, c := range []*client{silent, talking} {
			go func() { _, _, _ = c.Read(t.Context()) }() // pongs arrive while reading
		}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := silent.Ping(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ping of the silent stream: %v", err)
		}
	})
}

func TestPingsAreAnswered(t *testing.T) {
	t.Parallel()
	networks(t, func(t *testing.T, s *pepaytest.Server) {
		c := openMerchant(t, s, "")
		go func() { _, _, _ = c.Read(t.Context()) }()
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if err := c.Ping(ctx); err != nil {
				t.Error(err)
			}
			cancel()
		}
	})
}

// Several faults of one connection happen, each after its number of events.
func TestFaultsOfOneConnection(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On(merchantID, pepaytest.DropAfter(5), pepaytest.Next(1))
		s.Faults().On("*", pepaytest.DuplicateAfter(2), pepaytest.Next(1))
		s.Faults().On("*", pepaytest.SkipAfter(4), pepaytest.Next(1))
		start := emit(s, pepay.EventInvoiceUpdated)
		emitN(s, 6)
		if got, want := observe(openMerchant(t, s, "since="+start.ID)), "1 2 2 3 5 EOF"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// A stream that ends between two swapped events has sent the later one only.
func TestReorderedAndDropped(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.ReorderAfter(2), pepaytest.Always())
		s.Faults().On("*", pepaytest.DropAfter(3), pepaytest.Always())
		start := emit(s, pepay.EventInvoiceUpdated)
		emitN(s, 6)
		if got, want := observe(openMerchant(t, s, "since="+start.ID)), "1 2 4 EOF"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// A silent server does not answer a close either: the client waits as long as its
// library does.
func TestSilenceAfterAClose(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.SilentAfter(0), pepaytest.Always())
		c := openMerchant(t, s, "")
		synctest.Wait()
		began := time.Now()
		if err := c.Close(websocket.StatusNormalClosure, ""); err == nil || time.Since(began) != 5*time.Second {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
	})
}

// When counts the upgrades that succeed: a refused one does not use the fault up.
func TestWhenCountsOpenStreams(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		every := s.Faults().On(merchantID, pepaytest.DropAfter(0), pepaytest.Every(2))
		refused := s.Faults().On(merchantID, pepaytest.RefuseUpgrade(503), pepaytest.Next(1))
		wantUpgradeStatusOf(t, s, merchantPath, 503)
		if c, _, err := tryOpen(t, s, merchantPath); err == nil {
			t.Fatal("open without a key", c)
		}
		for i, want := range []string{"rest", "EOF", "rest", "EOF"} {
			if got := observe(openMerchant(t, s, "")); got != want {
				t.Errorf("connection %d: %s, want %s", i, got, want)
			}
		}
		if every.Hits() != 2 || refused.Hits() != 1 {
			t.Errorf("hits %d and %d", every.Hits(), refused.Hits())
		}
	})
}

func TestRejectToken(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	rule, err := s.Faults().Add("*:reject-token,next=1")
	if err != nil {
		t.Fatal(err)
	}
	token := mintFor(t, s, s.APIKey()) // no upgrade, so it does not count
	openMerchant(t, s, "")             // no token
	r, err := request(t, s, http.MethodGet, merchantPath+"?token="+token, "")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, 401, "WS_TOKEN_INVALID")
	open(t, s, merchantPath+"?token="+token)
	if rule.Hits() != 1 {
		t.Errorf("%d hits", rule.Hits())
	}
}

// A slow frame takes as long as it says, and pings are answered after it.
func TestSlowFrame(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.SlowFrameAfter(0, 8*time.Second), pepaytest.Next(1))
		c := openMerchant(t, s, "")
		began := time.Now()
		events := emitN(s, 2)
		synctest.Wait() // the frame has begun
		pinged := make(chan time.Duration, 1)
		go func() {
			_ = c.Ping(t.Context())
			pinged <- time.Since(began)
		}()
		c.want(events[0])
		if took := time.Since(began); took < 7*time.Second || took > 8*time.Second {
			t.Errorf("sent within %v", took)
		}
		c.want(events[1])
		go func() { _, _, _ = c.Read(t.Context()) }()
		if took := <-pinged; took < 7*time.Second {
			t.Errorf("a pong after %v, in the middle of a frame", took)
		}
	})
}

// Closing the server breaks off a slow frame.
func TestSlowFrameAndClose(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.SlowFrameAfter(0, time.Hour), pepaytest.Next(1))
		c := openMerchant(t, s, "")
		emitN(s, 1)
		time.Sleep(time.Minute)
		began := time.Now()
		if err := s.Close(); err != nil || time.Since(began) > time.Second {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		if got := observe(c); got != "broken" && got != "EOF" {
			t.Errorf("%s", got)
		}
	})
}

// Several events may be late at a time, each as long as its fault says.
func TestLateEvents(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.LateAfter(1, 4), pepaytest.Next(1))
		s.Faults().On("*", pepaytest.LateAfter(2, 1), pepaytest.Next(1))
		start := emit(s, pepay.EventInvoiceUpdated)
		emitN(s, 7)
		if got, want := observe(openMerchant(t, s, "since="+start.ID)), "1 3 5 4 6 2 7 rest"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// A late event whose stream ends before its time is in the Events API all the while.
func TestLateEventIsListed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.LateAfter(1, 9), pepaytest.Next(1))
		s.Faults().On("*", pepaytest.DropAfter(4), pepaytest.Next(1))
		start := emit(s, pepay.EventInvoiceUpdated)
		events := emitN(s, 6)
		if got, want := observe(openMerchant(t, s, "since="+start.ID)), "1 3 4 5 EOF"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := listEvents(t, s, "starting_after="+events[2].ID); len(got.Data) != 3 || got.Data[0].ID != events[1].ID {
			t.Errorf("listed %v", got)
		}
	})
}

func TestCloseReason(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On("*", pepaytest.CloseReasonAfter(0, 1008, "token revoked"), pepaytest.Next(1))
		_, _, err := openMerchant(t, s, "").Read(t.Context())
		if closed := (websocket.CloseError{}); !asClose(err, &closed) || closed.Reason != "token revoked" || closed.Code != 1008 {
			t.Error(err)
		}
	})
}

func TestRefuseUpgradeRetryAfter(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if _, err := s.Faults().Add("*:refuse-upgrade=503,retry-after=7s,next=1"); err != nil {
		t.Fatal(err)
	}
	s.Faults().On(merchantID, pepaytest.RefuseUpgradeRetryAfter(429, "soon"), pepaytest.Next(1))
	for _, want := range []string{"503 7", "429 soon"} {
		r, err := request(t, s, http.MethodGet, merchantPath, "", "x-api-key", s.APIKey())
		if err != nil {
			t.Fatal(err)
		}
		if got := sprint(r.status, r.header.Get("Retry-After")); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestRefuseUpgrade(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if _, err := s.Faults().Add("*:refuse-upgrade=429,next=1"); err != nil {
		t.Fatal(err)
	}
	if r := mint(t, s, ""); r.status != http.StatusOK { // no upgrade, so it does not count
		t.Errorf("minting: %d", r.status)
	}
	wantUpgradeStatusOf(t, s, merchantPath, 429)
	openMerchant(t, s, "")
}

// A fault of one stream leaves the others alone.
func TestFaultsOfAnotherStream(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		s.Faults().On(commerceID, pepaytest.DropAfter(0), pepaytest.Always())
		s.Faults().On(paymentID, pepaytest.RejectToken(), pepaytest.Always())
		if got := observe(open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()))); got != "rest" {
			t.Errorf("merchant stream: %s", got)
		}
		if got := observe(openCommerce(t, s, "")); got != "EOF" {
			t.Errorf("commerce stream: %s", got)
		}
	})
}

// Faults of answers act on the upgrade.
func TestFaultsOfAnUpgrade(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fault  pepaytest.Fault
		status int // 0: no answer; 101: it opens all the same
	}{
		{"Status", pepaytest.Status(503), 503},
		{"StatusRetryAfter", pepaytest.StatusRetryAfter(429, "3"), 429},
		{"Envelope", pepaytest.Envelope(418, `{}`), 418},
		{"RefuseUpgrade", pepaytest.RefuseUpgrade(403), 403},
		{"RedirectTo", pepaytest.RedirectTo("/elsewhere"), 404}, // the library follows it
		{"RawBody", pepaytest.RawBody("hello"), 200},
		{"SuccessFalse", pepaytest.SuccessFalse("A", "b"), 200},
		{"ResetBefore", pepaytest.ResetBefore(), 0},
		{"ResetMidBody", pepaytest.ResetMidBody(), 101}, // without the headers of an upgrade
		{"Latency", pepaytest.Latency(time.Millisecond), -1},
		{"ContentType", pepaytest.ContentType("text/html"), -1},
		{"MissingData", pepaytest.MissingData(), -1},
		{"Oversized", pepaytest.Oversized(10_000), -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			s.Faults().On(merchantID, tc.fault, pepaytest.Next(1))
			c, resp, err := tryOpen(t, s, merchantPath, "x-api-key", s.APIKey())
			switch {
			case tc.status == -1:
				if err != nil {
					t.Fatal(err)
				}
				c.want(emitN(s, 1)...)
			case tc.status == 0:
				if err == nil || resp != nil {
					t.Errorf("%v, %v", resp, err)
				}
			case err == nil || resp == nil || resp.StatusCode != tc.status:
				t.Errorf("%v, %v; want status %d", resp, err, tc.status)
			}
			openMerchant(t, s, "")
		})
	}
}

func TestOversizedFrameIsStreamed(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	const size = 1 << 30
	s.Faults().On("*", pepaytest.OversizedFrameAfter(0, size), pepaytest.Next(1))
	c := openMerchant(t, s, "")
	c.SetReadLimit(-1)
	emitN(s, 1)
	_, frame, err := c.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 2000)
	if _, err := io.ReadFull(frame, head); err != nil || strings.Trim(string(head), " ") != "{" {
		t.Errorf("%q, %v", head, err)
	}
	_ = c.CloseNow() // the rest would take too long
}
