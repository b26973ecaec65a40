package wire

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Sun, 21 Dec 2025 12:34:56 GMT"
	for _, c := range []struct {
		name, header, date, body string
		want                     time.Duration
	}{
		{name: "none"},
		{name: "seconds", header: "7", want: 7 * time.Second},
		{name: "space around", header: " 7 ", want: 7 * time.Second},
		{name: "fraction", header: "1.5", want: 1500 * time.Millisecond},
		{name: "zero", header: "0"},
		{name: "negative", header: "-5"},
		{name: "huge", header: "99999999999999999999999999", want: math.MaxInt64},
		{name: "beyond a float", header: "1" + strings.Repeat("0", 400), want: math.MaxInt64},
		{name: "not a number", header: "NaN"},
		{name: "infinity", header: "Inf"},
		{name: "exponent", header: "1e9"},
		{name: "hexadecimal", header: "0x10"},
		{name: "text", header: "soon"},
		{name: "two points", header: "1.2.3"},
		{name: "milliseconds", header: "500ms", want: 500 * time.Millisecond},
		{name: "words", header: "15 minutes", want: 15 * time.Minute},
		{name: "date by the server's clock", header: "Sun, 21 Dec 2025 12:35:26 GMT", date: date, want: 30 * time.Second},
		{name: "date in the past", header: "Sun, 21 Dec 2025 12:00:00 GMT", date: date},
		{name: "date of RFC 850", header: "Sunday, 21-Dec-25 12:35:26 GMT", date: date, want: 30 * time.Second},
		{name: "date in ANSI C's format", header: "Sun Dec 21 12:35:26 2025", date: date, want: 30 * time.Second},
		{name: "body, minutes", body: `{"retry_after":"15 minutes"}`, want: 15 * time.Minute},
		{name: "body, one minute", body: `{"retry_after":"1 minute"}`, want: time.Minute},
		{name: "body, hours", body: `{"retry_after":"2 hours"}`, want: 2 * time.Hour},
		{name: "body, days", body: `{"retry_after":"2 Days"}`, want: 48 * time.Hour},
		{name: "body, number", body: `{"retry_after":30}`, want: 30 * time.Second},
		{name: "body, negative number", body: `{"retry_after":-30}`},
		{name: "body, seconds field", body: `{"retry_after_seconds":12}`, want: 12 * time.Second},
		{name: "body, nested", body: `{"error":{"retry_after":"3 seconds"}}`, want: 3 * time.Second},
		{name: "body, nonsense", body: `{"retry_after":"a while"}`},
		{name: "body, not JSON", body: `<html>`},
		{name: "header beats body", header: "2", body: `{"retry_after":"15 minutes"}`, want: 2 * time.Second},
		{name: "header 0 beats body", header: "0", body: `{"retry_after":"15 minutes"}`},
		{name: "unreadable header, body", header: "soon", body: `{"retry_after":"15 minutes"}`, want: 15 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			if c.header != "" {
				h.Set("Retry-After", c.header)
			}
			if c.date != "" {
				h.Set("Date", c.date)
			}
			if got := RetryAfter(h, []byte(c.body)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRetryAfterDateWithoutTheServersClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, date := range []string{"", "yesterday"} {
			h := http.Header{"Retry-After": {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}, "Date": {date}}
			if got := RetryAfter(h, nil); got != time.Minute {
				t.Errorf("Date %q: got %s", date, got)
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7", "Sun, 21 Dec 2025 12:34:56 GMT", `{"retry_after":"15 minutes"}`)
	f.Add("Sun, 21 Dec 2025 12:34:56 GMT", "", "")
	f.Add("-1e400", "x", `{"error":{"retry_after":-1}}`)
	f.Fuzz(func(t *testing.T, header, date, body string) {
		if wait := RetryAfter(http.Header{"Retry-After": {header}, "Date": {date}}, []byte(body)); wait < 0 {
			t.Errorf("negative: %s", wait)
		}
	})
}
