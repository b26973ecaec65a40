package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v3"
)

// A key is some tens of bytes; what is longer is the wrong file.
const maxKeyFile = 4 << 10

func apiKeyFileFlag() cli.Flag {
	return &cli.StringFlag{
		Name:      "api-key-file",
		Usage:     "read the API key from `FILE` instead of the environment; - is standard input",
		TakesFile: true,
	}
}

// readAPIKey returns the key in the named file, without the newline at its end.
// It does not wait longer than ctx for a terminal or a pipe.
func readAPIKey(ctx context.Context, name string, stdin io.Reader) (string, error) {
	type result struct {
		content []byte
		err     error
	}
	done := make(chan result, 1)
	go func() {
		content, err := readKeyFile(name, stdin)
		done <- result{content, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-done:
		if r.err != nil {
			return "", keyFileError(r.err)
		}
		if len(r.content) > maxKeyFile {
			return "", usagef("--api-key-file: the file is too long to be a key")
		}
		key := strings.TrimSuffix(strings.TrimSuffix(string(r.content), "\n"), "\r")
		if key == "" {
			return "", usagef("--api-key-file: the file is empty")
		}
		return key, nil
	}
}

func readKeyFile(name string, stdin io.Reader) ([]byte, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		stdin = file
	}
	return io.ReadAll(io.LimitReader(stdin, maxKeyFile+1))
}

// keyFileError leaves the name out: people put the key itself there.
func keyFileError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return usagef("--api-key-file: %v; it takes the name of a file that holds the key, or - for standard input", err)
}
