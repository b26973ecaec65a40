package pepaytest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A cursor that is too old and an unknown one, with each of the three answers.
func TestOldCursor(t *testing.T) {
	t.Parallel()
	const message = "The cursor is older than the events that are kept"
	control := func(since string) string {
		return `{"object":"ws_control","type":"replay_truncated","since":"` + since + `","message":"` + message + `"}`
	}
	cases := []struct {
		name   string
		answer pepaytest.OldCursorAnswer
		first  func(since string) string
		closed bool
	}{
		{"snapshot", pepaytest.OldCursorSnapshot, nil, false},
		{"control", pepaytest.OldCursorControl, control, false},
		{"error", pepaytest.OldCursorError, func(string) string {
			return `{"object":"ws_error","code":"CURSOR_TOO_OLD","message":"` + message + `"}`
		}, true},
	}
	for _, tc := range cases {
		for _, cursor := range []string{"too old", "unknown"} {
			t.Run(tc.name+", "+cursor, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T, s *pepaytest.Server) {
					oldest := emit(s, pepay.EventInvoiceUpdated)
					events := emitN(s, 150)
					emit(s, pepay.EventTestPing) // does not match, so it does not count
					since := oldest.ID
					if cursor == "unknown" {
						since = "evt_1-1"
					}
					c := openMerchant(t, s, "since="+since)
					if tc.first != nil {
						if got, err := c.frame(); err != nil || got != tc.first(since) {
							t.Fatalf("%s, %v; want %s", got, err, tc.first(since))
						}
					}
					if tc.closed {
						if got := c.wantClose(1008).Reason; got != "CURSOR_TOO_OLD" {
							t.Errorf("reason %q", got)
						}
						return
					}
					c.want(events[50:]...) // the last 100
					c.wantRest(emitN(s, 3)...)
				}, pepaytest.WithRetention(151), pepaytest.WithOldCursor(tc.answer))
			})
		}
	}
}

// The oldest event that is still kept is a good cursor, and so is the newest.
func TestCursorAtTheEdges(t *testing.T) {
	t.Parallel()
	for position, want := range map[int]int{10: 9, 11: 8, 19: 0} {
		bubble(t, func(t *testing.T, s *pepaytest.Server) {
			events := emitN(s, 20)
			openMerchant(t, s, "since="+events[position].ID).wantRest(events[20-want:]...)
		}, pepaytest.WithRetention(10), pepaytest.WithOldCursor(pepaytest.OldCursorError))
	}
}

// A reader whose next event is not kept any more is treated like a cursor that is too old.
func TestSlowReaderLosesItsPlace(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		c := openMerchant(t, s, "")
		emitN(s, 64)
		synctest.Wait() // the server is stuck in its first write
		later := emitN(s, 500)
		var got []pepay.Event
		var last string
		for {
			frame, err := c.frame()
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(frame, `{"object":"ws_control"`) {
				var notice struct{ Since string }
				if err := json.Unmarshal([]byte(frame), &notice); err != nil || notice.Since != last {
					t.Errorf("%s after %s, %v", frame, last, err)
				}
				break
			}
			var ev pepay.Event
			if err := json.Unmarshal([]byte(frame), &ev); err != nil {
				t.Fatal(err)
			}
			got, last = append(got, ev), ev.ID
		}
		if len(got) == 0 || len(got) > 64 {
			t.Errorf("%d events before the place was lost", len(got))
		}
		c.wantRest(later[400:]...)
	}, pepaytest.WithRetention(200), pepaytest.WithOldCursor(pepaytest.OldCursorControl))
}

func TestFormOfControlFrames(t *testing.T) {
	t.Parallel()
	type mine struct{ Kind, Since string }
	for _, tc := range []struct {
		name, want string
		answer     pepaytest.OldCursorAnswer
		form       func(pepaytest.Notice) any
	}{
		{"another form", `{"Kind":"replay_truncated","Since":"evt_1-1"}`, pepaytest.OldCursorControl,
			func(n pepaytest.Notice) any { return mine{n.Type, n.Since} }},
		{"another error", `{"Kind":"CURSOR_TOO_OLD","Since":"evt_1-1"} closed 1008`, pepaytest.OldCursorError,
			func(n pepaytest.Notice) any { return mine{n.Code, n.Since} }},
		{"no JSON", `closed 1011`, pepaytest.OldCursorControl, func(pepaytest.Notice) any { return func() {} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, s *pepaytest.Server) {
				got := observe(openMerchant(t, s, "since=evt_1-1"))
				if got = strings.TrimSuffix(got, " rest"); got != tc.want {
					t.Errorf("got %s, want %s", got, tc.want)
				}
			}, pepaytest.WithOldCursor(tc.answer), pepaytest.WithControlFrame(tc.form))
		})
	}
}
