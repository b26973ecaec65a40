package wire

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter returns how long an answer asks to wait: the Retry-After header in
// seconds or as a date, which is compared with the Date of the same answer, or
// else the hint in the body ("15 minutes", retry_after_seconds). It is 0 when the
// answer does not say, and never negative.
//
// See https://docs-alpha.pepay.io/api-spec/rate-limits.
func RetryAfter(h http.Header, body []byte) time.Duration {
	header := strings.TrimSpace(h.Get("Retry-After"))
	if date, err := http.ParseTime(header); err == nil {
		now, err := http.ParseTime(h.Get("Date")) // the server's clock, so that ours does not matter
		if err != nil {
			now = time.Now()
		}
		return max(0, date.Sub(now))
	}
	if wait, ok := parseWait(header); ok {
		return wait
	}
	if len(body) == 0 {
		return 0
	}
	wait, _ := parseWait(ReadEnvelope(body).RetryAfter)
	return wait
}

// parseWait reads "90", "1.5", "2s" and "15 minutes". A negative wait is none.
func parseWait(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	digits := strings.TrimPrefix(text, "-")
	end := strings.IndexFunc(digits, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(digits)
	}
	number, err := strconv.ParseFloat(digits[:end], 64)
	if err != nil && !math.IsInf(number, 1) {
		return 0, false
	}
	unit, ok := waitUnit(strings.TrimSpace(digits[end:]))
	if !ok {
		return 0, false
	}
	if digits != text {
		return 0, true
	}
	if wait := number * float64(unit); wait < math.MaxInt64 {
		return time.Duration(wait), true
	}
	return math.MaxInt64, true
}

func waitUnit(name string) (time.Duration, bool) {
	if name == "ms" {
		return time.Millisecond, true
	}
	switch strings.TrimSuffix(strings.ToLower(name), "s") {
	case "", "sec", "second":
		return time.Second, true
	case "m", "min", "minute":
		return time.Minute, true
	case "h", "hr", "hour":
		return time.Hour, true
	case "d", "day":
		return 24 * time.Hour, true
	}
	return 0, false
}
