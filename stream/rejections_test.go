package stream_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// A connection in between proves that credentials are good, also one that brought
// nothing before its token expired: rejections are counted in a row.
func TestRejectionsCountInARow(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t, pepaytest.WithCloseOnExpiry())
	client := newClient(t, server)
	server.Faults().On("openMerchantStream", pepaytest.RejectToken(), pepaytest.Every(2))
	cache := wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant, TTL: time.Second}))
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	opened := 0
	observer := stream.Observer{OnState: func(state stream.State, _ error) {
		if state == stream.StateReplaying || opened == 0 && state == stream.StateLive {
			if opened++; opened == 3 {
				cancel()
			}
		}
	}}
	for _, err := range stream.Merchant(client, stream.Options{Source: cache, Backoff: quick, Observer: observer}).Events(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended after %d good connections: %v", opened, err)
		}
	}
}
