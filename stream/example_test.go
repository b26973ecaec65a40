package stream_test

import (
	"context"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func Example() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	created, _ := pepaytest.NewEvent(pepay.EventInvoiceCreated)
	paid, _ := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
	last := server.Emit(created)
	server.Emit(paid)

	// Since is the last event an earlier run handled.
	for ev, err := range stream.Merchant(client, stream.Options{Since: last.ID}).Events(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		kind, _, status := ev.Resource()
		fmt.Println(ev.Type, kind, status)
		break // for the example; a program goes on
	}
	// Output: invoice.updated invoice paid
}
