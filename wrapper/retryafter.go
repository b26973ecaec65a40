package wrapper

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads how long an answer asks to wait: the Retry-After header in
// seconds or as a date, or else the hint in the body, such as "15 minutes" or
// retry_after_seconds. What makes no sense is no wish.
//
// See https://docs-alpha.pepay.io/api-spec/rate-limits.
func retryAfter(resp *http.Response, body []byte) time.Duration {
	header := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if header == "" {
		return parseWait(parseEnvelope(body).retryAfter)
	}
	if date, err := http.ParseTime(header); err == nil {
		now, err := http.ParseTime(resp.Header.Get("Date")) // the server's clock, so that ours does not matter
		if err != nil {
			now = time.Now()
		}
		return max(0, date.Sub(now))
	}
	return parseWait(header)
}

// parseWait reads "90", "1.5", "2s" and "15 minutes".
func parseWait(text string) time.Duration {
	text = strings.TrimSpace(text)
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(text)
	}
	number, err := strconv.ParseFloat(text[:end], 64)
	if err != nil && !math.IsInf(number, 1) {
		return 0
	}
	unit, ok := waitUnit(strings.TrimSpace(text[end:]))
	if !ok {
		return 0
	}
	if wait := number * float64(unit); wait < math.MaxInt64 {
		return time.Duration(wait)
	}
	return math.MaxInt64
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
	case "h", "hour":
		return time.Hour, true
	case "d", "day":
		return 24 * time.Hour, true
	}
	return 0, false
}
