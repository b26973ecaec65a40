package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

const webhookVerifyDescription = `Checks the signature of a body, byte for byte as it is in FILE or comes on standard
input, against its headers: as flags, or in a file with a 'Name: value' per line as
'pepay webhook sign' and 'curl -v' print them. "valid" and exit code 0 mean that the
secret made the signature within the tolerance; else the reason is said, with exit
code 1.

The secret comes from PEPAY_WEBHOOK_SECRET and, while secrets rotate,
PEPAY_WEBHOOK_SECRET_PREVIOUS; or from --secret-file alone.`

const defaultTolerance = 5 * time.Minute

func webhookVerifyCommand() *cli.Command {
	return &cli.Command{
		Name:        "verify",
		Usage:       "check the signature of a body",
		UsageText:   "pepay webhook verify [flags] [FILE|-]",
		Description: webhookVerifyDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "signature", Usage: "the header X-Pepay-Signature, in `HEX`"},
			&cli.StringFlag{Name: "signature-previous", Usage: "the header X-Pepay-Signature-Previous, in `HEX`"},
			&cli.StringFlag{Name: "timestamp", Usage: "the header X-Pepay-Timestamp, in `MS`"},
			&cli.StringFlag{Name: "headers-file", TakesFile: true, Usage: "read the headers from `FILE` instead; - is standard input"},
			&cli.DurationFlag{Name: "tolerance", Value: defaultTolerance, DefaultText: "5m", Usage: "how far the timestamp may be from now"},
			envFileFlag(),
			secretFileFlag(),
		},
		Action: webhookVerifyAction,
	}
}

func webhookVerifyAction(ctx context.Context, cmd *cli.Command) error {
	if cmd.Duration("tolerance") <= 0 {
		return usagef("--tolerance: write a duration above 0, such as 5m")
	}
	if err := oneStandardInputBesideBody(cmd, "headers-file", "secret-file"); err != nil {
		return err
	}
	verifier, err := newVerifier(ctx, cmd)
	if err != nil {
		return err
	}
	header, err := deliveredHeaders(ctx, cmd)
	if err != nil {
		return err
	}
	body, err := readBody(ctx, cmd)
	if err != nil {
		return err
	}
	if err := verifier.Verify(header, body); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.Root().Writer, "valid")
	return err
}

// newVerifier does not mix a file with the environment: they may be of two
// endpoints.
func newVerifier(ctx context.Context, cmd *cli.Command) (*webhook.Verifier, error) {
	secret, err := requiredSecret(ctx, cmd)
	if err != nil {
		return nil, err
	}
	secrets := []pepay.Secret{secret}
	if previous := os.Getenv("PEPAY_WEBHOOK_SECRET_PREVIOUS"); previous != "" && !cmd.IsSet("secret-file") {
		secrets = append(secrets, pepay.Secret(previous))
	}
	verifier, err := webhook.NewVerifier(secrets...)
	if err != nil {
		return nil, err
	}
	return verifier.WithTolerance(cmd.Duration("tolerance")), nil
}

// deliveredHeaders are those of the flags or of the file, not of both.
func deliveredHeaders(ctx context.Context, cmd *cli.Command) (http.Header, error) {
	header := http.Header{}
	for flag, name := range map[string]string{
		"signature": "X-Pepay-Signature", "signature-previous": "X-Pepay-Signature-Previous", "timestamp": "X-Pepay-Timestamp",
	} {
		if cmd.IsSet(flag) {
			header.Set(name, cmd.String(flag))
		}
	}
	switch {
	case !cmd.IsSet("headers-file") && len(header) == 0:
		return nil, usagef("say what came with the body: --signature and --timestamp, or --headers-file")
	case !cmd.IsSet("headers-file"):
		return header, nil
	case len(header) > 0:
		return nil, usagef("--headers-file: excludes --signature, --signature-previous and --timestamp")
	}
	const longest = 1 << 20
	content, err := readInput(ctx, cmd.String("headers-file"), cmd.Root().Reader, longest)
	if err != nil {
		if ctx.Err() == nil {
			err = usagef("--headers-file: %v; it takes the name of a file with a 'Name: value' per line", err)
		}
		return nil, err
	}
	return parseHeaders(content), nil
}

// parseHeaders finds the headers of a delivery in what a tool printed. Other lines
// say nothing here; curl puts < and > before those it sent and got.
func parseHeaders(text []byte) http.Header {
	header := http.Header{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimLeft(lines.Text(), "<> \t"), ":")
		if ok && isToken(name) {
			header.Add(name, strings.TrimSpace(value))
		}
	}
	return header
}
