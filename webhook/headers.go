package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// Headers of a delivery.
const (
	headerTimestamp = "X-Pepay-Timestamp"
	headerSignature = "X-Pepay-Signature"
	headerPrevious  = "X-Pepay-Signature-Previous"
)

// claimedSignature is what the headers of a delivery say, before the body is known.
type claimedSignature struct {
	timestamp string // as it was signed
	millis    int64
	given     [2][sha256.Size]byte // X-Pepay-Signature and X-Pepay-Signature-Previous
	usable    int                  // bit 0 and bit 1: the signature has the right form
}

// readSignature reads the headers and makes all checks that do not need the body.
func readSignature(h http.Header) (c claimedSignature, err error) {
	current, previous := header(h, headerSignature), header(h, headerPrevious)
	if current == "" && previous == "" {
		return c, ErrNoSignature
	}
	c.timestamp = header(h, headerTimestamp)
	if c.millis, err = parseMillis(c.timestamp); err != nil {
		return c, err
	}
	c.usable = decodeSignature(&c.given[0], current) | decodeSignature(&c.given[1], previous)<<1
	if c.usable == 0 {
		return c, ErrBadSignature
	}
	return c, nil
}

// header returns the value of a header, also where a runtime did not bring its name
// into Go's form.
func header(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	for key, values := range h {
		if len(values) > 0 && strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// parseMillis reads a purely decimal number of milliseconds.
func parseMillis(text string) (int64, error) {
	const (
		longest = 15   // digits; the year 33658
		seconds = 1e11 // fewer milliseconds than this are in 1973 or before
	)
	if text == "" || len(text) > longest {
		return 0, ErrBadTimestamp
	}
	var millis int64
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, ErrBadTimestamp
		}
		millis = millis*10 + int64(digit)
	}
	if millis < seconds {
		return 0, errSeconds
	}
	return millis, nil
}

var errSeconds = fmt.Errorf("%w: it looks like seconds, Pepay signs milliseconds", ErrBadTimestamp)

// decodeSignature reports by 1 that text is the hex form of a signature.
func decodeSignature(into *[sha256.Size]byte, text string) int {
	if len(text) != hex.EncodedLen(sha256.Size) {
		return 0
	}
	for i := range into {
		high, low := hexDigit(text[2*i]), hexDigit(text[2*i+1])
		if high > 15 || low > 15 {
			return 0
		}
		into[i] = high<<4 | low
	}
	return 1
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}
