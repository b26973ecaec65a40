package wrapper_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Create an invoice, and wait until it is paid, has expired or was canceled.
func ExampleInvoiceService_Create() {
	server, client := newCannedClient(wrapper.WithAPIKey("the merchant's key"))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()

	amount, err := pepay.ParseDecimal("49.99") // dollars
	if err != nil {
		log.Fatal(err)
	}
	created, err := client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{AmountUSD: amount, Description: "Starter plan"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created.InvoiceID, "is paid at", created.PaymentURL) // redirect to PaymentURL.Reveal()

	report, err := client.Invoices.WaitForStatus(ctx, created.InvoiceID, wrapper.Wait{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Invoice.Status, report.Invoice.AmountDecimal, "settlement", report.LatestPayment.SettlementStatus)
	// Output:
	// 550e8400-e29b-41d4-a716-446655440000 is paid at [redacted]
	// paid 49.990 settlement settled
}

// A wait for one status ends with ErrWontHappen when another final one comes.
func ExampleInvoiceService_WaitForStatus() {
	server, client := newCannedClient(wrapper.WithAPIKey("the merchant's key"))
	defer server.Close()

	report, err := client.Invoices.WaitForStatus(context.Background(), "550e8400-e29b-41d4-a716-446655440000",
		wrapper.Wait{Interval: time.Second}, []pepay.InvoiceStatus{pepay.InvoiceStatusUnderpaid})
	fmt.Println(report.Invoice.Status)
	fmt.Println(err)
	// Output:
	// paid
	// pepay: the status waited for will not come: it is paid, which is final, not underpaid
}

// A page, and then all invoices, page by page.
func ExampleInvoiceService_All() {
	server, client := newCannedClient(wrapper.WithAPIKey("the merchant's key"))
	defer server.Close()
	ctx := context.Background()

	page, err := client.Invoices.List(ctx, wrapper.InvoiceParams{Limit: 25, Statuses: []pepay.InvoiceStatus{pepay.InvoiceStatusPaid}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), "on the first page, more:", page.HasMore)
	for invoice, err := range client.Invoices.All(ctx, wrapper.InvoiceParams{CreatedFrom: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(invoice.ID, invoice.Status, invoice.AmountDecimal, invoice.Currency)
	}
	// Output:
	// 1 on the first page, more: false
	// inv_123 paid 129.900 usd
}

func ExampleInvoiceService_Totals() {
	server, client := newCannedClient(wrapper.WithAPIKey("the merchant's key"))
	defer server.Close()

	sums, err := client.Invoices.Totals(context.Background(), wrapper.InvoiceTotalsParams{CustomerID: "cust_123"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("paid:", sums.Totals.Paid.Count, "invoices,", sums.Totals.Paid.AmountDecimal, sums.Currency)
	fmt.Println("open:", sums.Totals.Unpaid.Count, "invoices,", sums.Totals.Unpaid.AmountDecimal, sums.Currency)
	// Output:
	// paid: 2 invoices, 99.900 usd
	// open: 1 invoices, 30.000 usd
}

// The payor's side, from the answer to Create to the status. It needs no key.
func ExampleClient_Payor() {
	server, client := newCannedClient()
	defer server.Close()
	ctx := context.Background()
	headers := pepay.PaymentSessionHeaders{SessionToken: "pst_...", Signature: "sig_..."} // created.PaymentSessionHeaders

	payor := client.Payor(headers.SessionToken, headers.Signature)
	details, err := payor.Details(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(details.MerchantName, "asks for", details.AmountUSD, "dollars")
	tokens, err := payor.AvailableTokens(ctx, wrapper.PayorTokenParams{AvailableOnly: true})
	if err != nil {
		log.Fatal(err)
	}
	address, err := payor.AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: tokens[0].Network, TokenID: tokens[0].ID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("pay", address.EstimatedTokenAmount, tokens[0].TokenSymbol, "to", address.TempAddress)

	// for ev, err := range updates.Events(ctx) … follows the payment.
	updates := stream.Payment(client, address.WSConnection.Token, stream.Options{})
	fmt.Println("stream:", updates.State())

	status, err := payor.WaitForStatus(ctx, wrapper.Wait{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Status, status.PaidAt.Format(time.RFC3339))
	// Output:
	// Pepay Demo Merchant asks for 49.99 dollars
	// pay 49.990000 USDC to <payment_address>
	// stream: idle
	// paid 2024-01-01T12:30:00Z
}
