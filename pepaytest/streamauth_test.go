package pepaytest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// mintFor returns a ws_token minted with a key.
func mintFor(t *testing.T, s *pepaytest.Server, key string) string {
	t.Helper()
	r, err := post(t, s, `{"ttl_seconds":60}`, "x-api-key", key)
	if err != nil || r.status != http.StatusOK {
		t.Fatal(r, err)
	}
	return decode[minted](t, r).Data.Token
}

// forged is a token with the same claims and the algorithm none.
func forged(token string) string {
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
}

func TestStreamAuthentication(t *testing.T) {
	t.Parallel()
	now := fixedClock()
	s := pepaytest.NewServer(t,
		pepaytest.WithClock(func() time.Time { return now }),
		pepaytest.WithKey("revoked", pepaytest.Key{Revoked: true}),
		pepaytest.WithKey("revoked-commerce", pepaytest.Key{Revoked: true, Scope: pepay.WSTokenScopeCommerce}))
	merchant, commerce := mintFor(t, s, s.APIKey()), mintFor(t, s, s.CommerceAPIKey())
	payment := s.PaymentToken("inv_1", time.Minute).Reveal()
	expired := s.PaymentToken("inv_1", 0).Reveal()
	foreign := strings.Replace(merchant, ".ey", ".ex", 1)
	key := s.APIKey()
	cases := []struct {
		name, path string
		headers    []string
		status     int
		code       string
	}{
		{"merchant key", merchantPath, []string{"x-api-key", key}, 101, ""},
		{"merchant token", merchantPath + "?token=" + merchant, nil, 101, ""},
		{"commerce key as x-api-key", commercePath, []string{"x-api-key", s.CommerceAPIKey()}, 101, ""},
		{"commerce key in its own header", commercePath, []string{"x-commerce-api-key", s.CommerceAPIKey()}, 101, ""},
		{"commerce token", commercePath + "?token=" + commerce, nil, 101, ""},
		{"payment token", paymentPath + "?token=" + payment, nil, 101, ""},

		{"nothing, merchant", merchantPath, nil, 401, "API_KEY_INVALID"},
		{"nothing, commerce", commercePath, nil, 401, "API_KEY_INVALID"},
		{"nothing, payment", paymentPath, nil, 401, "WS_TOKEN_INVALID"},
		{"unknown key", merchantPath, []string{"x-api-key", "unknown"}, 401, "API_KEY_INVALID"},
		{"revoked key", merchantPath, []string{"x-api-key", "revoked"}, 401, "API_KEY_INVALID"},
		{"revoked commerce key", commercePath, []string{"x-commerce-api-key", "revoked-commerce"}, 401, "API_KEY_INVALID"},
		{"merchant key in the commerce header", commercePath, []string{"x-commerce-api-key", key}, 401, "API_KEY_INVALID"},
		{"key on the payment stream", paymentPath, []string{"x-api-key", key}, 401, "WS_TOKEN_INVALID"},
		{"empty token", merchantPath + "?token=", nil, 401, "WS_TOKEN_INVALID"},
		{"no JWT", merchantPath + "?token=ws_123", nil, 401, "WS_TOKEN_INVALID"},
		{"bad signature", merchantPath + "?token=" + merchant[:len(merchant)-4] + "AAAA", nil, 401, "WS_TOKEN_INVALID"},
		{"no signature", merchantPath + "?token=" + forged(merchant), nil, 401, "WS_TOKEN_INVALID"},
		{"other claims", merchantPath + "?token=" + foreign, nil, 401, "WS_TOKEN_INVALID"},
		{"expired token", paymentPath + "?token=" + expired, nil, 401, "WS_TOKEN_EXPIRED"},

		{"commerce key on the merchant stream", merchantPath, []string{"x-api-key", s.CommerceAPIKey()}, 403, "FORBIDDEN"},
		{"commerce header on the merchant stream", merchantPath, []string{"x-commerce-api-key", s.CommerceAPIKey()}, 403, "FORBIDDEN"},
		{"merchant key on the commerce stream", commercePath, []string{"x-api-key", key}, 403, "FORBIDDEN"},
		{"merchant token on the commerce stream", commercePath + "?token=" + merchant, nil, 403, "FORBIDDEN"},
		{"commerce token on the merchant stream", merchantPath + "?token=" + commerce, nil, 403, "FORBIDDEN"},
		{"payment token on the merchant stream", merchantPath + "?token=" + payment, nil, 403, "FORBIDDEN"},
		{"merchant token on the payment stream", paymentPath + "?token=" + merchant, nil, 403, "FORBIDDEN"},

		{"key and token", merchantPath + "?token=" + merchant, []string{"x-api-key", key}, 400, "VALIDATION_ERROR"},
		{"key and payment token", paymentPath + "?token=" + payment, []string{"x-api-key", key}, 400, "VALIDATION_ERROR"},
		{"two keys", merchantPath, []string{"x-api-key", key, "x-commerce-api-key", s.CommerceAPIKey()}, 400, "VALIDATION_ERROR"},
		{"two tokens", merchantPath + "?token=" + merchant + "&token=" + merchant, nil, 400, "VALIDATION_ERROR"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.status == http.StatusSwitchingProtocols {
				open(t, s, tc.path, tc.headers...)
				return
			}
			wantRefused(t, s, tc.path, tc.status, tc.code, tc.headers...)
		})
	}
}

