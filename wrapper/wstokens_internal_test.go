package wrapper

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// The request that Mint builds is the one that the generated client builds.
func TestMintBuildsTheGeneratedRequest(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://api.example", "https://gateway.example/pepay", "https://gateway.example/a%2Fb"} {
		var got *http.Request
		client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
			got = req
			return nil, errors.New("enough")
		}, WithBaseURL(base), once)
		seconds := int64(90)
		_, _ = client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{Scope: pepay.WSTokenScopeCommerce, TTLSeconds: &seconds})
		want := got
		_, _ = client.WSTokens.Mint(t.Context(), MintParams{Scope: pepay.WSTokenScopeCommerce, TTL: 90 * time.Second})
		if got == want || got.Method != want.Method || got.URL.String() != want.URL.String() || got.Host != want.Host || got.ContentLength != want.ContentLength ||
			!maps.EqualFunc(got.Header, want.Header, func(a, b []string) bool { return len(a) == 1 && len(b) == 1 && a[0] == b[0] }) {
			t.Errorf("got %s %s %v, want %s %s %v", got.Method, got.URL, got.Header, want.Method, want.URL, want.Header)
		}
		if read(t, got) != read(t, want) || got.GetBody == nil {
			t.Error("the bodies differ, or cannot be sent again")
		}
	}
}

func read(t *testing.T, req *http.Request) string {
	t.Helper()
	content, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
