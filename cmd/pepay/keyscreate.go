package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const keysCreateDescription = `Creates an API key and prints it. Pepay shows a key once: keep it now, as a password. The
key alone goes to standard output, so that it can be kept without being seen:

  (umask 077; pepay keys create --name server --scope merchant > pepay.key)
  pepay events list --api-key-file pepay.key

Its id, which 'pepay keys revoke' takes, goes to standard error. --json has both.

` + keysBearer

func keysCreateCommand() *cli.Command {
	return &cli.Command{
		Name:        "create",
		Usage:       "create an API key and print it",
		UsageText:   "pepay keys create --name NAME --scope merchant|commerce [flags]",
		Description: keysCreateDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "name", Usage: "what the key is for, as `TEXT` of up to 255 characters"},
			&cli.StringFlag{Name: "scope", Usage: "merchant or commerce"},
			&cli.DurationFlag{Name: "expires-in", DefaultText: "until it is revoked", Usage: "how long the key is valid, such as 2160h"},
			jsonFlag("print the whole answer as one JSON object, with the key in it"),
		}, bearerFlags()),
		Action: keysCreateAction,
	}
}

func keysCreateAction(ctx context.Context, cmd *cli.Command) error {
	request, err := createKeyRequest(cmd, time.Now())
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeout(ctx, cmd)
	if err != nil {
		return err
	}
	defer cancel()
	var recorder answers.Recorder
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(recorder.Middleware))
	if err != nil {
		return err
	}
	key, err := client.APIKeys.Create(ctx, request)
	if err != nil {
		return err
	}
	stdout, stderr := cmd.Root().Writer, cmd.Root().ErrWriter
	if cmd.Bool("json") {
		return terminal.WriteRawJSON(stdout, recorder.Last().Data)
	}
	_ = table.Fields(stderr, // the key matters more
		table.Field{Name: "id", Value: key.KeyID},
		table.Field{Name: "name", Value: key.Name},
		table.Field{Name: "scope", Value: string(key.Scope)},
		table.Field{Name: "expires", Value: moment(key.ExpiresAt.Time, time.Now())},
		table.Field{Name: "key", Value: "is shown once, keep it as a password"},
	)
	_, err = fmt.Fprintln(stdout, terminal.Printable(key.APIKey.Reveal()))
	return err
}

func createKeyRequest(cmd *cli.Command, now time.Time) (r pepay.CreateAPIKeyRequest, err error) {
	const longestName = 255
	if err := noArguments(cmd); err != nil {
		return r, err
	}
	r.Name = strings.TrimSpace(cmd.String("name"))
	switch {
	case r.Name == "" || len([]rune(r.Name)) > longestName:
		return r, usagef("--name: say what the key is for, in 1 to 255 characters")
	case !cmd.IsSet("scope"):
		return r, usagef("--scope: write merchant or commerce")
	}
	scope, err := oneOf(cmd, "scope", knownScopes())
	if err != nil {
		return r, err
	}
	r.Scope = pepay.WSTokenScope(scope)
	if cmd.IsSet("expires-in") {
		d := cmd.Duration("expires-in")
		if d < time.Second {
			return r, usagef("--expires-in: write a duration from 1s up, such as 2160h for 90 days")
		}
		r.ExpiresAt = now.Add(d).UTC().Truncate(time.Second)
	}
	return r, nil
}
