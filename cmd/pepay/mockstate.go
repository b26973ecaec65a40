package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// stateOptions are what the simulator begins with, and where it keeps what happens.
func stateOptions(cmd *cli.Command) ([]pepaytest.Option, error) {
	var opts []pepaytest.Option
	if cmd.IsSet("seed") {
		name := cmd.String("seed")
		if !slices.Contains(pepaytest.Seeds(), name) {
			return nil, usagef("--seed: there is no seed %q; there are %s", name, strings.Join(pepaytest.Seeds(), ", "))
		}
		opts = append(opts, pepaytest.WithSeed(name))
	}
	if cmd.IsSet("state") {
		name := cmd.String("state")
		if name == "" {
			return nil, usagef("--state: write the name of a file")
		}
		stderr := cmd.Root().ErrWriter
		opts = append(opts, pepaytest.WithStateFile(name), pepaytest.WithStateErrors(func(err error) {
			fmt.Fprintf(stderr, "pepay: %s; trying again\n", terminal.Printable(withoutPackage(err)))
		}))
	}
	return opts, nil
}

// withoutPackage is an error of the simulator for people who do not use it from Go.
func withoutPackage(err error) string { return strings.TrimPrefix(err.Error(), "pepaytest: ") }
