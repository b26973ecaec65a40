package pepay

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// Timestamp is a point in time as Pepay sends it. Newer answers have epoch
// seconds, older ones RFC 3339 text. Both decode, and so do a fraction, a number
// in quotes, milliseconds (numbers above 1e11), and text without a zone, which is
// UTC. null and "" decode to the zero Timestamp. It encodes as whole epoch
// seconds, the zero Timestamp as null. What was decoded is in UTC.
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
		quoted, ok := wire.Unquote(data)
		if !ok || data[len(data)-1] != '"' {
			return errTimestamp
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

// maxSeconds is the most that counts as seconds, the year 5138. What is more is
// milliseconds.
const maxSeconds = 1e11

// timeLayouts are the forms of RFC 3339, and those of ISO 8601 without a zone,
// which are UTC. Each may have a fraction.
var timeLayouts = [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"}

func parseTimestamp(text string) (time.Time, error) {
	if wire.IsNumber([]byte(text)) {
		return parseEpoch(text)
	}
	for _, layout := range timeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			return epoch(parsed.Unix(), int64(parsed.Nanosecond()))
		}
	}
	return time.Time{}, errTimestamp
}

// parseEpoch reads a number of seconds or milliseconds.
func parseEpoch(number string) (time.Time, error) {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		if n > maxSeconds {
			return epoch(n/1e3, n%1e3*1e6)
		}
		return epoch(n, 0)
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return time.Time{}, errTimestamp
	}
	if n > maxSeconds {
		n /= 1e3
	}
	return epochFraction(n)
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
		return time.Time{}, fmt.Errorf("%w: out of range", errTimestamp)
	}
	return time.Unix(seconds, nanos), nil
}

// MarshalJSON encodes whole epoch seconds, or null for the zero Timestamp. A time beyond
// the year 5138 is encoded in milliseconds: as seconds it would be read as milliseconds.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	n := t.Unix()
	if n > maxSeconds {
		n *= 1e3
	}
	return strconv.AppendInt(nil, n, 10), nil
}
