package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"
)

var errTooLong = errors.New("the file is too long")

// readInput returns what is in the named file, at most limit bytes; - is standard
// input. It does not wait longer than ctx for a terminal or a pipe. Its errors do
// not repeat the name.
func readInput(ctx context.Context, name string, stdin io.Reader, limit int64) ([]byte, error) {
	type result struct {
		content []byte
		err     error
	}
	done := make(chan result, 1)
	go func() {
		content, err := readAll(name, stdin, limit)
		done <- result{content, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.content, withoutPath(r.err)
	}
}

// withoutPath leaves the name of the file out of an error: it may be a key.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func readAll(name string, stdin io.Reader, limit int64) ([]byte, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		stdin = file
	}
	content, err := io.ReadAll(io.LimitReader(stdin, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = errTooLong
	}
	return content, err
}

// oneStandardInput refuses a command line on which two things would be read from
// standard input: the second would be empty.
func oneStandardInput(cmd *cli.Command, flags ...string) error {
	from := ""
	for _, flag := range flags {
		switch {
		case cmd.String(flag) != "-":
		case from != "":
			return usagef("--%s: --%s reads standard input already", flag, from)
		default:
			from = flag
		}
	}
	return nil
}
