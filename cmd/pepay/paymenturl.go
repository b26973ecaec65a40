package main

import (
	"fmt"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func idempotencyKey(cmd *cli.Command) []wrapper.CallOption {
	if !cmd.IsSet("idempotency-key") {
		return nil
	}
	return []wrapper.CallOption{wrapper.WithIdempotencyKey(cmd.String("idempotency-key"))}
}

// printWithPaymentURL prints fields and the payment URL, which is a secret: on a terminal
// or on request.
func printWithPaymentURL(cmd *cli.Command, paymentURL pepay.Secret, fields []table.Field) error {
	w, stderr := cmd.Root().Writer, cmd.Root().ErrWriter
	shown := terminal.Is(w) || cmd.Bool("show-payment-url")
	text := "not shown; --show-payment-url prints it"
	if shown {
		text = paymentURL.Reveal()
	}
	if err := table.Fields(w, append(fields, table.Field{Name: "payment URL", Value: text})...); err != nil {
		return err
	}
	if shown && terminal.Is(stderr) {
		fmt.Fprintln(stderr, terminal.Paint(stderr, terminal.Dim, "the payment URL carries the payor's session, give it to the payor alone; it is not shown again"))
	}
	return nil
}
