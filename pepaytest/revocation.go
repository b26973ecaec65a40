package pepaytest

import "fmt"

// Revocation is what becomes of streams and ws_tokens when the API key behind them is
// revoked or expires.
type Revocation int

const (
	// RevocationEndsAll closes streams that were opened with the key, and those that were
	// opened with a ws_token that the key minted. Such a token opens no stream any more.
	RevocationEndsAll Revocation = iota
	// RevocationKeepsTokens closes streams that were opened with the key itself.
	// ws_tokens that it minted, and their streams, live on until the tokens expire.
	RevocationKeepsTokens
	// RevocationKeepsStreams closes no stream, and ws_tokens stay good until they expire.
	// Only new requests with the key are refused.
	RevocationKeepsStreams
)

// WithRevocation sets what becomes of open streams and of ws_tokens when their API key
// is revoked or expires. The default is [RevocationEndsAll]: Pepay documents only that
// revoking is permanent. A stream is closed with code 1008 and the reason "API key
// revoked" or "API key expired". Another value is an error.
//
// See https://docs-alpha.pepay.io/api-reference/api-keys/revoke-api-key
func WithRevocation(r Revocation) Option {
	return func(c *config) error {
		if r < RevocationEndsAll || r > RevocationKeepsStreams {
			return fmt.Errorf("pepaytest: WithRevocation: unknown value %d", r)
		}
		c.revocation = r
		return nil
	}
}

// ends says whether a stream of who ends with the key.
func (r Revocation) ends(who caller) bool {
	return who.keyID != "" && (r == RevocationEndsAll || r == RevocationKeepsTokens && !who.minted)
}

// lostKey says why the key behind a credential is gone, and the credential with it; ""
// when it is not.
func (s *Server) lostKey(who caller) (reason string) {
	if !s.cfg.revocation.ends(who) {
		return ""
	}
	s.change(nil, func(t *tx) {
		switch k := t.Keys.get(who.keyID); {
		case k == nil || k.RevokedAt != 0:
			reason = reasonRevoked
		case !k.works(t.now):
			reason = reasonExpired
		}
	})
	return reason
}

// closeStreamsOf closes the streams that end with a key. It does not wait for them.
func (t *tx) closeStreamsOf(k *apiKey, reason string) {
	for _, st := range t.server.streams.all() {
		if st.who.keyID == k.ID {
			st.loseKey(reason)
		}
	}
}

// loseKey closes a stream whose key is gone, if it ends with it.
func (st *stream) loseKey(reason string) {
	if st.server.cfg.revocation.ends(st.who) {
		st.interrupt(streamEnd{how: endClose, code: 1008, reason: reason}, expiryPatience)
	}
}

const (
	reasonRevoked = "API key revoked"
	reasonExpired = "API key expired"
)
