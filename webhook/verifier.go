package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// Headers of a delivery.
const (
	headerTimestamp = "X-Pepay-Timestamp"
	headerSignature = "X-Pepay-Signature"
	headerPrevious  = "X-Pepay-Signature-Previous"
)

// defaultTolerance is what Pepay recommends.
const defaultTolerance = 5 * time.Minute

// Verifier tells Pepay's deliveries from anything else. It is safe for concurrent
// use, and does not change: its With methods return copies.
type Verifier struct {
	secrets   []*signer
	tolerance time.Duration
	now       func() time.Time
}

// NewVerifier makes a Verifier for the secrets of an endpoint: the current one
// and, while secrets rotate, the previous one, in any order. At least one is
// wanted, and none may be empty.
func NewVerifier(secrets ...pepay.Secret) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, errors.New("webhook: NewVerifier: no secret")
	}
	v := &Verifier{tolerance: defaultTolerance, now: time.Now}
	for i, secret := range secrets {
		if secret == "" {
			return nil, fmt.Errorf("webhook: NewVerifier: secret %d is empty", i+1)
		}
		v.secrets = append(v.secrets, newSigner(secret))
	}
	return v, nil
}

// FromEnv makes a Verifier of PEPAY_WEBHOOK_SECRET and, when it is set,
// PEPAY_WEBHOOK_SECRET_PREVIOUS.
func FromEnv() (*Verifier, error) {
	current := pepay.Secret(os.Getenv("PEPAY_WEBHOOK_SECRET"))
	if current == "" {
		return nil, errors.New("webhook: FromEnv: PEPAY_WEBHOOK_SECRET is not set")
	}
	if previous := pepay.Secret(os.Getenv("PEPAY_WEBHOOK_SECRET_PREVIOUS")); previous != "" {
		return NewVerifier(current, previous)
	}
	return NewVerifier(current)
}

// WithTolerance returns a copy that accepts timestamps up to d away from now, in
// both directions. The default is 5 min, as Pepay recommends.
func (v *Verifier) WithTolerance(d time.Duration) *Verifier {
	clone := *v
	clone.tolerance = d
	return &clone
}

// WithClock returns a copy with another clock.
func (v *Verifier) WithClock(now func() time.Time) *Verifier {
	clone := *v
	clone.now = now
	return &clone
}

// Verify checks a delivery by its headers and its body as it came, byte for byte:
// decoded and encoded again it is another. Any of the secrets may have made any of
// the two signatures, X-Pepay-Signature and X-Pepay-Signature-Previous. It takes
// the same time whichever fails, and allocates nothing.
//
// Errors are [ErrNoSignature], [ErrBadTimestamp], [ErrBadSignature] and
// [ErrTimestampOutOfRange].
//
// See https://docs-alpha.pepay.io/api-spec/webhooks-authentication.
func (v *Verifier) Verify(h http.Header, body []byte) error {
	current, previous := header(h, headerSignature), header(h, headerPrevious)
	if current == "" && previous == "" {
		return ErrNoSignature
	}
	timestamp := header(h, headerTimestamp)
	millis, err := parseMillis(timestamp)
	if err != nil {
		return err
	}
	var given [2][sha256.Size]byte
	usable := decodeSignature(&given[0], current) | decodeSignature(&given[1], previous)<<1
	matched := 0
	for _, s := range v.secrets {
		matched |= s.matches(timestamp, body, &given, usable)
	}
	if matched == 0 {
		return ErrBadSignature
	}
	if away := v.now().Sub(time.UnixMilli(millis)); away > v.tolerance || away < -v.tolerance {
		return ErrTimestampOutOfRange
	}
	return nil
}

// header finds a header also where a runtime did not bring names into Go's form.
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
		seconds = 1e11 // less than this many milliseconds after 1970 is 1973
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

// signer makes signatures with one secret, reusing what that needs.
type signer struct{ pool sync.Pool }

// mac is one computation. Its buffers are here so that they stay off the heap.
type mac struct {
	hash   hash.Hash
	prefix [32]byte
	sum    [sha256.Size]byte
}

func newSigner(secret pepay.Secret) *signer {
	key := []byte(secret.Reveal())
	return &signer{pool: sync.Pool{New: func() any { return &mac{hash: hmac.New(sha256.New, key)} }}}
}

// sign computes HMAC-SHA256 of "<timestamp>.<body>".
func (m *mac) sign(timestamp string, body []byte) {
	m.hash.Reset()
	m.hash.Write(append(append(m.prefix[:0], timestamp...), '.'))
	m.hash.Write(body)
	m.hash.Sum(m.sum[:0])
}

// matches compares with both signatures, without an early exit.
func (s *signer) matches(timestamp string, body []byte, given *[2][sha256.Size]byte, usable int) int {
	m := s.pool.Get().(*mac)
	defer s.pool.Put(m)
	m.sign(timestamp, body)
	current := subtle.ConstantTimeCompare(m.sum[:], given[0][:]) & usable
	previous := subtle.ConstantTimeCompare(m.sum[:], given[1][:]) & (usable >> 1)
	return current | previous
}

// Sign makes the headers of a delivery, for tests and for forwarding. It panics
// when the secret is empty.
func Sign(secret pepay.Secret, at time.Time, body []byte) http.Header {
	if secret == "" {
		panic("webhook: Sign: the secret is empty")
	}
	timestamp := fmt.Sprint(at.UnixMilli())
	m := newSigner(secret).pool.Get().(*mac)
	m.sign(timestamp, body)
	return http.Header{
		headerTimestamp: {timestamp},
		headerSignature: {hex.EncodeToString(m.sum[:])},
	}
}
