package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

const eventsGetDescription = `Prints an event in Pepay's wire form, indented for reading or with --json in one line.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

func eventsGetCommand() *cli.Command {
	return &cli.Command{
		Name:        "get",
		Usage:       "print an event",
		UsageText:   "pepay events get ID [flags]",
		Description: eventsGetDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object in one line, as Pepay sends it"},
		}, apiFlags()),
		Action: eventsGetAction,
	}
}

func eventsGetAction(ctx context.Context, cmd *cli.Command) error {
	ev, err := fetchEvent(ctx, cmd)
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return terminal.WriteRawJSON(cmd.Root().Writer, ev.Raw())
	}
	return terminal.WriteIndentedJSON(cmd.Root().Writer, ev.Raw())
}

// eventID is the argument. It is not repeated in errors: it may be a key.
func eventID(cmd *cli.Command) (string, error) {
	id := cmd.Args().First()
	switch {
	case cmd.Args().Len() > 1:
		return "", usagef("'%[1]s' takes one id; see '%[1]s --help'", cmd.FullName())
	case strings.TrimSpace(id) == "":
		return "", usagef("say which event, by its id such as evt_1734780000000-123")
	}
	return id, nil
}

// fetchEvent asks for the event of the argument.
func fetchEvent(ctx context.Context, cmd *cli.Command) (*pepay.Event, error) {
	id, err := eventID(cmd)
	if err != nil {
		return nil, err
	}
	if err := checkScope(cmd); err != nil {
		return nil, err
	}
	ctx, cancel, err := withinTimeout(ctx, cmd)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return getEvent(ctx, cmd, id)
}
