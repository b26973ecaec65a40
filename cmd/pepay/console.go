package main

import (
	"crypto/rand"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/console"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// consoleOption has the simulator serve its console, with a token that is new with every start. Whoever can
// load the page can do with the simulator as they like, so where others can, it has to be asked for.
func consoleOption(cmd *cli.Command) ([]pepaytest.Option, error) {
	if cmd.Bool("console") && cmd.Bool("no-console") {
		return nil, usagef("--no-console: not together with --console")
	}
	if cmd.Bool("no-console") || !cmd.Bool("console") && reachableByOthers(cmd.String("addr")) {
		return nil, nil
	}
	token := pepay.Secret(rand.Text())
	page, err := console.Handler(console.Config{Token: token})
	if err != nil {
		return nil, err
	}
	return []pepaytest.Option{pepaytest.WithConsole(token, page)}, nil
}

// consoleURL is where the console is, or "" if there is none.
func consoleURL(server *pepaytest.Server, option []pepaytest.Option) string {
	if len(option) == 0 {
		return ""
	}
	return server.URL() + console.Path
}
