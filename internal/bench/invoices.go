package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// invoices compares asking for a page of a hundred invoices, from the parameters to
// typed invoices.
func invoices(ctx context.Context, o options) ([]table, error) {
	results, err := compare(ctx, processorTime, invoiceListers(asIs), o)
	if err != nil {
		return nil, err
	}
	const ours = 1
	return []table{timing(fmt.Sprintf("a page of %d invoices, in-memory transport, processor time (ratio to %s)", pageSize, results[0].name), results,
		timeAtMost(results[ours], 1.5), allocsAtMost(results[ours], 1850))}, nil
}

// invoiceListers get invoices of their own service, or, where it has none, something of
// about the same size.
func invoiceListers(spoil func(string) string) []contestant {
	r := request{method: http.MethodGet, path: invoicesPath, query: "limit=100"}
	client := func() *http.Client { return inMemory(spoil(listJSON(invoiceJSON)), asks(r.method, r.path, r.query)) }
	checkPlain := func(list *plainList[plainInvoice]) error {
		last := func(in *plainInvoice) (string, int64) { return in.AmountDecimal, in.CreatedAt.Unix() }
		return checkInvoices(list.Data, func(in *plainInvoice) string { return in.ID }, last)
	}
	check := func(list *pepay.InvoiceList) error {
		last := func(in *pepay.Invoice) (string, int64) { return in.AmountDecimal, in.CreatedAt.Unix() }
		return checkInvoices(list.Data, func(in *pepay.Invoice) string { return in.ID }, last)
	}
	return []contestant{
		byHand(r, client(), checkPlain),
		byWrapper(client(), func(ctx context.Context, c *wrapper.Client) (*pepay.InvoiceList, error) {
			return c.Invoices.List(ctx, wrapper.InvoiceParams{Limit: pageSize})
		}, check),
		byGenerated(client(), func(ctx context.Context, c *pepay.ClientWithResponses) (*pepay.InvoiceList, error) {
			limit := int64(pageSize)
			answer, err := c.ListInvoicesWithResponse(ctx, &pepay.ListInvoicesParams{Limit: &limit})
			if err != nil {
				return nil, err
			}
			return answer.JSON200, nil
		}, check),
		byRetryable(r, client(), checkPlain),
		byStripe(inMemory(spoil(listJSON(stripeInvoiceJSON)), asks(r.method, "/v1/invoices", r.query)), stripeInvoices),
		byGithub(inMemory(spoil("["+joined(githubIssue)+"]"), asks(r.method, "/repos/octocat/hello/issues", "per_page=100")), githubIssues),
		byOpenAI(r, client(), checkPlain),
	}
}

// invoiceCreated is when every invoice was made.
const invoiceCreated = 1735732800

// checkInvoices checks a page, and the amount and the time of its last invoice.
func checkInvoices[T any](items []T, id func(*T) string, last func(*T) (amount string, created int64)) error {
	if err := checkPage(items, id, invoiceIDs); err != nil {
		return err
	}
	if amount, created := last(&items[pageSize-1]); amount != "129.900" || created != invoiceCreated {
		return fmt.Errorf("an invoice of %q, created at %d", amount, created)
	}
	return nil
}
