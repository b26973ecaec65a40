package stream

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// keptSecrets is how many credentials are remembered: a token is replaced now and
// then, and only the last ones can still be repeated.
const keptSecrets = 16

// redactor takes the credentials that a stream has sent out of what it hands to the
// program: errors, states, control frames and log records. It is safe for
// concurrent use.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

func (r *redactor) add(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	if len(r.secrets) == keptSecrets {
		r.secrets = slices.Delete(r.secrets, 0, 1)
	}
	r.secrets = append(r.secrets, secret)
}

func (r *redactor) values() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.secrets)
}

func (r *redactor) redact(text string) string { return wire.Redact(text, r.values()...) }

func (r *redactor) redactJSON(raw json.RawMessage) json.RawMessage {
	return wire.RedactJSON(raw, r.values()...)
}

func (r *redactor) redactError(err error) error { return wire.RedactError(err, r.values()...) }
