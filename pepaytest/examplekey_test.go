package pepaytest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The key is revoked while a stream is open: the stream ends with an error that says so,
// and does not reconnect for ever.
func ExampleServer_RevokeKey() {
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

	live := func(state stream.State, _ error) {
		if state == stream.StateLive {
			_, _ = client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
		}
	}
	events := stream.Merchant(client, stream.Options{Observer: stream.Observer{OnState: live}})
	for ev, err := range events.Events(ctx) {
		if err != nil {
			fmt.Println("the key is refused:", errors.Is(err, stream.ErrUnauthorized))
			return
		}
		fmt.Println(ev.Type)
		if err := srv.RevokeKey(srv.APIKey()); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// invoice.created
	// the key is refused: true
}
