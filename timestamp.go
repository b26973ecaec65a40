package pepay

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Timestamp is a point in time as Pepay sends it. Newer answers carry epoch
// seconds, older ones RFC 3339 text; both decode, as do fractional seconds and
// seconds in quotes. null and "" decode to the zero Timestamp. It encodes as
// whole epoch seconds, the zero Timestamp as null, and is always in UTC.
//
// See https://docs-alpha.pepay.io/api-reference/websockets/mint-a-short-lived-ws_token-for-browsermobile-websocket-auth
type Timestamp struct{ time.Time }

var errTimestamp = errors.New("pepay: not epoch seconds or RFC 3339")

// The years encoding/json can print: 1 to 9999.
const (
	minEpoch = -62135596800
	maxEpoch = 253402300799
)

// UnmarshalJSON decodes every form in which Pepay sends a point in time.
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		var quoted string // apart from text, which then stays on the stack
		if err := json.Unmarshal(data, &quoted); err != nil {
			return err
		}
		text = quoted
	}
	if text == "" || text == "null" {
		*t = Timestamp{}
		return nil
	}
	parsed, err := parseTimestamp(text)
	if err != nil {
		return err
	}
	*t = Timestamp{parsed.UTC()}
	return nil
}

func parseTimestamp(text string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return epoch(seconds, 0)
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return epochFraction(seconds)
	}
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errTimestamp
	}
	return epoch(parsed.Unix(), int64(parsed.Nanosecond()))
}

// epochFraction is a point in time with microseconds: a float64 has no more.
func epochFraction(seconds float64) (time.Time, error) {
	if math.IsNaN(seconds) || seconds < minEpoch || seconds > maxEpoch {
		return time.Time{}, fmt.Errorf("%w: out of range", errTimestamp)
	}
	whole := math.Floor(seconds)
	return epoch(int64(whole), int64(math.Round((seconds-whole)*1e6))*1e3)
}

func epoch(seconds, nanos int64) (time.Time, error) {
	if seconds < minEpoch || seconds > maxEpoch {
		return time.Time{}, fmt.Errorf("%w: out of range (milliseconds?)", errTimestamp)
	}
	return time.Unix(seconds, nanos), nil
}

// MarshalJSON encodes whole epoch seconds, or null for the zero Timestamp.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, t.Unix(), 10), nil
}
