package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/webhook"
)

func secretFileFlag() cli.Flag {
	return &cli.StringFlag{
		Name:      "secret-file",
		Usage:     "read the signing secret from `FILE` instead of PEPAY_WEBHOOK_SECRET; - is standard input",
		TakesFile: true,
	}
}

// signingSecret is the secret that was given, "" without one. A file wins over the
// environment.
func signingSecret(ctx context.Context, cmd *cli.Command) (pepay.Secret, error) {
	value, from := os.Getenv("PEPAY_WEBHOOK_SECRET"), "PEPAY_WEBHOOK_SECRET"
	if cmd.IsSet("secret-file") {
		var err error
		if value, err = readKey(ctx, cmd, "secret-file", "secret"); err != nil {
			return "", err
		}
		from = "--secret-file"
	}
	secret := pepay.Secret(value)
	if secret == "" {
		return "", nil
	}
	if _, err := webhook.NewVerifier(secret); err != nil { // webhook.Sign panics for such a secret
		return "", usagef("%s: %v", from, err)
	}
	return secret, nil
}

// requiredSecret is the secret that was given; none is a usageError.
func requiredSecret(ctx context.Context, cmd *cli.Command) (pepay.Secret, error) {
	secret, err := signingSecret(ctx, cmd)
	if err == nil && secret == "" {
		err = usagef("no signing secret; set PEPAY_WEBHOOK_SECRET or use --secret-file")
	}
	return secret, err
}

// keptSecret is the signing secret for deliveries, "" where none was given. A file that
// does not exist is made, for this user only, with a new secret in it.
func keptSecret(ctx context.Context, cmd *cli.Command) (pepay.Secret, error) {
	name := cmd.String("secret-file")
	if !cmd.IsSet("secret-file") || name == "-" || looksLikeSecret(name) {
		return signingSecret(ctx, cmd)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil { // it is there, or reading it says what is wrong
		return signingSecret(ctx, cmd)
	}
	secret := newSecret()
	_, err = fmt.Fprintln(file, secret.Reveal())
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(name)
		return "", usagef("--secret-file: %v", withoutPath(err))
	}
	fmt.Fprintln(cmd.Root().ErrWriter, "made a new signing secret, which --secret-file keeps")
	return secret, nil
}

// looksLikeSecret keeps a secret in the place of a name from becoming a file's name.
func looksLikeSecret(name string) bool {
	for _, prefix := range []string{"whsec_", "pk_", "sk_", "ck_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// newSecret makes a secret of the form that Pepay's have.
func newSecret() pepay.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:]) // it does not fail
	return pepay.Secret("whsec_" + hex.EncodeToString(random[:]))
}

// printSecret prints it where --print-secret asks for it, in a line of its own; what it
// is goes to standard error.
func printSecret(cmd *cli.Command, secret pepay.Secret) error {
	if cmd.Bool("json") {
		return terminal.WriteJSON(cmd.Root().Writer, struct {
			Secret pepay.Secret `json:"webhook_secret"`
		}{secret})
	}
	fmt.Fprintln(cmd.Root().ErrWriter, "The secret that signs these deliveries, for your receiver's PEPAY_WEBHOOK_SECRET:")
	_, err := fmt.Fprintln(cmd.Root().Writer, secret.Reveal())
	return err
}
