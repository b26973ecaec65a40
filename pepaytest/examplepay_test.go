package pepaytest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// An underpaid invoice is completed: the payor sends too little, learns where the rest
// has to go, and pays it.
func ExampleServer_Pay() {
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
	ctx := context.Background()
	invoice, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
	if err != nil {
		fmt.Println(err)
		return
	}
	payor := client.Payor(invoice.SessionToken, invoice.Signature)

	for _, payment := range []pepaytest.Payment{{Millis: 40_000, TokenID: 10}, {}} { // then what remains
		if err := srv.Pay(invoice.InvoiceID, payment); err != nil {
			fmt.Println(err)
			return
		}
		session, err := payor.Details(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(session.InvoiceStatus, session.AmountRemainingUSD, session.LockedNetwork, session.LockedTokenID)
	}
	// Output:
	// underpaid 9.99 solana 10
	// paid 0  0
}

// A webhook arrives twice, and the order is shipped once.
func ExampleEndpoint_Redeliver() {
	srv, err := pepaytest.Start("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()
	verifier, err := webhook.NewVerifier("the endpoint's secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := verifier.Handler(func(_ context.Context, ev *pepay.Event) error { // the code under test
		if kind, _, status := ev.Resource(); kind == "invoice" && status == "paid" {
			fmt.Println("ship the order")
		}
		return nil
	})
	shop := httptest.NewServer(handler)
	defer shop.Close()
	endpoint := srv.AddWebhook(shop.URL, "the endpoint's secret", "invoice.updated")

	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithAPIKey(srv.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	invoice, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := srv.Pay(invoice.InvoiceID, pepaytest.Payment{}); err != nil {
		fmt.Println(err)
		return
	}
	events := srv.Events()
	if err := endpoint.Redeliver(events[len(events)-1].ID); err != nil {
		fmt.Println(err)
	}
	if err := endpoint.Wait(ctx); err != nil {
		fmt.Println(err)
	}
	for _, d := range endpoint.Deliveries() {
		fmt.Println(d.Type, "delivered:", d.Delivered)
	}
	// Output:
	// ship the order
	// invoice.updated delivered: true
	// invoice.updated delivered: true
}

// Time passes at once: invoices and quotes expire, and tokens and signatures stay valid.
func ExampleServer_Advance() {
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
	if _, err := client.Invoices.Create(context.Background(), pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)}); err != nil {
		fmt.Println(err)
		return
	}

	srv.Advance(11 * time.Hour)
	fmt.Println(srv.Invoices()[0].Status)
	srv.Advance(2 * time.Hour) // an invoice that names no life has 12 hours
	fmt.Println(srv.Invoices()[0].Status)
	// Output:
	// unpaid
	// expired
}

// A settlement fails and is tried again.
func ExampleServer_Settle() {
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
	ctx := context.Background()
	invoice, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: pepay.DecimalFromMillis(49_990)})
	if err != nil {
		fmt.Println(err)
		return
	}
	pay := func(id string) error { return srv.Pay(id, pepaytest.Payment{}) }
	for _, step := range []func(string) error{pay, srv.FailSettlement, srv.Settle, srv.Expire} {
		if err := step(invoice.InvoiceID); err != nil {
			fmt.Println("a paid invoice does not expire")
			return
		}
		report, err := client.Invoices.Status(ctx, invoice.InvoiceID)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(report.Invoice.Status, report.LatestPayment.SettlementStatus)
	}
	// Output:
	// paid pending
	// paid failed
	// paid settled
	// a paid invoice does not expire
}
