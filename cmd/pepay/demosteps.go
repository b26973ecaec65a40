package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// demoShop is the merchant of the demo, who uses the API, and their customer, who pays.
type demoShop struct {
	client  *wrapper.Client
	server  *pepaytest.Server
	round   int // counted from 1
	invoice string
	order   string

	forPerson string // the invoice that a person is to pay
}

// demoStep brings one event to one of the two streams.
type demoStep func(*demoShop, context.Context) error

// dropAfter is after how many of the steps below the merchant's connection is dropped,
// once. The next step is taken while it is down.
const dropAfter = 2

// demoSteps is what happens to an invoice and then to an order, in one round.
func demoSteps() []demoStep {
	return []demoStep{
		(*demoShop).createInvoice,
		func(d *demoShop, _ context.Context) error { return d.pay(demoAmount * 4 / 10) },
		func(d *demoShop, _ context.Context) error { return d.pay(0) },
		(*demoShop).checkOut,
		simulate(pepay.OrderTransitionPaymentConfirmed),
		simulate(pepay.OrderTransitionPaymentSettled),
		simulate(pepay.OrderTransitionPlaced),
		simulate(pepay.OrderTransitionShipped),
	}
}

const demoAmount = 10_000 // usd_millis

func (d *demoShop) createInvoice(ctx context.Context) error {
	created, err := d.client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{
		AmountUSD: pepay.DecimalFromMillis(demoAmount), Description: fmt.Sprintf("Order %d", 1000+d.round), CustomerID: "cust_123",
	})
	if err == nil {
		d.invoice = created.InvoiceID
	}
	return err
}

// keepOneOpen creates an invoice that nobody pays but a person, unless there is one. It
// reports whether it did.
func (d *demoShop) keepOneOpen(ctx context.Context) (created bool, err error) {
	if d.forPerson != "" {
		invoice, err := d.client.Invoices.Get(ctx, d.forPerson, wrapper.InvoiceExpand{})
		switch {
		case errors.Is(err, wrapper.ErrNotFound): // the simulator was reset
		case err != nil:
			return false, err
		case invoice.Status == pepay.InvoiceStatusUnpaid || invoice.Status == pepay.InvoiceStatusUnderpaid:
			return false, nil
		}
	}
	invoice, err := d.client.Invoices.Create(ctx, pepay.CreateInvoiceRequest{
		AmountUSD: pepay.DecimalFromMillis(demoAmount), Description: "Pay this one yourself", CustomerID: "cust_you",
	})
	if err != nil {
		return false, err
	}
	d.forPerson = invoice.InvoiceID
	return true, nil
}

// pay pays an amount, or what remains if that is 0.
func (d *demoShop) pay(millis int64) error {
	return d.server.Pay(d.invoice, pepaytest.Payment{Millis: millis})
}

func (d *demoShop) checkOut(ctx context.Context) error {
	const customer = "cust_123"
	checkout := d.client.Commerce.Checkout
	estimate, err := checkout.Estimate(ctx, pepay.EstimateRequest{
		CustomerID: customer, Items: []pepay.EstimateItemInput{{ProductID: "B08N5WRWNW", Retailer: "amazon", Quantity: 1}},
	})
	if err != nil {
		return err
	}
	address, err := checkout.SetAddress(ctx, pepay.CheckoutAddressRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID,
		Address: pepay.ShippingAddress{
			FirstName: "Jane", LastName: "Doe", StreetAddress: "123 Main St", City: "Miami", State: "FL", ZipCode: "33101", Country: "US",
			Phone: "+13055550123", Email: "jane@example.com",
		},
	})
	if err != nil {
		return err
	}
	created, err := checkout.CreateInvoice(ctx, pepay.CheckoutInvoiceRequest{
		CustomerID: customer, EstimateID: estimate.EstimateID, AddressID: address.AddressID,
	})
	if err == nil {
		d.order = created.OrderID
	}
	return err
}

func simulate(to pepay.OrderTransition) demoStep {
	return func(d *demoShop, ctx context.Context) error {
		_, err := d.client.Commerce.Devnet.Simulate(ctx, d.order, pepay.SimulateOrderRequest{TransitionTo: to})
		return err
	}
}
