package main

import (
	"log/slog"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func listenFlags() []cli.Flag {
	return []cli.Flag{
		scopeFlag(),
		&cli.StringSliceFlag{Name: "types", Usage: "only events of these `TYPES`, with commas between, such as invoice.*"},
		&cli.StringFlag{Name: "invoice-id", Usage: "only events of the invoice `ID`"},
		&cli.StringFlag{Name: "customer-id", Usage: "only events of the customer `ID`"},
		&cli.StringFlag{Name: "invoice-type", Usage: "only standard or commerce invoices (scope merchant)"},
		&cli.StringFlag{Name: "environment", Usage: "only events on devnet or mainnet (scope merchant)"},
		&cli.StringFlag{Name: "order-id", Usage: "only events of the order `ID` (scope commerce)"},
		&cli.StringFlag{Name: "wallet-address", Usage: "only events of the payer's wallet `ADDRESS` (scope commerce)"},
		&cli.StringFlag{Name: "wallet-network", Usage: "only events of the payer's `NETWORK`, such as solana (scope commerce)"},
		&cli.StringFlag{Name: "since", Usage: "go on after the event `ID`; what --cursor-file holds wins"},
		&cli.StringFlag{Name: "cursor-file", TakesFile: true, Usage: "keep the place in `FILE` across restarts; one process per file"},
		&cli.BoolFlag{Name: "fail-fast", Usage: "end with exit code 1 where an event is not accepted (with --forward-to)"},
		&cli.BoolFlag{Name: "stop-on-gap", Usage: "end with exit code 5 where events may be missing after a reconnect"},
		&cli.DurationFlag{Name: "audit", DefaultText: "off", Usage: "look in the Events API every so often, 1m or more, for events that an open stream left out"},
		&cli.IntFlag{Name: "max-events", DefaultText: "no end", Usage: "end after `N` events"},
		&cli.DurationFlag{Name: "timeout", DefaultText: "none", Usage: "end after this long"},
		&cli.BoolFlag{Name: "json", Usage: "print one JSON object per event, as Pepay sends it"},
		formatFlag(),
		&cli.BoolFlag{Name: "token", Usage: "open the stream with minted ws_tokens, as a browser does, instead of the key"},
		&cli.DurationFlag{Name: "ttl", Value: wrapper.DefaultTokenTTL, DefaultText: "60s", Usage: "life of those tokens, in whole seconds"},
		envFileFlag(),
		apiKeyFileFlag(),
		&cli.StringFlag{Name: "base-url", Usage: "reach the API at `URL` instead of PEPAY_API_URL"},
		&cli.BoolFlag{Name: "quiet", Usage: "leave out how the stream is doing, but for gaps"},
		&cli.BoolFlag{Name: "verbose", Usage: "also print connections, requests and ws_control frames to standard error"},
	}
}

// streamOptions is what the flags say. Whether a filter belongs to the stream,
// package stream knows.
func streamOptions(cmd *cli.Command) (stream.Options, error) {
	opts := stream.Options{
		Types: listed(cmd, "types"), Since: cmd.String("since"), StopOnGap: cmd.Bool("stop-on-gap"), Audit: cmd.Duration("audit"),
		InvoiceID: cmd.String("invoice-id"), CustomerID: cmd.String("customer-id"), InvoiceType: cmd.String("invoice-type"),
		Environment: cmd.String("environment"), OrderID: cmd.String("order-id"),
		WalletAddress: cmd.String("wallet-address"), WalletNetwork: cmd.String("wallet-network"),
	}
	if err := noArguments(cmd); err != nil {
		return opts, err
	}
	for _, name := range []string{
		"types", "invoice-id", "customer-id", "invoice-type", "environment", "order-id", "wallet-address", "wallet-network", "since", "cursor-file",
	} {
		// An empty variable in a script must not widen what is listened to.
		if cmd.IsSet(name) && (name == "types" && opts.Types[0] == "" || name != "types" && cmd.String(name) == "") {
			return opts, usagef("--%s: is empty", name)
		}
	}
	if err := checkScope(cmd); err != nil {
		return opts, err
	}
	switch ttl := cmd.Duration("ttl"); {
	case cmd.IsSet("max-events") && cmd.Int("max-events") < 1:
		return opts, usagef("--max-events: write a number from 1 up")
	case cmd.IsSet("audit") && cmd.Duration("audit") < time.Minute:
		return opts, usagef("--audit: write a duration from 1m up, such as 5m")
	case cmd.IsSet("timeout") && cmd.Duration("timeout") <= 0:
		return opts, usagef("--timeout: write a duration above 0, such as 30s")
	case cmd.IsSet("ttl") && !cmd.Bool("token"):
		return opts, usagef("--ttl: is the life of minted tokens, use it with --token")
	case ttl < time.Second || ttl%time.Second != 0:
		return opts, usagef("--ttl: write whole seconds from 1s up, such as 60s or 2m")
	case cmd.Bool("quiet") && cmd.Bool("verbose"):
		return opts, usagef("--quiet: excludes --verbose")
	}
	if cmd.IsSet("cursor-file") {
		opts.Cursor = stream.FileCursor(cmd.String("cursor-file"))
	}
	return opts, nil
}

// listed is a flag with commas between its values, where the command does not have
// the library take them apart.
func listed(cmd *cli.Command, flag string) []string {
	var all []string
	for _, values := range cmd.StringSlice(flag) {
		for value := range strings.SplitSeq(values, ",") {
			all = append(all, strings.TrimSpace(value))
		}
	}
	return all
}

// verboseLogger is nil unless --verbose is set.
func verboseLogger(cmd *cli.Command) *slog.Logger {
	if !cmd.Bool("verbose") {
		return nil
	}
	return slog.New(slog.NewTextHandler(cmd.Root().ErrWriter, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
