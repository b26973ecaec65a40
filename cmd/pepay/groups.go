package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// group is commands under a title of the help text.
type group struct {
	title    string
	commands []*cli.Command
}

func commandGroups() []group {
	return []group{
		{"Payments and orders", []*cli.Command{
			invoicesCommand(), ordersCommand(), checkoutCommand(), paymentTokensCommand(), keysCommand(), apiCommand(),
		}},
		{"Events", []*cli.Command{tokenCommand(), listenCommand(), eventsCommand(), webhookCommand()}},
		{"On your own machine", []*cli.Command{triggerCommand(), mockCommand(), demoCommand(), doctorCommand()}},
		{"This program", []*cli.Command{versionCommand(), completionCommand()}},
	}
}

// groupedHelp is the library's template of the root's help with the commands in groups. The
// library's own categories come in alphabetical order and again in the help of commands.
func groupedHelp(groups []group) string {
	const commands = `{{template "visibleCommandCategoryTemplate" .}}`
	width := 0
	for _, g := range groups {
		for _, command := range g.commands {
			width = max(width, len(command.Name))
		}
	}
	var text strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&text, "\n   %s\n", g.title)
		for _, command := range g.commands {
			fmt.Fprintf(&text, "     %-*s  %s\n", width, command.Name, command.Usage)
		}
	}
	return strings.Replace(cli.RootCommandHelpTemplate, commands, strings.TrimSuffix(text.String(), "\n"), 1)
}
