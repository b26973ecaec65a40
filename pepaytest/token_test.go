package pepaytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// The documented example, except for the token and the address.
func TestMintAnswersTheDocumentedExample(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	wsBase := "ws" + strings.TrimPrefix(s.URL(), "http")
	cases := []struct {
		name, header, key, body, want string
	}{
		{"merchant", "x-api-key", s.APIKey(), `{"scope":"merchant","ttl_seconds":60}`, `"merchant",123,null,1766320496,"/ws/merchant/events"`},
		{"commerce", "x-commerce-api-key", s.CommerceAPIKey(), `{"scope":"commerce","ttl_seconds":60}`, `"commerce",123,"devnet",1766320496,"/ws/commerce/events"`},
		{"commerce key in x-api-key", "x-api-key", s.CommerceAPIKey(), `{"scope":"commerce"}`, `"commerce",123,"devnet",1766320496,"/ws/commerce/events"`},
		{"no scope, merchant key", "x-api-key", s.APIKey(), `{}`, `"merchant",123,null,1766320496,"/ws/merchant/events"`},
		{"no scope, commerce key", "x-commerce-api-key", s.CommerceAPIKey(), `{"ttl_seconds":60}`, `"commerce",123,"devnet",1766320496,"/ws/commerce/events"`},
		{"no body", "x-api-key", s.APIKey(), ``, `"merchant",123,null,1766320496,"/ws/merchant/events"`},
		{"blank body", "x-api-key", s.APIKey(), " \n", `"merchant",123,null,1766320496,"/ws/merchant/events"`},
		{"unknown field", "x-api-key", s.APIKey(), `{"SCOPE":"commerce","x":1}`, `"merchant",123,null,1766320496,"/ws/merchant/events"`},
		{"other ttl", "x-api-key", s.APIKey(), `{"ttl_seconds":3600}`, `"merchant",123,null,1766324036,"/ws/merchant/events"`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := post(t, s, tc.body, tc.header, tc.key)
			if err != nil || r.status != http.StatusOK {
				t.Fatalf("%d %s, %v", r.status, r.body, err)
			}
			answer := decode[map[string]any](t, r)
			data, _ := answer["data"].(map[string]any)
			if answer["success"] != true || len(answer) != 2 || len(data) != 6 {
				t.Errorf("members: %s", r.body)
			}
			if _, sent := data["network_environment"]; !sent {
				t.Error("network_environment is left out instead of null")
			}
			m := decode[minted](t, r).Data
			environment := "null"
			if m.Environment != nil {
				environment = fmt.Sprintf("%q", *m.Environment)
			}
			got := fmt.Sprintf("%q,%d,%s,%d,%q", m.Scope, m.MerchantID, environment, m.ExpiresAt, strings.TrimPrefix(m.WSURL, wsBase))
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if want := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."; !strings.HasPrefix(m.Token, want) {
				t.Errorf("token %q does not start as documented", m.Token)
			}
		})
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	cases := []struct{ name, body string }{
		{"scope of the other key", `{"scope":"commerce"}`},
		{"unknown scope", `{"scope":"admin"}`},
		{"empty scope", `{"scope":""}`},
		{"scope as a number", `{"scope":1}`},
		{"null scope", `{"scope":null}`},
		{"ttl 0", `{"ttl_seconds":0}`},
		{"negative ttl", `{"ttl_seconds":-60}`},
		{"ttl as text", `{"ttl_seconds":"60"}`},
		{"fractional ttl", `{"ttl_seconds":1.5}`},
		{"null ttl", `{"ttl_seconds":null}`},
		{"ttl beyond any date", `{"ttl_seconds":9223372036854775807}`},
		{"ttl beyond int64", `{"ttl_seconds":9223372036854775808}`},
		{"truncated", `{"scope":`},
		{"trailing bytes", `{} x`},
		{"array", `[]`},
		{"null", `null`},
		{"text", `"merchant"`},
		{"not JSON", `scope=merchant`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, mint(t, s, tc.body), http.StatusBadRequest, "VALIDATION_ERROR")
		})
	}
	t.Run("merchant scope with a commerce key", func(t *testing.T) {
		t.Parallel()
		r, err := post(t, s, `{"scope":"merchant"}`, "x-commerce-api-key", s.CommerceAPIKey())
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
	})
	t.Run("another content type", func(t *testing.T) {
		t.Parallel()
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+mintPath, strings.NewReader(`{}`))
		req.Header.Set("x-api-key", s.APIKey())
		req.Header.Set("Content-Type", "text/plain")
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", resp.StatusCode)
		}
	})
}

func TestWithTokenTTL(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		min, max time.Duration
		body     string
		want     int64 // 0: refused
	}{
		{"at min", 10 * time.Second, time.Minute, `{"ttl_seconds":10}`, 10},
		{"below min", 10 * time.Second, time.Minute, `{"ttl_seconds":9}`, 0},
		{"at max", 10 * time.Second, time.Minute, `{"ttl_seconds":60}`, 60},
		{"above max", 10 * time.Second, time.Minute, `{"ttl_seconds":61}`, 0},
		{"min rounds up", 1500 * time.Millisecond, 0, `{"ttl_seconds":1}`, 0},
		{"max rounds down", 0, 1500 * time.Millisecond, `{"ttl_seconds":2}`, 0},
		{"min of 0", 0, 0, `{"ttl_seconds":0}`, -1},
		{"default within", time.Second, 0, ``, 60},
		{"default below min", 2 * time.Minute, 0, ``, 120},
		{"default above max", time.Second, 30 * time.Second, ``, 30},
		{"no maximum", time.Second, 0, `{"ttl_seconds":315360000}`, 315360000},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock), pepaytest.WithTokenTTL(tc.min, tc.max))
			r := mint(t, s, tc.body)
			if tc.want == 0 {
				wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
				return
			}
			if got := decode[minted](t, r).Data.ExpiresAt - fixedClock().Unix(); got != max(tc.want, 0) {
				t.Errorf("life %d s, want %d; %s", got, tc.want, r.body)
			}
		})
	}
}

func TestTokenIsARealJWT(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	seen := map[any]bool{}
	for range 3 {
		claims := jwt.MapClaims{}
		token, _, err := jwt.NewParser().ParseUnverified(decode[minted](t, mint(t, s, "")).Data.Token, claims)
		if err != nil {
			t.Fatal(err)
		}
		if token.Method.Alg() != "HS256" || claims["exp"] != 1766320496.0 || claims["iat"] != 1766320436.0 ||
			claims["scope"] != "merchant" || claims["merchant_id"] != 123.0 || claims["network_environment"] != nil {
			t.Errorf("header %v, claims %v", token.Header, claims)
		}
		seen[claims["jti"]] = true
	}
	if len(seen) != 3 {
		t.Errorf("token ids %v, want three different ones", seen)
	}
}
