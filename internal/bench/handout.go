package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// The server is also a merchant's back end that hands out tokens to browsers, and, as
// another process, the Pepay that mints them.
const (
	handoutSetup    = "/handout/setup" // to the back end: where Pepay is
	handoutConstant = "/handout/constant"
	handoutCached   = "/handout/cached"
	handoutEach     = "/handout/each"
	handoutPepay    = "/handout/pepay" // the base path of Pepay
	handoutMints    = "/handout/mints" // of Pepay: how many there were

	// A token outlives the measurement, so that the cache has no reason to renew it.
	handoutLife = time.Hour
)

func handoutRoutes(mux *http.ServeMux) {
	var mints atomic.Int64
	mux.HandleFunc("POST "+handoutPepay+mintPath, func(w http.ResponseWriter, _ *http.Request) {
		mints.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"success":true,"data":{"token":"%s","scope":"merchant","merchant_id":123,"network_environment":null,"expires_at":%d,"ws_url":"%s"}}`,
			mintToken, time.Now().Add(handoutLife).Unix(), mintWSURL)
	})
	mux.HandleFunc("GET "+handoutMints, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, mints.Load()) })
	var end atomic.Pointer[backEnd]
	mux.HandleFunc("POST "+handoutSetup, func(w http.ResponseWriter, req *http.Request) {
		address, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		made, err := newBackEnd(req.Context(), string(address))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		end.Store(made)
	})
	mux.HandleFunc("POST "+handoutConstant, func(w http.ResponseWriter, req *http.Request) { end.Load().constant(w, req) })
	mux.HandleFunc("POST "+handoutCached, func(w http.ResponseWriter, req *http.Request) { end.Load().cached.ServeHTTP(w, req) })
	mux.HandleFunc("POST "+handoutEach, func(w http.ResponseWriter, req *http.Request) { end.Load().each.ServeHTTP(w, req) })
}

// backEnd has the handlers to compare.
type backEnd struct {
	cached, each http.Handler
	answer       answer // that is constant
}

func newBackEnd(ctx context.Context, pepayAddress string) (*backEnd, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 64} // more than there are mints at a time
	client, err := wrapper.New(wrapper.WithBaseURL(pepayAddress+handoutPepay), wrapper.WithAPIKey(mintKey), wrapper.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		return nil, err
	}
	source := wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	handler := func(source wstoken.Source) http.Handler {
		return wstoken.Handler(
			func(pepay.WSTokenScope) wstoken.Source { return source },
			func(*http.Request) (pepay.WSTokenScope, error) { return pepay.WSTokenScopeMerchant, nil },
		)
	}
	b := &backEnd{cached: handler(wstoken.NewCache(source)), each: handler(source)}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, handoutCached, http.NoBody)
	if err != nil {
		return nil, err
	}
	b.answer.header = http.Header{}
	b.cached.ServeHTTP(&b.answer, req)
	b.answer.header.Del("Date")
	return b, nil
}

// constant writes what the cached handler wrote once.
func (b *backEnd) constant(w http.ResponseWriter, req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body)
	maps.Copy(w.Header(), b.answer.header)
	_, _ = w.Write(b.answer.body.Bytes())
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(int)             {}
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
