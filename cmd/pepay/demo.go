package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const demoDescription = `Starts a simulator on this machine, mints a merchant and a commerce ws_token over
real HTTP with the client of this SDK, and prints what Pepay says about them. No
account and no key is needed, and nothing leaves the machine.

The simulator then runs until Ctrl-C, if there is a terminal; --once ends at once.`

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:        "demo",
		Usage:       "see the SDK at work against a simulator",
		UsageText:   "pepay demo [flags]",
		Description: demoDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "one round, without waiting for Ctrl-C"},
			&cli.BoolFlag{Name: "reveal", Usage: "print the tokens themselves"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object per token, as 'pepay token --json' does"},
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:0", DefaultText: "a free port", Usage: "let the simulator listen on `HOST:PORT`"},
		},
		Action: demoAction,
	}
}

func demoAction(ctx context.Context, cmd *cli.Command) (err error) {
	if err := noArguments(cmd); err != nil {
		return err
	}
	server, err := startSimulator(cmd.String("addr"))
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := server.Close(); err == nil {
			err = closeErr
		}
	}()
	if err := showTokens(ctx, cmd, server); err != nil {
		return err
	}
	root := cmd.Root()
	if cmd.Bool("once") || !isTerminal(root.Reader) || !isTerminal(root.Writer) {
		return nil
	}
	fmt.Fprintf(root.ErrWriter, "\nThe simulator runs at %s until you press Ctrl-C.\n", server.URL())
	<-ctx.Done()
	return nil
}

func showTokens(ctx context.Context, cmd *cli.Command, server *pepaytest.Server) error {
	// Everything is set, so that nothing comes from the environment: the demo must
	// not send a real key anywhere.
	client, err := wrapper.New(
		wrapper.WithBaseURL(server.URL()),
		wrapper.WithStreamURL("ws"+strings.TrimPrefix(server.URL(), "http")),
		wrapper.WithAPIKey(server.APIKey()),
		wrapper.WithCommerceAPIKey(server.CommerceAPIKey()),
		wrapper.WithHTTPClient(server.Client()),
		wrapper.WithApplication("pepay-cli", wrapper.Version),
	)
	if err != nil {
		return err
	}
	stdout := cmd.Root().Writer
	if !cmd.Bool("json") {
		if _, err := fmt.Fprintf(stdout, "A simulated Pepay at %s, two tokens minted over HTTP:\n", server.URL()); err != nil {
			return err
		}
	}
	for _, scope := range []pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce} {
		token, err := client.WSTokens.Mint(ctx, wrapper.MintParams{Scope: scope})
		if err != nil {
			return err
		}
		if err := showToken(cmd, stdout, token); err != nil {
			return err
		}
	}
	return nil
}

func showToken(cmd *cli.Command, stdout io.Writer, token *pepay.WSToken) error {
	value := token.Token.String() // [redacted]
	if cmd.Bool("reveal") {
		value = token.Token.Reveal()
	}
	if cmd.Bool("json") {
		return printJSON(stdout, inJSON(token, value))
	}
	title := paint(stdout, bold, string(token.Scope)+" token")
	if _, err := fmt.Fprintf(stdout, "\n%s\n", title); err != nil {
		return err
	}
	return printFacts(stdout, "  ", append(factsOf(token), fact{"token", value}))
}
