package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// A peer whose new version works differently fails here.
func TestMintContestants(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, setting := range []struct {
		name        string
		contestants []contestant
	}{
		{"memory", mintContestants("https://pepay.invalid", mintMemory)},
		{"loopback", mintContestants(base, newTransport)},
	} {
		for _, c := range setting.contestants {
			t.Run(setting.name+"/"+c.name, func(t *testing.T) {
				if err := c.run(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A failing contestant must not be measured.
func TestMintContestantsNoticeFailure(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func() http.RoundTripper {
		return func() http.RoundTripper { return canned{status, body} }
	}
	for name, transport := range map[string]func() http.RoundTripper{
		"refused":       answer(http.StatusUnauthorized, `{"error":"Invalid API key","code":"API_KEY_INVALID"}`),
		"no token":      answer(http.StatusOK, `{"success":true,"data":{"expires_at":1766320496}}`),
		"another token": answer(http.StatusOK, strings.Replace(mintAnswer, "eyJ", "eyK", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range mintContestants("https://pepay.invalid", transport) {
				if err := c.run(context.Background()); err == nil {
					t.Errorf("%s calls that a success", c.name)
				}
			}
		})
	}
}

type canned struct {
	status int
	body   string
}

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	body := &readOnce{}
	body.Reset(c.body)
	return &http.Response{
		StatusCode: c.status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       body,
		Request:    req,
	}, nil
}

// BenchmarkMint is for the profiler: go test -run - -bench Mint/wrapper -memprofile mem.out
func BenchmarkMint(b *testing.B) {
	for _, c := range mintContestants("https://pepay.invalid", mintMemory) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.run(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
