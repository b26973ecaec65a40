package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

func yesFlag() cli.Flag {
	return &cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do it without a question"}
}

var errNotConfirmed = errors.New("not confirmed; nothing was changed")

// canAsk refuses a command line without --yes where nobody can be asked, before anything
// is sent.
func canAsk(cmd *cli.Command) error {
	if cmd.Bool("yes") || terminal.Is(cmd.Root().Reader) && terminal.Is(cmd.Root().ErrWriter) {
		return nil
	}
	return usagef("'%s' asks before it goes on, and nobody is at a terminal; use --yes", cmd.FullName())
}

// confirm asks a question unless --yes answers it. Only y and yes are a yes.
func confirm(ctx context.Context, cmd *cli.Command, question string) error {
	if err := canAsk(cmd); err != nil || cmd.Bool("yes") {
		return err
	}
	stderr := cmd.Root().ErrWriter
	fmt.Fprintf(stderr, "%s [y/N] ", terminal.Printable(question))
	answer := make(chan string, 1)
	go func() { // nothing ends a read from a terminal
		line, _ := bufio.NewReader(cmd.Root().Reader).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(stderr)
		return ctx.Err()
	case line := <-answer:
		if text := strings.ToLower(strings.TrimSpace(line)); text == "y" || text == "yes" {
			return nil
		}
		return errNotConfirmed
	}
}
