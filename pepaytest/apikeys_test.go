package pepaytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const keysPath = "/api/v1/api-keys"

// askBearer calls an operation with the token of the dashboard.
func askBearer(t *testing.T, s *pepaytest.Server, method, path, body string) reply {
	t.Helper()
	r, err := request(t, s, method, path, body, "Authorization", "Bearer "+s.BearerToken())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type listedKey struct {
	ID         string `json:"key_id"`
	Name       string `json:"name"`
	Scope      string `json:"scope"`
	Status     string `json:"status"`
	CreatedAt  int64  `json:"created_at"`
	ExpiresAt  int64  `json:"expires_at"`
	LastUsedAt int64  `json:"last_used_at"`
	RevokedAt  int64  `json:"revoked_at"`
}

func listKeys(t *testing.T, s *pepaytest.Server, query string) []listedKey {
	t.Helper()
	r := askBearer(t, s, http.MethodGet, keysPath+query, "")
	if r.status != http.StatusOK {
		t.Fatalf("list: %d %s", r.status, r.body)
	}
	return decode[[]listedKey](t, r)
}

type createdKey struct {
	ID        string `json:"key_id"`
	APIKey    string `json:"api_key"`
	ExpiresAt int64  `json:"expires_at"`
}

func createKey(t *testing.T, s *pepaytest.Server, body string) createdKey {
	t.Helper()
	r := askBearer(t, s, http.MethodPost, keysPath, body)
	if r.status != http.StatusOK {
		t.Fatalf("create: %d %s", r.status, r.body)
	}
	return decode[createdKey](t, r)
}

func revokeKey(t *testing.T, s *pepaytest.Server, id string) reply {
	t.Helper()
	return askBearer(t, s, http.MethodPost, keysPath+"/"+id+"/revoke", "")
}

// tryKey has the statuses of a mint, of a control endpoint and of an operation, with this key.
func tryKey(t *testing.T, s *pepaytest.Server, key string) string {
	t.Helper()
	var list []any
	for _, path := range []string{mintPath, "/_pepaytest/streams", "/api/v1/events"} {
		method := http.MethodGet
		if path == mintPath {
			method = http.MethodPost
		}
		r, err := request(t, s, method, path, "", "x-api-key", key)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r.status)
	}
	return sprint(list...)
}

const (
	works   = "200 200 200"
	refused = "401 401 401"
)

func TestAPIKeysAreListed(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t,
		pepaytest.WithClock(fixedClock),
		pepaytest.WithKey("pk_of_another", pepaytest.Key{MerchantID: 7}),
		pepaytest.WithKey("pk_named", pepaytest.Key{Name: "Shop", ExpiresAt: fixedClock().Add(time.Hour)}),
		pepaytest.WithKey("pk_gone", pepaytest.Key{Revoked: true}))
	created := createKey(t, s, `{"name":"Server","scope":"commerce","expires_at":"2026-01-01T00:00:00Z"}`)
	if !strings.HasPrefix(created.APIKey, "ck_") || created.ExpiresAt != 1767225600 {
		t.Errorf("created: %+v", created)
	}
	mint(t, s, "") // with the merchant's key
	all := listKeys(t, s, "")
	if len(all) != 5 {
		t.Fatalf("%d keys, want the two default ones, two of WithKey and the new one: %+v", len(all), all)
	}
	now := fixedClock().Unix()
	for i, want := range []listedKey{
		{Scope: "merchant", Status: "active", Name: "Merchant key of the simulator", LastUsedAt: now},
		{Scope: "commerce", Status: "active", Name: "Commerce key of the simulator"},
		{Scope: "merchant", Status: "revoked", Name: "Key of this server", RevokedAt: now},
		{Scope: "merchant", Status: "active", Name: "Shop", ExpiresAt: now + 3600},
		{Scope: "commerce", Status: "active", Name: "Server", ExpiresAt: 1767225600},
	} {
		want.CreatedAt, want.ID = now, all[i].ID
		if all[i] != want || want.ID == "" {
			t.Errorf("key %d is %+v, want %+v", i, all[i], want)
		}
	}
	if got := listKeys(t, s, "?scope=commerce"); len(got) != 2 || got[1].ID != created.ID {
		t.Errorf("scope=commerce: %+v", got)
	}
	if body := askBearer(t, s, http.MethodGet, keysPath, "").body; strings.Contains(body, created.APIKey) || strings.Contains(body, "pk_named") {
		t.Errorf("the list shows a key: %s", body)
	}
}

