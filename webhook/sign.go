package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// signer makes signatures with one secret. It reuses the hash states.
type signer struct{ pool sync.Pool }

// mac is the state of one computation. It holds the buffers, so that none of them is
// allocated again.
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
func (s *signer) matches(claimed *claimedSignature, body []byte) int {
	m := s.pool.Get().(*mac)
	defer s.pool.Put(m)
	m.sign(claimed.timestamp, body)
	current := subtle.ConstantTimeCompare(m.sum[:], claimed.given[0][:]) & claimed.usable
	previous := subtle.ConstantTimeCompare(m.sum[:], claimed.given[1][:]) & (claimed.usable >> 1)
	return current | previous
}

// Sign makes the headers of a delivery, for tests and for forwarding. It panics
// when the secret is one that [NewVerifier] refuses.
func Sign(secret pepay.Secret, at time.Time, body []byte) http.Header {
	if err := checkSecret(secret); err != nil {
		panic("webhook: Sign: the secret " + err.Error())
	}
	timestamp := fmt.Sprint(at.UnixMilli())
	m := newSigner(secret).pool.Get().(*mac)
	m.sign(timestamp, body)
	return http.Header{
		headerTimestamp: {timestamp},
		headerSignature: {hex.EncodeToString(m.sum[:])},
	}
}
