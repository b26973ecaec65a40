package model_test

import (
	"net/http"
	"time"

	"pgregory.net/rapid"
)

// apiKey is what the model knows about an API key.
type apiKey struct {
	id, value string
	expires   int64 // 0 for never
	revoked   bool
}

func (k *apiKey) works(now int64) bool { return !k.revoked && (k.expires == 0 || k.expires > now) }

func (m *machine) anyKey(t *rapid.T) *apiKey {
	if len(m.apiKeys) == 0 {
		t.Skip("no key yet")
	}
	return rapid.SampledFrom(m.apiKeys[max(0, len(m.apiKeys)-5):]).Draw(t, "key")
}

// CreateKey makes a key of the merchant's, unless too many work already.
func (m *machine) CreateKey(t *rapid.T) {
	k := &apiKey{}
	request := map[string]any{"name": "a key", "scope": "merchant"}
	if rapid.Bool().Draw(t, "expires") {
		k.expires = m.now + rapid.Int64Range(60, 24*60*60).Draw(t, "life")
		request["expires_at"] = time.Unix(k.expires, 0).UTC().Format(time.RFC3339)
	}
	a := m.ask(t, bearer(m.server), http.MethodPost, "/api/v1/api-keys", request)
	if a.status == http.StatusForbidden {
		return // Pepay has a limit and does not say which
	}
	created := read[struct {
		ID    string `json:"key_id"`
		Value string `json:"api_key"`
	}](t, a.want(t, http.StatusOK))
	k.id, k.value = created.ID, created.Value
	m.apiKeys = append(m.apiKeys, k)
}

// RevokeKey revokes one, once or again.
func (m *machine) RevokeKey(t *rapid.T) {
	k := m.anyKey(t)
	m.ask(t, bearer(m.server), http.MethodPost, "/api/v1/api-keys/"+k.id+"/revoke", map[string]any{}).want(t, http.StatusOK)
	k.revoked = true
}

// UseKey finds out whether a key works.
func (m *machine) UseKey(t *rapid.T) {
	k := m.anyKey(t)
	status := http.StatusOK
	if !k.works(m.now) {
		status = http.StatusUnauthorized
	}
	m.ask(t, credential{"X-Api-Key": k.value}, http.MethodGet, "/api/v1/invoices?limit=1", nil).want(t, status)
}
