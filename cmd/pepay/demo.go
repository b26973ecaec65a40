package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const demoDescription = `Starts a simulator on this machine, mints a merchant and a commerce ws_token over
real HTTP with the client of this SDK, and prints what Pepay says about them. With
these tokens it opens both event streams and prints what happens to an invoice and an
order; one connection is dropped on the way, and the stream resumes without loss. No
account and no key is needed, and nothing leaves the machine.

If there is a terminal, things keep happening until Ctrl-C, and a page on this machine
shows them in a browser; --open opens it. One invoice is left for you: its address in the
simulator's console is printed, where you can pay, ship and more. --once ends after one
round.`

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:        "demo",
		Usage:       "see the SDK at work against a simulator",
		UsageText:   "pepay demo [flags]",
		Description: demoDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "one round, without waiting for Ctrl-C"},
			&cli.BoolFlag{Name: "open", Usage: "open the page in a browser, and go on without a terminal too"},
			&cli.BoolFlag{Name: "reveal", Usage: "print the tokens themselves"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object per token, as 'pepay token --json' does, and then per event"},
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:0", DefaultText: "a free port", Usage: "let the simulator listen on `HOST:PORT`"},
		},
		Action: demoAction,
	}
}

func demoAction(ctx context.Context, cmd *cli.Command) (err error) {
	if err := noArguments(cmd); err != nil {
		return err
	}
	if cmd.Bool("once") && cmd.Bool("open") {
		return usagef("--open: the page is there for as long as the demo goes on, which --once ends")
	}
	shown := cmd.Bool("open") || !cmd.Bool("once") && terminal.Is(cmd.Root().Reader) && terminal.Is(cmd.Root().Writer)
	var option []pepaytest.Option
	if shown {
		if option, err = consoleOption(cmd); err != nil {
			return err
		}
	}
	server, err := startSimulator(cmd.String("addr"), option...)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := server.Close(); err == nil {
			err = closeErr
		}
	}()
	client, err := demoClient(server)
	if err != nil {
		return err
	}
	tokens := map[pepay.WSTokenScope]*wstoken.Cache{}
	for _, scope := range scopes() {
		tokens[scope] = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: scope}))
	}
	if err := showTokens(ctx, cmd, server, tokens); err != nil {
		return err
	}
	run := newDemoRun(cmd, server)
	if shown {
		run.console = consoleURL(server, option)
		page, err := showDashboard(ctx, cmd, server, tokens, run.console)
		if err != nil {
			return err
		}
		defer page.close()
		run.pace, run.endless = time.Second, true
	}
	return run.run(ctx, client, tokens)
}

// showDashboard tells where the page is, and opens it if it is to.
func showDashboard(ctx context.Context, cmd *cli.Command, server *pepaytest.Server, tokens map[pepay.WSTokenScope]*wstoken.Cache, consoleAt string) (*dashboard, error) {
	page, err := serveDashboard(ctx, server, tokens)
	if err != nil {
		return nil, err
	}
	stderr := cmd.Root().ErrWriter
	fmt.Fprintf(stderr, "\nThe simulator runs at %s until you press Ctrl-C.\nWatch it in a browser: %s\n", server.URL(), page.url)
	if consoleAt != "" {
		fmt.Fprintf(stderr, "Pay, ship and break things in its console: %s\n", consoleAt)
	}
	if cmd.Bool("open") {
		if err := openBrowser(ctx, page.url); err != nil {
			fmt.Fprintln(stderr, "No browser could be opened:", err)
		}
	}
	return page, nil
}

func scopes() []pepay.WSTokenScope {
	return []pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce}
}

// demoClient has everything set, so that nothing comes from the environment: the
// demo must not send a real key anywhere.
func demoClient(server *pepaytest.Server) (*wrapper.Client, error) {
	return wrapper.New(
		wrapper.WithBaseURL(server.URL()),
		wrapper.WithStreamURL("ws"+strings.TrimPrefix(server.URL(), "http")),
		wrapper.WithAPIKey(server.APIKey()),
		wrapper.WithCommerceAPIKey(server.CommerceAPIKey()),
		wrapper.WithHTTPClient(server.Client()),
		wrapper.WithApplication("pepay-cli", wrapper.Version),
	)
}

func showTokens(ctx context.Context, cmd *cli.Command, server *pepaytest.Server, tokens map[pepay.WSTokenScope]*wstoken.Cache) error {
	stdout := cmd.Root().Writer
	if !cmd.Bool("json") {
		if _, err := fmt.Fprintf(stdout, "A simulated Pepay at %s, two tokens minted over HTTP:\n", server.URL()); err != nil {
			return err
		}
	}
	for _, scope := range scopes() {
		token, err := tokens[scope].Token(ctx)
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
		return terminal.WriteJSON(stdout, tokenInJSON(token, value))
	}
	title := terminal.Paint(stdout, terminal.Bold, string(token.Scope)+" token")
	if _, err := fmt.Fprintf(stdout, "\n%s\n", title); err != nil {
		return err
	}
	return printFields(stdout, "  ", append(tokenFields(token), labeled{"token", value}))
}
