package main

import (
	"context"
	_ "embed"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// The library's own script for bash fails where the package bash-completion is
// not installed, as on macOS.
//
//go:embed completion.bash
var bashCompletion string

const completionDescription = `Load it once in the current shell, or put it where the shell finds it:

  bash  source <(pepay completion bash)
  zsh   source <(pepay completion zsh), after compinit
  fish  pepay completion fish > ~/.config/fish/completions/pepay.fish`

func shells() []string { return []string{"bash", "zsh", "fish"} }

// configureCompletion makes the library's hidden command a visible one that
// offers the shells we test, and refuses others.
func configureCompletion(completion *cli.Command) {
	completion.Hidden = false
	completion.Usage = "print a completion script for bash, zsh or fish"
	completion.UsageText = "pepay completion bash|zsh|fish"
	completion.Description = completionDescription
	completion.HideHelpCommand = true
	completion.OnUsageError = onUsageError
	completion.Commands = slices.DeleteFunc(completion.Commands, func(c *cli.Command) bool {
		return !slices.Contains(shells(), c.Name)
	})
	for _, shell := range completion.Commands {
		shell.HideHelpCommand = true
		shell.OnUsageError = onUsageError
		write := shell.Action
		if shell.Name == "bash" {
			write = printBashCompletion
		}
		shell.Action = func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			return write(ctx, cmd)
		}
	}
	completion.Action = func(_ context.Context, cmd *cli.Command) error {
		if cmd.Args().Present() {
			return usagef("unknown shell%s; there are %s%s", slip(cmd.Args().First(), shells()), strings.Join(shells(), ", "), didYouMean(cmd.Args().First(), shells()))
		}
		return usagef("say which shell: %s", strings.Join(shells(), ", "))
	}
}

func printBashCompletion(_ context.Context, cmd *cli.Command) error {
	_, err := io.WriteString(cmd.Root().Writer, bashCompletion)
	return err
}
