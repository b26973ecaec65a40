package contract_test

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

var merchantMethods = calls{
	"Invoices.Create": func(ctx context.Context, c *wrapper.Client) error {
		yes, life := true, int64(3_600_000)
		return second(c.Invoices.Create(ctx, pepay.CreateInvoiceRequest{
			AmountUSD: decimalOf("49.99"), Description: "Order 1", CustomerID: "cust_123", CustomerEmail: "jo@example.com", InvoiceTitle: "Order",
			InvoiceFooter: "Thanks", ExpiresIn: &life, Metadata: json.RawMessage(`{"order":1}`),
			PaymentReturnURL: "https://example.com/done", PaymentReturnURLEnabled: &yes,
		}))
	},
	"Invoices.List": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Invoices.List(ctx, invoiceParams()))
	},
	"Invoices.All": func(ctx context.Context, c *wrapper.Client) error {
		return first(c.Invoices.All(ctx, invoiceParams()))
	},
	"Invoices.Get": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Invoices.Get(ctx, invoiceID, wrapper.InvoiceExpand{Expand: []string{"payments"}, PaymentsLimit: 5}))
	},
	"Invoices.Status": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Invoices.Status(ctx, invoiceID))
	},
	"Invoices.WaitForStatus": func(ctx context.Context, c *wrapper.Client) error {
		report, err := c.Invoices.Status(ctx, invoiceID)
		if err != nil {
			return err
		}
		return second(c.Invoices.WaitForStatus(ctx, invoiceID, wrapper.Wait{}, []pepay.InvoiceStatus{report.Invoice.Status}))
	},
	"Invoices.Totals": func(ctx context.Context, c *wrapper.Client) error {
		at := time.Unix(1_766_320_496, 0)
		return second(c.Invoices.Totals(ctx, wrapper.InvoiceTotalsParams{
			Statuses: []pepay.InvoiceStatus{pepay.InvoiceStatusPaid}, Types: []string{"standard"}, CustomerID: "cust_123",
			Environment: pepay.NetworkEnvironmentDevnet, CreatedFrom: at, CreatedTo: at.Add(time.Hour),
		}))
	},
	"Invoices.ListByCustomer": func(ctx context.Context, c *wrapper.Client) error {
		return second(c.Invoices.ListByCustomer(ctx, "cust_123", wrapper.InvoiceParams{Limit: 10, Statuses: []pepay.InvoiceStatus{pepay.InvoiceStatusPaid}}))
	},

	"Payor.Details": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Details(ctx))
	},
	"Payor.AvailableTokens": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).AvailableTokens(ctx, wrapper.PayorTokenParams{Mode: "network", Network: "base", AvailableOnly: true}))
	},
	"Payor.AllocateAddress": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).AllocateAddress(ctx, pepay.AllocateAddressRequest{Network: "base", TokenID: 123}))
	},
	"Payor.Status": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Status(ctx))
	},
	"Payor.WaitForStatus": func(ctx context.Context, c *wrapper.Client) error {
		status, err := payor(c).Status(ctx)
		if err != nil {
			return err
		}
		return second(payor(c).WaitForStatus(ctx, wrapper.Wait{}, []pepay.InvoiceStatus{status.Status}))
	},
	"Payor.SetEmail": func(ctx context.Context, c *wrapper.Client) error {
		return payor(c).SetEmail(ctx, "jo@example.com")
	},
	"Payor.Email": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Email(ctx))
	},
	"Payor.Questions": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Questions(ctx))
	},
	"Payor.Submit": func(ctx context.Context, c *wrapper.Client) error {
		return payor(c).Submit(ctx, []pepay.QuestionResponse{{QuestionID: "q1", Response: "yes"}})
	},
	"Payor.Verify": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Verify(ctx, invoiceID, pepay.VerifyInvoiceRequest{Network: "base"}))
	},
	"Payor.Verification": func(ctx context.Context, c *wrapper.Client) error {
		return second(payor(c).Verification(ctx, invoiceID))
	},
}

func payor(c *wrapper.Client) *wrapper.PayorSession { return c.Payor("session", "signature") }

func invoiceParams() wrapper.InvoiceParams {
	at := time.Unix(1_766_320_496, 0)
	return wrapper.InvoiceParams{
		Limit: 10, StartingAfter: invoiceID, Statuses: []pepay.InvoiceStatus{pepay.InvoiceStatusPaid, pepay.InvoiceStatusUnpaid}, Types: []string{"standard"},
		CustomerID: "cust_123", Environment: pepay.NetworkEnvironmentDevnet, CreatedFrom: at, CreatedTo: at.Add(time.Hour),
		InvoiceExpand: wrapper.InvoiceExpand{Expand: []string{"latest_payment"}, PaymentsLimit: 5},
	}
}
