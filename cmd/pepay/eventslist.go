package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/progress"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const eventsListDescription = `Prints past events, the newest first: a line each, or with --json in Pepay's wire
form.

  pepay events list --types 'invoice.*' --from 2026-11-01T00:00:00Z
  pepay events list --invoice-id 550e8400-e29b-41d4-a716-446655440000 --all --json

A TIME is RFC 3339 or seconds since 1970, and included.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

const (
	defaultEventsLimit = 10
	maxEventsPage      = 100 // the most that Pepay lists at a time
)

func eventsListCommand() *cli.Command {
	return &cli.Command{
		Name:        "list",
		Usage:       "print past events, the newest first",
		UsageText:   "pepay events list [flags]",
		Description: eventsListDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "types", Usage: "only events of these `TYPES`, with commas between, such as invoice.*"},
			&cli.IntFlag{Name: "limit", Value: defaultEventsLimit, DefaultText: "10", Usage: "print at most `N` events"},
			&cli.BoolFlag{Name: "all", Usage: "print all of them, however long that takes unless --timeout is set"},
			&cli.StringFlag{Name: "from", Aliases: []string{"since-time"}, Usage: "only events since `TIME`"},
			&cli.StringFlag{Name: "to", Usage: "only events up to `TIME`"},
			&cli.StringFlag{Name: "invoice-id", Usage: "only events of the invoice `ID`"},
			&cli.StringFlag{Name: "environment", Usage: "only events on devnet or mainnet"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object per event, as Pepay sends it"},
			formatFlag(),
		}, apiFlags()),
		Action: eventsListAction,
	}
}

func eventsListAction(ctx context.Context, cmd *cli.Command) error {
	params, limit, err := eventParams(cmd)
	if err != nil {
		return err
	}
	show, err := eventPrinter(cmd, time.DateTime)
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeoutOf(ctx, cmd, cmd.Bool("all"))
	if err != nil {
		return err
	}
	defer cancel()
	client, err := scopedClient(ctx, cmd, scopeFor(cmd, params.Types), nil)
	if err != nil {
		return err
	}
	out := &listOutput[pepay.Event]{noun: "events", one: show}
	if cmd.Bool("all") && !terminal.Is(cmd.Root().Writer) {
		out.line = progress.New(cmd.Root().ErrWriter)
	}
	printed, err := out.write(client.Events.All(ctx, params), limit)
	if err != nil {
		return after(err, printed, "events")
	}
	if stderr := cmd.Root().ErrWriter; printed == 0 && terminal.Is(stderr) {
		fmt.Fprintln(stderr, "no such events")
	}
	return nil
}

// eventParams is what the flags say. A limit of 0 is none.
func eventParams(cmd *cli.Command) (params wrapper.EventParams, limit int, err error) {
	params = wrapper.EventParams{
		Types: cmd.StringSlice("types"), InvoiceID: cmd.String("invoice-id"), Environment: pepay.NetworkEnvironment(cmd.String("environment")),
	}
	if err := noArguments(cmd); err != nil {
		return params, 0, err
	}
	for _, name := range []string{"types", "invoice-id", "environment", "from", "to"} {
		// An empty variable in a script must not widen what is listed.
		if cmd.IsSet(name) && (name == "types" && (len(params.Types) == 0 || slices.Contains(params.Types, "")) || name != "types" && cmd.String(name) == "") {
			return params, 0, usagef("--%s: is empty", name)
		}
	}
	if err := checkScope(cmd); err != nil {
		return params, 0, err
	}
	switch {
	case cmd.IsSet("environment") && !params.Environment.Valid():
		return params, 0, usagef("--environment: write %s or %s", pepay.NetworkEnvironmentDevnet, pepay.NetworkEnvironmentMainnet)
	case cmd.Int("limit") < 1:
		return params, 0, usagef("--limit: write a number from 1 up")
	case cmd.Bool("all") && cmd.IsSet("limit"):
		return params, 0, usagef("--all: excludes --limit")
	}
	if params.CreatedFrom, err = timeFlag(cmd, "from"); err != nil {
		return params, 0, err
	}
	if params.CreatedTo, err = timeFlag(cmd, "to"); err != nil {
		return params, 0, err
	}
	if cmd.Bool("all") {
		params.Limit = maxEventsPage
		return params, 0, nil
	}
	params.Limit = min(cmd.Int("limit"), maxEventsPage)
	return params, cmd.Int("limit"), nil
}

// timeFlag is a time, the zero one where the flag is not set.
func timeFlag(cmd *cli.Command, flag string) (time.Time, error) {
	const millis = 1e11 // as seconds, that is the year 5138
	text := cmd.String(flag)
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || seconds <= 0:
		return time.Time{}, usagef("--%s: write a time such as 2026-11-01T00:00:00Z, or seconds since 1970", flag)
	case seconds >= millis:
		return time.Time{}, usagef("--%s: it looks like milliseconds, write seconds since 1970", flag)
	}
	return time.Unix(seconds, 0), nil
}
