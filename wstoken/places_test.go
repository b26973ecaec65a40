package wstoken

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// scopeOfQuery authorizes everybody, for the scope that is asked for.
func scopeOfQuery(r *http.Request) (pepay.WSTokenScope, error) {
	return pepay.WSTokenScope(r.URL.Query().Get("scope")), nil
}

func askScope(ctx context.Context, h http.Handler, scope string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/?scope="+scope, nil))
	return w.Code
}

// Requests that hang for one scope take nothing away from another, whether its
// token is cached or has to be minted; and a cached token takes no place at all.
func TestScopesDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hangs := SourceFunc(func(ctx context.Context) (*pepay.WSToken, error) { <-ctx.Done(); return nil, ctx.Err() })
		minting := SourceFunc(func(context.Context) (*pepay.WSToken, error) { return goodToken(), nil })
		cached := NewCache(&mint{life: time.Hour})
		value(t, cached)
		sources := map[pepay.WSTokenScope]Source{"hangs": hangs, "minting": minting, "cached": cached, "both": cached}
		h := Handler(func(s pepay.WSTokenScope) Source { return sources[s] }, scopeOfQuery).(*handler)
		var wg sync.WaitGroup
		for range 3 * maxUpstream {
			wg.Go(func() { askScope(ctx, h, "hangs") })
		}
		// All places of a scope are taken, and its source has become a cache with a token.
		for range maxUpstream {
			giveBack, err := h.places.take(ctx, "both")
			if err != nil {
				t.Fatal(err)
			}
			defer giveBack()
		}
		synctest.Wait()
		start := time.Now()
		for _, scope := range []string{"cached", "minting", "both"} {
			if code := askScope(t.Context(), h, scope); code != http.StatusOK || time.Since(start) != 0 {
				t.Errorf("%s: %d after %s", scope, code, time.Since(start))
			}
		}
		cancel()
		wg.Wait()
	})
}

// A token that is due is handed out at once, and renewed in the background.
func TestCachedTokenAtHandIsRenewedInTheBackground(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &mint{life: time.Minute}
		cache := NewCache(src)
		h := Handler(func(pepay.WSTokenScope) Source { return cache }, anyone)
		for i, step := range []struct {
			sleep time.Duration
			mints int64
		}{{0, 1}, {30 * time.Second, 1}, {16 * time.Second, 2}, {30 * time.Second, 2}, {16 * time.Second, 3}} {
			time.Sleep(step.sleep)
			if w := ask(h, "POST", ""); w.Code != 200 {
				t.Errorf("step %d: %d %s", i, w.Code, w.Body)
			}
			synctest.Wait()
			if n := src.count.Load(); n != step.mints {
				t.Errorf("step %d: %d mints, want %d", i, n, step.mints)
			}
		}
	})
}

// Scopes come from authorize, which may take them from the request.
func TestPlacesAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p places
		ctx, cancel := context.WithCancel(t.Context())
		var give []func()
		for range maxUpstream {
			giveBack, err := p.take(ctx, "a")
			if err != nil {
				t.Fatal(err)
			}
			give = append(give, giveBack)
		}
		waited := make(chan error)
		go func() { _, err := p.take(ctx, "a"); waited <- err }()
		synctest.Wait()
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("waited for a place, and got %v", err)
		}
		for i := range 1000 {
			giveBack, err := p.take(t.Context(), pepay.WSTokenScope(strings.Repeat("x", i)))
			if err != nil {
				t.Fatal(err)
			}
			giveBack()
		}
		if len(p.scopes) != 1 {
			t.Errorf("%d scopes are remembered while one is in use", len(p.scopes))
		}
		for _, giveBack := range give {
			giveBack()
		}
		if len(p.scopes) != 0 {
			t.Errorf("%d scopes are remembered", len(p.scopes))
		}
	})
}

func TestAuthorizeReadsTheBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, contentType, body string }{
		{"form", "application/x-www-form-urlencoded", "session=canary"},
		{"JSON", "application/json", `{"session":"canary"}`},
		{"the most that is allowed", "text/plain", strings.Repeat("x", maxBody)},
		{"nothing", "text/plain", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := Handler(sourceOf(goodToken(), nil), func(r *http.Request) (pepay.WSTokenScope, error) {
				if c.name == "form" {
					if r.FormValue("session") != "canary" {
						return "", errors.New("no session")
					}
					return pepay.WSTokenScopeMerchant, nil
				}
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != c.body {
					t.Errorf("read %d bytes, %v", len(body), err)
				}
				return pepay.WSTokenScopeMerchant, nil
			})
			if w := ask(h, "POST", c.body, "Content-Type", c.contentType); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := Handler(sourceOf(goodToken(), nil), anyone)
	post := func(h http.Handler, body io.Reader) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/", body)
		h.ServeHTTP(w, r)
		return w.Code
	}
	if code := post(h, iotest.ErrReader(io.ErrUnexpectedEOF)); code != http.StatusBadRequest {
		t.Errorf("a body that broke off: %d", code)
	}
	if code := post(http.MaxBytesHandler(h, 10), strings.NewReader(strings.Repeat("x", 100))); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body beyond the limit of the server: %d", code)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, &http.Request{Method: http.MethodPost, Header: http.Header{}})
	if w.Code != http.StatusOK {
		t.Errorf("no body at all: %d", w.Code)
	}
}

// The life that is left is counted by the server, in whole seconds.
func TestExpiresIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for life, want := range map[time.Duration]string{
			time.Minute: `"expires_in":60,`, time.Minute - 1: `"expires_in":59,`, 999 * time.Millisecond: `"expires_in":0,`, 0: `"expires_in":0,`,
		} {
			token := goodToken()
			token.ExpiresAt = pepay.Timestamp{Time: time.Now().Add(life)}
			h := Handler(sourceOf(token, nil), anyone, WithMinLife(0))
			if w := ask(h, "POST", ""); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d %s", life, w.Code, w.Body)
			}
		}
		w := httptest.NewRecorder()
		expired := goodToken()
		expired.ExpiresAt = pepay.Timestamp{Time: time.Now().Add(-time.Hour)}
		writeToken(w, expired)
		if !strings.Contains(w.Body.String(), `"expires_in":0,`) {
			t.Errorf("expired: %s", w.Body)
		}
	})
}
