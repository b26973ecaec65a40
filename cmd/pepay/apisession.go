package main

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// payorSession is the payment session of --session-file, which stands in for every other
// credential.
func payorSession(ctx context.Context, cmd *cli.Command) ([]wrapper.Option, error) {
	if !cmd.IsSet("session-file") {
		return nil, nil
	}
	if cmd.IsSet("api-key-file") {
		return nil, usagef("--session-file: excludes --api-key-file")
	}
	content, err := readJSONFile(ctx, cmd, "session-file", cmd.String("session-file"))
	if err != nil {
		return nil, err
	}
	var created struct { // an invoice, or an order
		SessionToken pepay.Secret `json:"session_token"`
		Session      pepay.Secret `json:"session"`
		Signature    pepay.Secret `json:"signature"`
	}
	token := pepay.Secret("")
	if json.Unmarshal(content, &created) == nil {
		token = cmp.Or(created.SessionToken, created.Session)
	}
	if token == "" || created.Signature == "" {
		return nil, usagef("--session-file: has no session_token and signature; it takes what 'pepay invoices create --json' printed")
	}
	return []wrapper.Option{wrapper.WithCredential("sessionToken", token), wrapper.WithCredential("sessionSignature", created.Signature)}, nil
}
