package main

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"
)

const eventsDescription = `Reads the history of events from the Events API. A merchant's key sees the account's
events, a commerce key those of commerce. Where both are set, --scope says which one is
used; without it list goes by the types asked for, and get and resend try both.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

func eventsCommand() *cli.Command {
	return &cli.Command{
		Name:        "events",
		Usage:       "list past events, get one, or deliver one again",
		UsageText:   "pepay events list|get|resend [flags] [ID]",
		Description: eventsDescription,
		Commands:    []*cli.Command{eventsListCommand(), eventsGetCommand(), eventsResendCommand()},
		Action:      groupAction,
	}
}

// apiFlags are those of every command that asks the Events API.
func apiFlags() []cli.Flag {
	return append([]cli.Flag{scopeFlag()}, clientFlags()...)
}

// clientFlags are those of every command that calls Pepay.
func clientFlags() []cli.Flag {
	return []cli.Flag{
		envFileFlag(),
		apiKeyFileFlag(),
		&cli.StringFlag{Name: "base-url", Usage: "reach the API at `URL` instead of PEPAY_API_URL"},
		&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, DefaultText: "30s", Usage: "give up after this long, retries included"},
	}
}

// withinTimeout bounds a command by its --timeout.
func withinTimeout(ctx context.Context, cmd *cli.Command) (context.Context, context.CancelFunc, error) {
	return withinTimeoutOf(ctx, cmd, false)
}

// withinTimeoutOf bounds a command by its --timeout. One that takes as long as there is
// something to list is bounded only where the flag is set; each call has its own limit.
func withinTimeoutOf(ctx context.Context, cmd *cli.Command, long bool) (context.Context, context.CancelFunc, error) {
	limit := cmd.Duration("timeout")
	if limit <= 0 {
		return nil, nil, usagef("--timeout: write a duration above 0, such as 30s")
	}
	if long && !cmd.IsSet("timeout") {
		ctx, cancel := context.WithCancel(ctx)
		return ctx, cancel, nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	return ctx, cancel, nil
}
