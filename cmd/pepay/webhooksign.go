package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/webhook"
)

const webhookSignDescription = `Prints the headers that sign a body, byte for byte as it is in FILE or comes on
standard input:

  X-Pepay-Signature: 7f0c…
  X-Pepay-Timestamp: 1734780000000

The secret comes from PEPAY_WEBHOOK_SECRET or --secret-file.`

func webhookSignCommand() *cli.Command {
	return &cli.Command{
		Name:        "sign",
		Usage:       "print the headers that sign a body",
		UsageText:   "pepay webhook sign [flags] [FILE|-]",
		Description: webhookSignDescription,
		Flags: []cli.Flag{
			envFileFlag(),
			secretFileFlag(),
			&cli.StringFlag{Name: "timestamp", DefaultText: "now", Usage: "sign for the time `MS`, in milliseconds since 1970"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object of header names and values"},
		},
		Action: webhookSignAction,
	}
}

func webhookSignAction(ctx context.Context, cmd *cli.Command) error {
	at := time.Now()
	if cmd.IsSet("timestamp") {
		var err error
		if at, err = timestampFlag(cmd); err != nil {
			return err
		}
	}
	if err := oneStandardInputBesideBody(cmd, "secret-file"); err != nil {
		return err
	}
	secret, err := requiredSecret(ctx, cmd)
	if err != nil {
		return err
	}
	body, err := readBody(ctx, cmd)
	if err != nil {
		return err
	}
	return printHeaders(cmd, webhook.Sign(secret, at, body))
}

// timestampFlag is the time that --timestamp says, within what package webhook
// would take for milliseconds.
func timestampFlag(cmd *cli.Command) (time.Time, error) {
	const (
		latest  = 1e15 - 1
		seconds = 1e11 // fewer milliseconds than that are before 1974
	)
	millis, err := strconv.ParseUint(cmd.String("timestamp"), 10, 64)
	switch {
	case err != nil || millis > latest:
		return time.Time{}, usagef("--timestamp: write milliseconds since 1970, such as 1734780000000")
	case millis < seconds:
		return time.Time{}, usagef("--timestamp: it looks like seconds, Pepay signs milliseconds")
	}
	return time.UnixMilli(int64(millis)), nil
}

func printHeaders(cmd *cli.Command, header http.Header) error {
	if cmd.Bool("json") {
		flat := map[string]string{}
		for name := range header {
			flat[name] = header.Get(name)
		}
		return terminal.WriteJSON(cmd.Root().Writer, flat)
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if _, err := fmt.Fprintf(cmd.Root().Writer, "%s: %s\n", name, header.Get(name)); err != nil {
			return err
		}
	}
	return nil
}
