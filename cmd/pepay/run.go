package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const rootDescription = `Results go to standard output, everything else to standard error.

Environment:
  PEPAY_API_KEY                  API key, sent as x-api-key
  PEPAY_COMMERCE_API_KEY         API key of scope commerce, sent as x-commerce-api-key
  PEPAY_JWT                      token of the dashboard, for what takes no API key
  PEPAY_API_URL                  where the API is reached
  PEPAY_WS_URL                   where event streams are reached
  PEPAY_WEBHOOK_SECRET           secret that signs webhooks
  PEPAY_WEBHOOK_SECRET_PREVIOUS  the one before, while secrets rotate (webhook verify)
  PEPAY_ENV_FILE                 file with these variables, as --env-file
  NO_COLOR                       no color

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused credentials, 4 timed out,
5 events may be missing (listen --stop-on-gap), 130 ended by Ctrl-C.`

// run does what args say and returns the exit code. ctx ends what takes long;
// its cause tells a signal from the rest.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.Reader, root.Writer, root.ErrWriter = stdin, stdout, stderr
	if len(args) > 1 && args[1] == completeCommand {
		printCandidates(stdout, root, args[2:])
		return exitDone
	}
	err := root.Run(ctx, args)
	if err == nil {
		return exitDone
	}
	if isBrokenPipe(err) {
		return exitFailed // nobody reads any more, as in '| head -1', and nobody needs to be told
	}
	if isTold(err) {
		return exitCode(err)
	}
	err = orSignal(ctx, helpTopicError(err))
	fmt.Fprintln(stderr, terminal.Paint(stderr, terminal.Bold, "pepay:"), explain(err))
	return exitCode(err)
}

// isBrokenPipe is true for output that nobody reads any more. A connection that breaks is
// another error.
func isBrokenPipe(err error) bool {
	var write *fs.PathError
	return errors.As(err, &write) && write.Op == "write" && errors.Is(err, syscall.EPIPE)
}

func newRoot() *cli.Command {
	groups := commandGroups()
	root := &cli.Command{
		Name:                          "pepay",
		Usage:                         "the command line of Pepay",
		UsageText:                     "pepay COMMAND [flags]",
		Description:                   rootDescription,
		Version:                       wrapper.Version,
		CustomRootCommandHelpTemplate: groupedHelp(groups),
		// The default prints the error itself and exits.
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		OnUsageError:   onUsageError,
		Action:         rootAction,
	}
	for _, g := range groups {
		root.Commands = append(root.Commands, g.commands...)
	}
	useOwnUsageErrors(root.Commands)
	return root
}

func useOwnUsageErrors(commands []*cli.Command) {
	for _, command := range commands {
		command.HideHelpCommand = true
		command.OnUsageError = onUsageError
		if flagOf(command, "--env-file") != nil {
			command.Before = useEnvFile
		}
		useOwnUsageErrors(command.Commands)
	}
}

// helpTopicError rewrites the library's error for 'pepay help nosuch', which it knows by
// the exit code that the library would have used.
func helpTopicError(err error) error {
	const noSuchTopic = 3
	if coder := cli.ExitCoder(nil); errors.As(err, &coder) && coder.ExitCode() == noSuchTopic {
		return usagef("no help on that; see 'pepay --help'")
	}
	return err
}

// rootAction runs when no command matches.
func rootAction(_ context.Context, cmd *cli.Command) error {
	if cmd.Args().Present() {
		return unknownCommand(cmd, cmd.Args().First())
	}
	cmd.Writer = cmd.ErrWriter // help that was not asked for does not go to standard output
	_ = cli.ShowRootCommandHelp(cmd)
	return usagef("say which command")
}

// noArguments refuses what stands beside the flags, without repeating it: it may
// be a key.
func noArguments(cmd *cli.Command) error {
	if cmd.Args().Present() {
		return usagef("'%[1]s' takes no arguments; see '%[1]s --help'", cmd.FullName())
	}
	return nil
}
