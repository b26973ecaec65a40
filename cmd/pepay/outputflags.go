package main

import (
	"errors"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/layout"
)

func jsonFlag(usage string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: usage}
}

// formatOf is the template of --format, for values such as sample.
func formatOf(cmd *cli.Command, sample any, example string) (*layout.Layout, error) {
	if cmd.Bool("json") {
		return nil, usagef("--format: excludes --json")
	}
	template, err := layout.Parse(cmd.String("format"), sample)
	switch {
	case errors.Is(err, layout.ErrSyntax):
		return nil, usagef("--format: %v such as '%s'", err, example)
	case err != nil:
		return nil, usagef("--format: %v; see '%s --help'", err, cmd.FullName())
	}
	return template, nil
}
