package wrapper

import (
	"io"
	"net/http"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// The request that Mint builds is the one the generated builder would build.
func TestMintBuildsTheGeneratedRequest(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://api.example", "https://gateway.example/pepay"} {
		client := newTestClient(t, nil, WithBaseURL(base))
		seconds := int64(60)
		request := pepay.MintWSTokenRequest{Scope: pepay.WSTokenScopeCommerce, TTLSeconds: &seconds}
		want, err := pepay.NewMintWSTokenRequest(base+"/", request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.post(t.Context(), "mintWsToken", request)
		if err != nil {
			t.Fatal(err)
		}
		if got.Method != want.Method || got.URL.String() != want.URL.String() || got.ContentLength != want.ContentLength ||
			len(got.Header) != len(want.Header) || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
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
