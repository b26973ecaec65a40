package stream_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

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

// An order comes as the type that the orders API returns.
func ExampleCommerce_order() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithHTTPClient(server.Client()), wrapper.WithCommerceAPIKey(server.CommerceAPIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	created, _ := pepaytest.NewEvent(pepay.EventCommerceOrderCreated)
	updated, _ := pepaytest.NewEvent(pepay.EventCommerceOrderUpdated)
	last := server.Emit(created)
	server.Emit(updated)

	for ev, err := range stream.Commerce(client, stream.Options{Since: last.ID}).Events(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var order pepay.Order
		if err := ev.Decode(&order); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(order.ID, order.Status, order.InvoiceID)
		break // for the example; a program goes on
	}
	// Output: order_123 fulfilled 550e8400-e29b-41d4-a716-446655440000
}

// Two replicas share a lease: one follows Pepay, and the other takes over where it
// ends.
func ExampleMemoryLease() {
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
	before := server.Emit(paid)
	server.Emit(created)
	server.Emit(paid)

	group := stream.MemoryLease() // replicas on several machines have one in a database
	for _, name := range []string{"a", "b"} {
		replica := stream.Merchant(client, stream.Options{Lease: group, Since: before.ID})
		var inHand string
		for ev, err := range replica.Events(context.Background()) {
			if err != nil {
				fmt.Println(err)
				return
			}
			if inHand != "" {
				fmt.Println(name, "has handled", inHand)
				break // the replica ends
			}
			if inHand = ev.Type; name == "b" {
				fmt.Println(name, "goes on with", ev.Type)
				break
			}
		}
	}
	// Output:
	// a has handled invoice.created
	// b goes on with invoice.updated
}

// The cursor is saved after each event that was handled, so that the next start goes on
// behind it.
func ExampleFileCursor() {
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
	before := server.Emit(paid)
	server.Emit(created)
	server.Emit(paid)

	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cursor := stream.FileCursor(filepath.Join(dir, "cursor"))
	for _, run := range []string{"first", "second"} {
		handled := ""
		// Since counts until there is a cursor.
		for ev, err := range stream.Merchant(client, stream.Options{Cursor: cursor, Since: before.ID}).Events(context.Background()) {
			if err != nil {
				fmt.Println(err)
				return
			}
			if handled != "" || ev.Type == pepay.EventInvoiceUpdated {
				fmt.Println(run, "run leaves at", ev.Type)
				break // this event was not handled
			}
			handled = ev.ID
			fmt.Println(run, "run handles", ev.Type)
		}
	}
	// Output:
	// first run handles invoice.created
	// first run leaves at invoice.updated
	// second run leaves at invoice.updated
}
