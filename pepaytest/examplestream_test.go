package pepaytest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// A stream that begins without a cursor gets what happens from then on. A test waits until
// the program under test follows, and makes something happen then.
func ExampleServer_WaitStreams() {
	srv, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithAPIKey(srv.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	seen := make(chan string)
	go func() { // the program under test
		for ev, err := range stream.Merchant(client, stream.Options{}).Events(ctx) {
			if err != nil {
				return
			}
			seen <- ev.Type
		}
	}()

	if err := srv.WaitStreams(ctx, 1); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(<-seen)

	cancel() // the program ends
	if err := srv.WaitStreams(context.Background(), 0); err != nil {
		fmt.Println(err)
	}
	// Output:
	// invoice.created
}
