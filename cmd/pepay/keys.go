package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const keysBearer = `This takes the token of the dashboard instead of an API key: it comes from PEPAY_JWT.`

const keysDescription = `Lists, creates and revokes API keys.

  pepay keys list --scope commerce
  pepay keys create --name 'Production server' --scope merchant --expires-in 2160h

` + keysBearer

func keysCommand() *cli.Command {
	return &cli.Command{
		Name:        "keys",
		Usage:       "list, create and revoke API keys",
		UsageText:   "pepay keys list|create|revoke [flags] [ID]",
		Description: keysDescription,
		Commands:    []*cli.Command{keysListCommand(), keysCreateCommand(), keysRevokeCommand()},
		Action:      groupAction,
	}
}

// bearerFlags are those of commands for which an API key is of no use.
func bearerFlags() []cli.Flag {
	return slices.DeleteFunc(clientFlags(), func(f cli.Flag) bool { return f.Names()[0] == "api-key-file" })
}

func keyListing(now time.Time) listing[pepay.APIKey] {
	return listing[pepay.APIKey]{
		noun: "keys", example: "{{.KeyID}} {{.Status}}",
		columns: []table.Column{
			{Title: "KEY", Least: shortWidth - 3},
			{Title: "NAME", Least: shortWidth},
			{Title: "SCOPE"},
			{Title: "STATUS"},
			{Title: "LAST USED"},
			{Title: "EXPIRES"},
			{Title: "CREATED", Optional: true},
		},
		row: func(k *pepay.APIKey) []table.Cell {
			expires := ago(k.ExpiresAt.Time, now)
			if k.ExpiresAt.IsZero() {
				expires = "never"
			}
			status := table.Cell{Text: string(k.Status), Color: terminal.Red}
			if k.Status == "active" {
				status.Color = terminal.Green
			}
			return []table.Cell{
				{Text: k.KeyID}, {Text: k.Name}, {Text: string(k.Scope)}, status,
				{Text: ago(k.LastUsedAt.Time, now)}, {Text: expires}, {Text: ago(k.CreatedAt.Time, now)},
			}
		},
	}
}

func keysListCommand() *cli.Command {
	return &cli.Command{
		Name:        "list",
		Usage:       "print API keys, without their values",
		UsageText:   "pepay keys list [flags]",
		Description: "Prints the account's API keys. Their values are not in the list.\n\n" + keysBearer,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "scope", Usage: "only keys of scope merchant or commerce"},
		}, keyListing(time.Time{}).flags(), bearerFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			scope, err := oneOf(cmd, "scope", knownScopes())
			if err != nil {
				return err
			}
			return keyListing(time.Now()).print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) iter.Seq2[*pepay.APIKey, error] {
				return whole(c.APIKeys.List(ctx, pepay.WSTokenScope(scope)))
			})
		},
	}
}

// whole goes through a list that came in one answer.
func whole[T any](elements []T, err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range elements {
			if !yield(&elements[i], nil) {
				return
			}
		}
	}
}