func TestAPIKeysAreRevoked(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	created := createKey(t, s, `{"name":"Server","scope":"merchant"}`)
	if got := tryKey(t, s, created.APIKey); got != works {
		t.Errorf("a new key: %s", got)
	}
	for range 2 { // again changes nothing
		if r := revokeKey(t, s, created.ID); r.status != http.StatusOK || r.body != `{"message":"API key revoked successfully"}` {
			t.Errorf("revoke: %d %s", r.status, r.body)
		}
	}
	if got := tryKey(t, s, created.APIKey); got != refused {
		t.Errorf("a revoked key: %s", got)
	}
	wantError(t, revokeKey(t, s, "nothing"), http.StatusNotFound, "NOT_FOUND")
	other := pepaytest.NewServer(t, pepaytest.WithKey("pk_of_another", pepaytest.Key{MerchantID: 7}))
	if err := other.RevokeKey("pk_unknown"); err == nil || strings.Contains(err.Error(), "pk_unknown") {
		t.Errorf("an unknown key: %v", err)
	}
	if err := other.RevokeKey("pk_of_another"); err != nil {
		t.Error(err)
	}
	if got := tryKey(t, other, "pk_of_another"); got != refused {
		t.Errorf("a key that RevokeKey revoked: %s", got)
	}
}

// The key of another merchant is not there.
func TestAPIKeysOfAnotherMerchant(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKey("pk_of_another", pepaytest.Key{MerchantID: 7}))
	twin := pepaytest.NewServer(t, pepaytest.WithKey("pk_of_another", pepaytest.Key{}))
	keys := listKeys(t, twin, "") // the id of a configured key is the same in every server
	wantError(t, revokeKey(t, s, keys[2].ID), http.StatusNotFound, "NOT_FOUND")
	if got := tryKey(t, s, "pk_of_another"); got != works {
		t.Errorf("the key: %s", got)
	}
}

func TestAPIKeysExpireByBusinessTime(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithClock(fixedClock))
	at := fixedClock().Add(time.Hour).UTC().Format(time.RFC3339)
	key := createKey(t, s, `{"name":"Server","scope":"merchant","expires_at":"`+at+`"}`).APIKey
	c := open(t, s, merchantPath, "x-api-key", key)
	s.Advance(time.Hour - time.Second)
	if got := tryKey(t, s, key); got != works {
		t.Errorf("a second before: %s", got)
	}
	s.Advance(time.Second)
	if got := tryKey(t, s, key); got != refused {
		t.Errorf("then: %s", got)
	}
	if closed := c.wantClose(1008); closed.Reason != "API key expired" {
		t.Errorf("its stream: %s", closed.Reason)
	}
	past := askBearer(t, s, http.MethodPost, keysPath, `{"name":"Late","scope":"merchant","expires_at":"`+at+`"}`)
	wantError(t, past, http.StatusBadRequest, "VALIDATION_ERROR")
}

func TestAPIKeyLimit(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithKeyLimit(3)) // two are there
	const body = `{"name":"Server","scope":"merchant"}`
	first := createKey(t, s, body)
	r := askBearer(t, s, http.MethodPost, keysPath, body)
	wantError(t, r, http.StatusForbidden, "FORBIDDEN")
	revokeKey(t, s, first.ID)
	createKey(t, s, body)
	if _, err := pepaytest.Start("", pepaytest.WithKeyLimit(0)); err == nil {
		t.Error("a limit of 0 is taken")
	}
}

// What becomes of streams and tokens when their key is revoked.
func TestRevocation(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name                             string
		options                          []pepaytest.Option
		keyClosed, tokenClosed, tokenOld bool
	}{
		{"by default all ends", nil, true, true, true},
		{"tokens are kept", []pepaytest.Option{pepaytest.WithRevocation(pepaytest.RevocationKeepsTokens)}, true, false, false},
		{"streams are kept", []pepaytest.Option{pepaytest.WithRevocation(pepaytest.RevocationKeepsStreams)}, false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t, append(tc.options, pepaytest.WithKey("pk_other", pepaytest.Key{}))...)
			token := decode[minted](t, mint(t, s, "")).Data.Token
			byKey := openMerchant(t, s, "")
			byToken := open(t, s, merchantPath+"?token="+token)
			byOther := open(t, s, merchantPath, "x-api-key", "pk_other")
			if err := s.RevokeKey(s.APIKey()); err != nil {
				t.Fatal(err)
			}
			ev := emit(s, pepay.EventInvoiceCreated)
			byOther.want(ev)
			for name, stream := range map[string]struct {
				*client
				closed bool
			}{"key": {byKey, tc.keyClosed}, "token": {byToken, tc.tokenClosed}} {
				if !stream.closed {
					stream.want(ev)
				} else if closed := stream.wantClose(1008); closed.Reason != "API key revoked" {
					t.Errorf("the stream of the %s: %s", name, closed.Reason)
				}
			}
			_, resp, err := tryOpen(t, s, merchantPath+"?token="+token)
			if refused := err != nil && resp != nil && resp.StatusCode == http.StatusUnauthorized; refused != tc.tokenOld {
				t.Errorf("the token opens another stream: %v, refused %v", err, refused)
			}
		})
	}
	if _, err := pepaytest.Start("", pepaytest.WithRevocation(3)); err == nil {
		t.Error("an unknown value is taken")
	}
}
