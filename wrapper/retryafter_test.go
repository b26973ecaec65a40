package wrapper

import (
	"math"
	"net/http"
	"testing"
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
		{name: "beyond a float", header: "1" + string(make400zeros()), want: math.MaxInt64},
		{name: "not a number", header: "NaN"},
		{name: "infinity", header: "Inf"},
		{name: "exponent", header: "1e9"},
		{name: "hexadecimal", header: "0x10"},
		{name: "text", header: "soon"},
		{name: "milliseconds", header: "500ms", want: 500 * time.Millisecond},
		{name: "date by the server's clock", header: "Sun, 21 Dec 2025 12:35:26 GMT", date: date, want: 30 * time.Second},
		{name: "date in the past", header: "Sun, 21 Dec 2025 12:00:00 GMT", date: date},
		{name: "body, minutes", body: `{"retry_after":"15 minutes"}`, want: 15 * time.Minute},
		{name: "body, one minute", body: `{"retry_after":"1 minute"}`, want: time.Minute},
		{name: "body, hours", body: `{"retry_after":"2 hours"}`, want: 2 * time.Hour},
		{name: "body, number", body: `{"retry_after":30}`, want: 30 * time.Second},
		{name: "body, seconds field", body: `{"retry_after_seconds":12}`, want: 12 * time.Second},
		{name: "body, nested", body: `{"error":{"retry_after":"3 seconds"}}`, want: 3 * time.Second},
		{name: "body, nonsense", body: `{"retry_after":"a while"}`},
		{name: "header beats body", header: "2", body: `{"retry_after":"15 minutes"}`, want: 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{Header: http.Header{}}
			if c.header != "" {
				resp.Header.Set("Retry-After", c.header)
			}
			if c.date != "" {
				resp.Header.Set("Date", c.date)
			}
			if got := retryAfter(resp, []byte(c.body)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func make400zeros() []byte {
	zeros := make([]byte, 400)
	for i := range zeros {
		zeros[i] = '0'
	}
	return zeros
}
