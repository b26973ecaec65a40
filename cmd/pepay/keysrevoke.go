package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

const keysRevokeDescription = `Revokes an API key, by its id and not its value. That cannot be undone: whoever uses the key
is refused from then on. It asks first; where nobody is at a terminal it needs --yes.

` + keysBearer

func keysRevokeCommand() *cli.Command {
	return &cli.Command{
		Name:        "revoke",
		Usage:       "revoke an API key for good",
		UsageText:   "pepay keys revoke ID [flags]",
		Description: keysRevokeDescription,
		Flags:       slices.Concat([]cli.Flag{yesFlag()}, bearerFlags()),
		Action:      keysRevokeAction,
	}
}

func keysRevokeAction(ctx context.Context, cmd *cli.Command) error {
	id, err := oneID(cmd, "key")
	if err != nil {
		return err
	}
	if looksLikeKey(id) {
		return usagef("write the id of the key, as 'pepay keys list' shows it, and not the key itself")
	}
	if err := confirm(ctx, cmd, "revoke the key "+id+" for good?"); err != nil {
		return err
	}
	ctx, cancel, err := withinTimeout(ctx, cmd)
	if err != nil {
		return err
	}
	defer cancel()
	client, err := newClient(ctx, cmd)
	if err != nil {
		return err
	}
	if err := client.APIKeys.Revoke(ctx, id); err != nil {
		return err
	}
	if stderr := cmd.Root().ErrWriter; terminal.Is(stderr) {
		fmt.Fprintln(stderr, "revoked "+terminal.Printable(id))
	}
	return nil
}
