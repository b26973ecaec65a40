package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const versionDescription = `The commit and its date are known to a binary that was released, built in a clone or
installed from a commit. One that 'go install' built from a release has the version only.`

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version",
		UsageText:   "pepay version [--json]",
		Description: versionDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object: version, commit, date, modified, go, os, arch"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			info, _ := debug.ReadBuildInfo()
			from := sourceOf(info)
			if cmd.Bool("json") {
				return terminal.WriteJSON(cmd.Root().Writer, struct {
					Version string `json:"version"`
					source
					Go   string `json:"go"`
					OS   string `json:"os"`
					Arch string `json:"arch"`
				}{wrapper.Version, from, runtime.Version(), runtime.GOOS, runtime.GOARCH})
			}
			_, err := fmt.Fprintf(cmd.Root().Writer, "pepay version %s %s %s/%s%s\n",
				wrapper.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, from)
			return err
		},
	}
}
