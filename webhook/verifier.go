package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// defaultTolerance is what Pepay recommends.
const defaultTolerance = 5 * time.Minute

// Verifier tells Pepay's deliveries from all others. It is safe for concurrent
// use, and does not change: its With methods return copies.
type Verifier struct {
	secrets   []*signer
	tolerance time.Duration
	now       func() time.Time
}

// NewVerifier makes a Verifier for the secrets of an endpoint: the current one
// and, while secrets rotate, the previous one, in any order. At least one is
// wanted. A secret that is certainly a mistake is refused, and not printed: an
// empty or blank one, one with white space around it, such as the newline at the
// end of a file, and one with control characters.
func NewVerifier(secrets ...pepay.Secret) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, errors.New("webhook: NewVerifier: no secret")
	}
	v := &Verifier{tolerance: defaultTolerance, now: time.Now}
	for i, secret := range secrets {
		if err := checkSecret(secret); err != nil {
			return nil, fmt.Errorf("webhook: NewVerifier: secret %d %w", i+1, err)
		}
		v.secrets = append(v.secrets, newSigner(secret))
	}
	return v, nil
}

// WithTolerance returns a copy that accepts timestamps up to d away from now, in
// both directions. The default is 5 min, as Pepay recommends. It panics when d is
// not positive.
func (v *Verifier) WithTolerance(d time.Duration) *Verifier {
	if d <= 0 {
		panic("webhook: WithTolerance: must be positive")
	}
	clone := *v
	clone.tolerance = d
	return &clone
}

// WithClock returns a copy with another clock, for tests. It panics when now is
// nil.
func (v *Verifier) WithClock(now func() time.Time) *Verifier {
	if now == nil {
		panic("webhook: WithClock: the clock is nil")
	}
	clone := *v
	clone.now = now
	return &clone
}

// Verify checks a delivery by its headers and its body as it came, byte for byte:
// a body that was decoded and encoded again has another signature. Any of the
// secrets may have made either of the two signatures, X-Pepay-Signature and
// X-Pepay-Signature-Previous. Signatures are compared in constant time,
// and every secret is tried. It allocates nothing.
//
// Errors are [ErrNoSignature], [ErrBadTimestamp], [ErrBadSignature] and
// [ErrTimestampOutOfRange].
//
// See https://docs-alpha.pepay.io/api-spec/webhooks-authentication.
func (v *Verifier) Verify(h http.Header, body []byte) error {
	claimed, err := readSignature(h)
	if err != nil {
		return err
	}
	return v.check(&claimed, body)
}

// check verifies what the headers claim about a body.
func (v *Verifier) check(claimed *claimedSignature, body []byte) error {
	matched := 0
	for _, s := range v.secrets {
		matched |= s.matches(claimed, body)
	}
	if matched == 0 {
		return ErrBadSignature
	}
	if away := v.now().Sub(time.UnixMilli(claimed.millis)); away > v.tolerance || away < -v.tolerance {
		return ErrTimestampOutOfRange
	}
	return nil
}
