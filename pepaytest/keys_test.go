package pepaytest_test

import (
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t,
		pepaytest.WithKey("plain", pepaytest.Key{}),
		pepaytest.WithKey("merchant 7", pepaytest.Key{MerchantID: 7, Environment: pepay.NetworkEnvironmentMainnet}),
		pepaytest.WithKey("commerce 8", pepaytest.Key{MerchantID: 8, Scope: pepay.WSTokenScopeCommerce, Environment: pepay.NetworkEnvironmentMainnet}),
		pepaytest.WithKey("commerce", pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}),
		pepaytest.WithKey("revoked", pepaytest.Key{Revoked: true}),
	)
	const merchant, commerce = "x-api-key", "x-commerce-api-key"
	cases := []struct {
		name    string
		headers []string
		code    string // empty: accepted
		want    string // merchant scope environment
	}{
		{"no key", nil, "API_KEY_INVALID", ""},
		{"empty key", []string{merchant, ""}, "API_KEY_INVALID", ""},
		{"unknown key", []string{merchant, "pk_unknown"}, "API_KEY_INVALID", ""},
		{"revoked key", []string{merchant, "revoked"}, "API_KEY_INVALID", ""},
		{"merchant key as commerce key", []string{commerce, "plain"}, "API_KEY_INVALID", ""},
		{"bearer instead of a key", []string{"Authorization", "Bearer plain"}, "FORBIDDEN", ""},
		{"the same header twice", []string{merchant, "plain", merchant, "plain"}, "API_KEY_INVALID", ""},
		{"both headers", []string{merchant, "plain", commerce, "commerce"}, "VALIDATION_ERROR", ""},
		{"both headers, one wrong", []string{merchant, "pk_unknown", commerce, "commerce"}, "VALIDATION_ERROR", ""},
		{"both headers, one empty", []string{merchant, "", commerce, "commerce"}, "", "123 commerce devnet"},
		{"key with nothing set", []string{merchant, "plain"}, "", "123 merchant null"},
		{"merchant tokens have no environment", []string{merchant, "merchant 7"}, "", "7 merchant null"},
		{"commerce key in its header", []string{commerce, "commerce 8"}, "", "8 commerce mainnet"},
		{"commerce key in x-api-key", []string{merchant, "commerce 8"}, "", "8 commerce mainnet"},
		{"commerce key without an environment", []string{commerce, "commerce"}, "", "123 commerce devnet"},
	}
	statuses := map[string]int{"API_KEY_INVALID": http.StatusUnauthorized, "VALIDATION_ERROR": http.StatusBadRequest, "FORBIDDEN": http.StatusForbidden}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := post(t, s, "", tc.headers...)
			if err != nil {
				t.Fatal(err)
			}
			if tc.code != "" {
				wantError(t, r, statuses[tc.code], tc.code)
				return
			}
			m := decode[minted](t, r).Data
			environment := "null"
			if m.Environment != nil {
				environment = *m.Environment
			}
			if got := sprint(m.MerchantID, m.Scope, environment); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestInvalidKeyIsTheDocumentedEnvelope(t *testing.T) {
	t.Parallel()
	r, err := post(t, pepaytest.NewServer(t), "not even JSON")
	if want := `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`; err != nil || r.body != want {
		t.Errorf("%q, %v", r.body, err)
	}
}

func TestADefaultKeyCanBeRevoked(t *testing.T) {
	t.Parallel()
	key := pepaytest.NewServer(t).APIKey()
	s := pepaytest.NewServer(t, pepaytest.WithKey(key, pepaytest.Key{Revoked: true}))
	wantError(t, mint(t, s, ""), http.StatusUnauthorized, "API_KEY_INVALID")
}
