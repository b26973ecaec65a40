package wrapper

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

func TestChooseAlternative(t *testing.T) {
	t.Parallel()
	type alternatives = []map[string][]string
	for _, c := range []struct {
		name         string
		have         string // scheme names
		alternatives alternatives
		preferred    string
		want         string // scheme names, "none" for no credential, "" for cannot
	}{
		{"public", "a", alternatives{}, "", "none"},
		{"single", "a", alternatives{{"a": nil}}, "", "a"},
		{"or, first wins", "a b", alternatives{{"a": nil}, {"b": nil}}, "", "a"},
		{"or, only the second can be met", "b", alternatives{{"a": nil}, {"b": nil}}, "", "b"},
		{"or, preferred wins", "a b", alternatives{{"a": nil}, {"b": nil}}, "b", "b"},
		{"or, preferred cannot be met", "a", alternatives{{"a": nil}, {"b": nil}}, "b", "a"},
		{"and", "a b", alternatives{{"a": nil, "b": nil}}, "", "a b"},
		{"and, half is nothing", "a", alternatives{{"a": nil, "b": nil}}, "", ""},
		{"and or single", "a c", alternatives{{"a": nil, "b": nil}, {"c": nil}}, "", "c"},
		{"anonymous only when nothing else", "a", alternatives{{}, {"a": nil}}, "", "a"},
		{"anonymous", "", alternatives{{"a": nil}, {}}, "", "none"},
		{"no credential", "", alternatives{{"a": nil}}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			have := credentials{}
			for name := range strings.FieldsSeq(c.have) {
				have[name] = func(context.Context) (pepay.Secret, error) { return "x", nil }
			}
			chosen, ok := have.choose(alternativesOf(c.alternatives), c.preferred)
			got := strings.Join(chosen, " ")
			if ok && got == "" {
				got = "none"
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		scheme pepay.SecurityScheme
		check  func(*http.Request) string
		want   string
	}{
		{"header", pepay.SecurityScheme{Type: "apiKey", In: "header", Name: "x-api-key"},
			func(r *http.Request) string { return r.Header.Get("X-Api-Key") }, "v&1"},
		{"query", pepay.SecurityScheme{Type: "apiKey", In: "query", Name: "token"},
			func(r *http.Request) string { return r.URL.RawQuery }, "a=b&token=v%261"},
		{"cookie", pepay.SecurityScheme{Type: "apiKey", In: "cookie", Name: "session"},
			func(r *http.Request) string { return r.Header.Get("Cookie") }, "session=v&1"},
		{"bearer", pepay.SecurityScheme{Type: "http", Scheme: "Bearer"},
			func(r *http.Request) string { return r.Header.Get("Authorization") }, "Bearer v&1"},
		{"basic", pepay.SecurityScheme{Type: "http", Scheme: "basic"},
			func(r *http.Request) string { return r.Header.Get("Authorization") }, "Basic diYx"},
		{"oauth2", pepay.SecurityScheme{Type: "oauth2"},
			func(r *http.Request) string { return r.Header.Get("Authorization") }, "Bearer v&1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodGet, "/x?a=b", nil)
			outer := req.URL
			if err := attach(req, c.scheme, "v&1"); err != nil {
				t.Fatal(err)
			}
			if got := c.check(req); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if outer.RawQuery != "a=b" {
				t.Errorf("the caller's URL was changed to %s", outer)
			}
		})
	}
	err := attach(httptest.NewRequest(http.MethodGet, "/", nil), pepay.SecurityScheme{Type: "mutualTLS"}, "v")
	if !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("an unsupported scheme gave %v", err)
	}
}

func TestHostileCredentials(t *testing.T) {
	t.Parallel()
	const canary = "canary-8c21"
	for name, value := range map[string]string{
		"empty":           "",
		"line feed":       canary + "\nX-Admin: 1",
		"carriage return": canary + "\r",
		"nul":             canary + "\x00",
		"delete":          canary + "\x7f",
		"tab":             "a\t" + canary,
		"leading space":   " " + canary,
		"trailing space":  canary + " ",
		"non-ASCII":       canary + "é",
		"nbsp":            "\u00a0" + canary,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for option, opt := range map[string]Option{
				"WithAPIKey":         WithAPIKey(value),
				"WithCommerceAPIKey": WithCommerceAPIKey(value),
				"WithBearerToken":    WithBearerToken(value),
				"WithCredential":     WithCredential("bearerAuth", pepay.Secret(value)),
			} {
				_, err := New(opt)
				if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), option+":") {
					t.Errorf("%s: %v", option, err)
				} else if strings.Contains(err.Error(), canary) {
					t.Errorf("%s prints the credential: %v", option, err)
				}
			}
		})
	}
}

func TestUnknownScheme(t *testing.T) {
	t.Parallel()
	_, err := New(WithCredential("apiKey", "value"))
	if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "merchantApiKey") {
		t.Errorf("the error should list the schemes there are: %v", err)
	}
}
