package main

import (
	"context"
	_ "embed"
	"io"
	"strings"

	"github.com/urfave/cli/v3"
)

// Scripts of our own: the library's split words at colons, know no values, and the one
// for bash fails where the package bash-completion is not installed, as on macOS.
var (
	//go:embed completion.bash
	bashCompletion string
	//go:embed completion.zsh
	zshCompletion string
	//go:embed completion.fish
	fishCompletion string
)

const completionDescription = `Load it once in the current shell, or put it where the shell finds it:

  bash  source <(pepay completion bash)
  zsh   source <(pepay completion zsh), after compinit
  fish  pepay completion fish > ~/.config/fish/completions/pepay.fish`

func shells() []string { return []string{"bash", "zsh", "fish"} }

func completionCommand() *cli.Command {
	command := &cli.Command{
		Name:        "completion",
		Usage:       "print a completion script for bash, zsh or fish",
		UsageText:   "pepay completion bash|zsh|fish",
		Description: completionDescription,
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Args().Present() {
				name := cmd.Args().First()
				return usagef("unknown shell%s; there are %s%s", slip(name, shells()), strings.Join(shells(), ", "), didYouMean(name, shells()))
			}
			return usagef("say which shell: %s", strings.Join(shells(), ", "))
		},
	}
	scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	for _, shell := range shells() {
		command.Commands = append(command.Commands, &cli.Command{
			Name: shell, Usage: "print the script for " + shell, UsageText: "pepay completion " + shell,
			Action: func(_ context.Context, cmd *cli.Command) error {
				if err := noArguments(cmd); err != nil {
					return err
				}
				_, err := io.WriteString(cmd.Root().Writer, scripts[shell])
				return err
			},
		})
	}
	return command
}
