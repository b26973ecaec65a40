package main

import (
	"context"

	"github.com/urfave/cli/v3"
)

const webhookDescription = `Signs and checks webhooks the way Pepay does, without a network: for a receiver in
another language, for a delivery that was refused, for a test. ping sends a signed
test.ping to an endpoint.

  pepay webhook sign body.json | pepay webhook verify --headers-file - body.json

The secret comes from PEPAY_WEBHOOK_SECRET or --secret-file.`

func webhookCommand() *cli.Command {
	return &cli.Command{
		Name:        "webhook",
		Usage:       "sign a webhook, verify one, or send a test",
		UsageText:   "pepay webhook sign|verify [flags] [FILE]\n   pepay webhook ping [flags] URL",
		Description: webhookDescription,
		Commands:    []*cli.Command{webhookSignCommand(), webhookVerifyCommand(), webhookPingCommand()},
		Action:      groupAction,
	}
}

// groupAction runs when no command of a group matches.
func groupAction(_ context.Context, cmd *cli.Command) error {
	if cmd.Args().Present() {
		return unknownCommand(cmd, cmd.Args().First())
	}
	return usagef("say which command; see '%s --help'", cmd.FullName())
}
