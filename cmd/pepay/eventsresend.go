package main

import (
	"context"
	"slices"

	"github.com/urfave/cli/v3"
)

const eventsResendDescription = `Gets an event from the Events API and delivers it to an address of yours as Pepay's
webhooks do, as 'pepay listen --forward-to' does; see 'pepay listen --help' for what
an address may be. Pepay itself delivers nothing.

  pepay events resend evt_1734780000000-123 --forward-to localhost:3000/webhook

The exit code is 0 when it was accepted. --timeout is for getting the event; a
delivery may take --forward-timeout.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

func eventsResendCommand() *cli.Command {
	return &cli.Command{
		Name:        "resend",
		Usage:       "deliver an event to an address of yours once more",
		UsageText:   "pepay events resend ID --forward-to URL [flags]",
		Description: eventsResendDescription,
		// A header has commas of its own.
		DisableSliceFlagSeparator: true,
		Flags:                     slices.Concat(forwardFlags(), apiFlags()),
		Action:                    eventsResendAction,
	}
}

func eventsResendAction(ctx context.Context, cmd *cli.Command) error {
	if _, err := eventID(cmd); err != nil {
		return err
	}
	if !cmd.IsSet("forward-to") {
		return usagef("--forward-to: say where to")
	}
	forward, err := newForwarder(ctx, cmd, cmd.Root().Writer)
	if err != nil {
		return err
	}
	ev, err := fetchEvent(ctx, cmd)
	if err != nil {
		return err
	}
	if cmd.Bool("print-secret") {
		if err := printSecret(cmd, forward.secret); err != nil {
			return err
		}
	}
	return forward.deliver(ctx, ev)
}
