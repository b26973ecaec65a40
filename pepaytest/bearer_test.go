package pepaytest_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A bearer token is a real JWT that is checked, and it sees what a merchant's key sees.
func TestBearerToken(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) }))
	emit(s, pepay.EventInvoiceUpdated)
	token := s.BearerToken()
	if _, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{}); err != nil {
		t.Fatalf("no JWT: %v", err)
	}
	other, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"scope": "dashboard", "merchant_id": 123, "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte("another key"))
	if err != nil {
		t.Fatal(err)
	}
	list := func(headers ...string) reply {
		t.Helper()
		r, err := request(t, s, http.MethodGet, eventsPath, "", headers...)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"good":                   {[]string{"Authorization", "Bearer " + token}, http.StatusOK},
		"the scheme in any case": {[]string{"Authorization", "bearer " + token}, http.StatusOK},
		"a changed signature":    {[]string{"Authorization", "Bearer " + token[:len(token)-2] + "AA"}, http.StatusUnauthorized},
		"another key":            {[]string{"Authorization", "Bearer " + other}, http.StatusUnauthorized},
		"a ws_token":             {[]string{"Authorization", "Bearer " + decode[minted](t, mint(t, s, "")).Data.Token}, http.StatusUnauthorized},
		"no token":               {[]string{"Authorization", "Bearer"}, http.StatusUnauthorized},
		"another scheme":         {[]string{"Authorization", "Basic " + token}, http.StatusUnauthorized},
		"twice":                  {[]string{"Authorization", "Bearer " + token, "Authorization", "Bearer " + token}, http.StatusUnauthorized},
		"beside a key":           {[]string{"Authorization", "Bearer " + token, "x-api-key", s.APIKey()}, http.StatusBadRequest},
	} {
		if r := list(c.headers...); r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		} else if r.status == http.StatusOK && !strings.Contains(r.body, pepay.EventInvoiceUpdated) {
			t.Errorf("%s: the event is missing: %s", name, r.body)
		}
	}
	later.Store(int64(25 * time.Hour))
	if r := list("Authorization", "Bearer "+token); r.status != http.StatusUnauthorized || !strings.Contains(r.body, "expired") {
		t.Errorf("after a day: %d %s", r.status, r.body)
	}
	if r := list("Authorization", "Bearer "+s.BearerToken()); r.status != http.StatusOK {
		t.Errorf("a token of today: %d %s", r.status, r.body)
	}
}

// Minting takes keys only.
func TestBearerTokenDoesNotMint(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	r, err := post(t, s, "", "Authorization", "Bearer "+s.BearerToken())
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, http.StatusForbidden, "FORBIDDEN")
}
