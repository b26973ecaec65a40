package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/urfave/cli/v3"
)

// What a request can hold is far less.
const maxData = 1 << 20

// dataFlag is the JSON of --data: a literal, @ and the name of a file, or - for standard
// input.
func dataFlag(ctx context.Context, cmd *cli.Command) (json.RawMessage, error) {
	text := cmd.String("data")
	name, isFile := strings.CutPrefix(text, "@")
	if text == "-" {
		name, isFile = text, true
	}
	content := []byte(text)
	if isFile {
		var err error
		if content, err = readJSONFile(ctx, cmd, "data", name); err != nil {
			return nil, err
		}
	}
	if !json.Valid(content) {
		return nil, usagef("--data: is not JSON; write JSON such as '{\"blocked\":true}', @ and the name of a file, or - for standard input")
	}
	return content, nil
}

// readJSONFile reads what the flag names. The name is left out of errors.
func readJSONFile(ctx context.Context, cmd *cli.Command, flag, name string) ([]byte, error) {
	content, err := readInput(ctx, name, cmd.Root().Reader, maxData)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errTooLong):
		return nil, usagef("--%s: the file is longer than 1 MiB", flag)
	case err != nil:
		return nil, usagef("--%s: %v", flag, err)
	}
	return content, nil
}
