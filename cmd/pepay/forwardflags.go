package main

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/urfave/cli/v3"
)

const (
	defaultForwardRetries = 2
	defaultForwardBackoff = 500 * time.Millisecond
	defaultForwardTimeout = 30 * time.Second
)

func forwardFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "forward-to", Usage: "deliver events to `URL` as signed webhooks; 3000 or localhost:3000/webhook will do"},
		&cli.StringSliceFlag{Name: "forward-header", Usage: "add `HEADER`, 'Name: value', to deliveries; may be repeated"},
		&cli.DurationFlag{Name: "forward-timeout", Value: defaultForwardTimeout, DefaultText: "30s", Usage: "how long a delivery may take"},
		&cli.IntFlag{Name: "retry", Value: defaultForwardRetries, DefaultText: "2", Usage: "repeat a failed delivery up to `N` times"},
		&cli.DurationFlag{Name: "retry-backoff", Value: defaultForwardBackoff, DefaultText: "500ms", Usage: "wait before the first repetition; doubles, with jitter"},
		&cli.StringFlag{
			Name: "secret-file", TakesFile: true,
			Usage: "read the signing secret from `FILE` instead of PEPAY_WEBHOOK_SECRET, and make the file where there is none; - is standard input",
		},
		&cli.BoolFlag{Name: "print-secret", Usage: "print the signing secret first"},
		&cli.BoolFlag{Name: "skip-verify", Usage: "accept any certificate, of an https address of this machine or its own network"},
	}
}

// newForwarder is what the flags say, nil without --forward-to. Anything that is
// wrong with them is said before anything is read or sent.
func newForwarder(ctx context.Context, cmd *cli.Command, log io.Writer) (*forwarder, error) {
	if !cmd.IsSet("forward-to") {
		return nil, onlyWithForwardTo(cmd)
	}
	target, err := forwardTarget(cmd.String("forward-to"), "--forward-to")
	if err != nil {
		return nil, err
	}
	header, err := forwardHeaders(cmd.StringSlice("forward-header"), "forward-header")
	if err != nil {
		return nil, err
	}
	switch {
	case cmd.Duration("forward-timeout") <= 0:
		return nil, usagef("--forward-timeout: write a duration above 0, such as 30s")
	case cmd.Int("retry") < 0:
		return nil, usagef("--retry: write a number from 0 up")
	case cmd.Duration("retry-backoff") <= 0:
		return nil, usagef("--retry-backoff: write a duration above 0, such as 500ms")
	}
	if err := checkSkipVerify(cmd, target); err != nil {
		return nil, err
	}
	if err := oneStandardInput(cmd, "api-key-file", "secret-file"); err != nil {
		return nil, err
	}
	secret, err := keptSecret(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if secret == "" {
		secret = newSecret()
		if !cmd.Bool("print-secret") {
			notice := "deliveries are signed with a secret that is not shown; --print-secret shows it, PEPAY_WEBHOOK_SECRET sets it, --secret-file keeps one\n"
			_, _ = io.WriteString(cmd.Root().ErrWriter, notice)
		}
	}
	return &forwarder{
		target: target, secret: secret, header: header, client: newForwardClient(cmd.Duration("forward-timeout"), cmd.Bool("skip-verify")),
		retries: cmd.Int("retry"), backoff: cmd.Duration("retry-backoff"), timeoutFlag: "--forward-timeout", log: log,
	}, nil
}

// checkSkipVerify keeps --skip-verify to connections that nobody outside can take over.
func checkSkipVerify(cmd *cli.Command, target *url.URL) error {
	switch {
	case !cmd.Bool("skip-verify"):
		return nil
	case target.Scheme != "https":
		return usagef("--skip-verify: is for an https address")
	case !isNearby(target.Hostname()):
		return usagef("--skip-verify: is for addresses of this machine and its own network")
	}
	return nil
}

// onlyWithForwardTo refuses flags that would have no effect.
func onlyWithForwardTo(cmd *cli.Command) error {
	for _, f := range forwardFlags() {
		if name := f.Names()[0]; cmd.IsSet(name) {
			return usagef("--%s: use it with --forward-to", name)
		}
	}
	if cmd.IsSet("fail-fast") {
		return usagef("--fail-fast: use it with --forward-to")
	}
	return nil
}
