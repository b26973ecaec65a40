package main

import (
	"context"

	"github.com/urfave/cli/v3"
)

// maxWebhookBody is well beyond what package webhook accepts by default.
const maxWebhookBody = 16 << 20

// bodyFile is the argument of 'pepay webhook'; without one it is standard input.
func bodyFile(cmd *cli.Command) string {
	if cmd.Args().Present() {
		return cmd.Args().First()
	}
	return "-"
}

// readBody returns the body byte for byte. The name of the file is not repeated in
// errors: a key may have been put in its place.
func readBody(ctx context.Context, cmd *cli.Command) ([]byte, error) {
	body, err := readInput(ctx, bodyFile(cmd), cmd.Root().Reader, maxWebhookBody)
	if err != nil && ctx.Err() == nil {
		return nil, usagef("the body: %v; '%s' takes the name of a file, or - for standard input", err, cmd.FullName())
	}
	return body, err
}

// oneStandardInputBesideBody refuses flags that would read what the body is read
// from.
func oneStandardInputBesideBody(cmd *cli.Command, flags ...string) error {
	if cmd.Args().Len() > 1 {
		return usagef("'%[1]s' takes one file; see '%[1]s --help'", cmd.FullName())
	}
	for _, flag := range flags {
		if cmd.String(flag) == "-" && bodyFile(cmd) == "-" {
			return usagef("--%s: the body is read from standard input already", flag)
		}
	}
	return oneStandardInput(cmd, flags...)
}