// wantRefused upgrades by hand, to see all of the answer.
func wantRefused(t *testing.T, s *pepaytest.Server, path string, status int, code string, headers ...string) reply {
	t.Helper()
	if c, _, err := tryOpen(t, s, path, headers...); err == nil {
		t.Fatal("the stream is open", c.Subprotocol())
	}
	r, err := request(t, s, http.MethodGet, path, "", append(headers, "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")...)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, status, code)
	return r
}

func TestTokensExpireByTheClock(t *testing.T) {
	t.Parallel()
	now := newClock(fixedClock())
	s := pepaytest.NewServer(t, pepaytest.WithClock(now.get))
	token := mintFor(t, s, s.APIKey())
	now.set(fixedClock().Add(59 * time.Second))
	c := open(t, s, merchantPath+"?token="+token)
	now.set(fixedClock().Add(60 * time.Second))
	wantRefused(t, s, merchantPath+"?token="+token, 401, "WS_TOKEN_EXPIRED")
	c.want(emitN(s, 1)...) // a stream outlives its token unless told otherwise
}

func TestPaymentTokenOfNoInvoice(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "empty invoice id") {
			t.Errorf("panic %q", text)
		}
	}()
	_ = s.PaymentToken("", time.Minute)
}

// A request that is no handshake is told so, in the documented envelope.
func TestNoHandshake(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	cases := []struct {
		name    string
		headers []string
		status  int
		code    string
	}{
		{"plain GET", nil, http.StatusUpgradeRequired, "UPGRADE_REQUIRED"},
		{"no Upgrade", []string{"Connection", "Upgrade"}, http.StatusUpgradeRequired, "UPGRADE_REQUIRED"},
		{"another version", []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "8"}, http.StatusBadRequest, "VALIDATION_ERROR"},
		{"no key", []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13"}, http.StatusBadRequest, "VALIDATION_ERROR"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r, err := request(t, s, http.MethodGet, merchantPath, "", append(tc.headers, "x-api-key", s.APIKey())...)
			if err != nil {
				t.Fatal(err)
			}
			wantError(t, r, tc.status, tc.code)
			if r.header.Get("x-request-id") == "" {
				t.Error("no x-request-id")
			}
			all := s.Requests()
			if got := all[len(all)-1].Status; got != tc.status {
				t.Errorf("recorded as %d", got)
			}
		})
	}
}

// A page in a browser is of another origin, and has a token.
func TestBrowsersMayOpenStreams(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()), "Origin", "https://shop.example")
}
