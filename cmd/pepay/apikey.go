package main

import (
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v3"
)

// A key or secret is some tens of bytes; what is longer is the wrong file.
const maxKeyFile = 4 << 10

func apiKeyFileFlag() cli.Flag {
	return &cli.StringFlag{
		Name:      "api-key-file",
		Usage:     "read the API key from `FILE` instead of the environment; - is standard input",
		TakesFile: true,
	}
}

// readKey returns the key or secret in the file that a flag names, without the
// newline at its end.
func readKey(ctx context.Context, cmd *cli.Command, flag, what string) (string, error) {
	content, err := readInput(ctx, cmd.String(flag), cmd.Root().Reader, maxKeyFile)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, errTooLong):
		return "", usagef("--%s: the file is too long to be a %s", flag, what)
	case err != nil: // the name is left out: people put the key itself there
		return "", usagef("--%s: %v; it takes the name of a file that holds the %s, or - for standard input", flag, err, what)
	}
	key := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if key == "" {
		return "", usagef("--%s: the file is empty", flag)
	}
	return key, nil
}
