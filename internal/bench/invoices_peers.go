package main

import (
	"context"
	"fmt"

	"github.com/google/go-github/v68/github"
	"github.com/stripe/stripe-go/v85"
)

// stripeInvoiceJSON is an invoice of Stripe's with the fields that both have.
func stripeInvoiceJSON(number int) string {
	return fmt.Sprintf(`{"id":%q,"object":"invoice","account_country":"US","account_name":"Example","amount_due":129900,"amount_overpaid":0,`+
		`"amount_paid":129900,"amount_remaining":0,"attempt_count":1,"attempted":true,"auto_advance":false,"billing_reason":"manual",`+
		`"collection_method":"charge_automatically","created":1735732800,"currency":"usd","customer":"cust_%d","customer_email":"customer@example.com",`+
		`"due_date":1735776000,"effective_at":1735733100,"hosted_invoice_url":"https://invoice.example.com/i/%d","livemode":true,`+
		`"metadata":{"order_id":"ORD-%d"},"status":"paid","total":129900}`, invoiceID(number), number, number, number)
}

func stripeInvoices(ctx context.Context, c *stripe.Client) error {
	params := &stripe.InvoiceListParams{}
	params.Limit = stripe.Int64(pageSize)
	list := c.V1Invoices.List(ctx, params)
	if err := list.Err(); err != nil {
		return err
	}
	if err := checkPage(list.Data(), func(in **stripe.Invoice) string { return (*in).ID }, invoiceIDs); err != nil {
		return err
	}
	return checkStripeInvoice(list.Data()[pageSize-1])
}

func checkStripeInvoice(in *stripe.Invoice) error {
	if in.AmountPaid != 129900 || in.Created != invoiceCreated || in.Status != stripe.InvoiceStatusPaid {
		return fmt.Errorf("an invoice of %d, created at %d, %s", in.AmountPaid, in.Created, in.Status)
	}
	return nil
}

// githubIssues is a page of what go-github has instead of invoices.
func githubIssues(ctx context.Context, c *github.Client) error {
	list, _, err := c.Issues.ListByRepo(ctx, "octocat", "hello", &github.IssueListByRepoOptions{ListOptions: github.ListOptions{PerPage: pageSize}})
	if err != nil {
		return err
	}
	if len(list) != pageSize {
		return fmt.Errorf("%d items", len(list))
	}
	for number, issue := range list {
		if issue.GetNumber() != number || issue.GetState() != "closed" || issue.GetCreatedAt().Unix() != invoiceCreated {
			return fmt.Errorf("issue %d is %v", number, issue)
		}
	}
	return nil
}
