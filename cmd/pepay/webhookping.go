package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const webhookPingDescription = `Signs an event of type test.ping with a new id and posts it to your endpoint, as Pepay's
dashboard does. Your handler runs as it does for every webhook.

  pepay webhook ping localhost:3000/webhook

  → test.ping evt_1734780000000-4711
  ← 200 12ms

The address is a port, a path on port 80, HOST:PORT/PATH or a URL; http only on this
machine and its own network. The exit code is 0 when the answer was 2xx. There is one
attempt, and redirects are not followed.

The secret comes from PEPAY_WEBHOOK_SECRET or --secret-file. No API key is needed.`

func webhookPingCommand() *cli.Command {
	return &cli.Command{
		Name:        "ping",
		Usage:       "post a signed test.ping to an endpoint",
		UsageText:   "pepay webhook ping [flags] URL",
		Description: webhookPingDescription,
		// A header has commas of its own.
		DisableSliceFlagSeparator: true,
		Flags: []cli.Flag{
			envFileFlag(),
			secretFileFlag(),
			&cli.StringSliceFlag{Name: "header", Usage: "add `HEADER`, 'Name: value', to the delivery; may be repeated"},
			&cli.DurationFlag{Name: "timeout", Value: defaultForwardTimeout, DefaultText: "30s", Usage: "how long the delivery may take"},
			&cli.BoolFlag{Name: "skip-verify", Usage: "accept any certificate, of an https address of this machine or its own network"},
		},
		Action: webhookPingAction,
	}
}

func webhookPingAction(ctx context.Context, cmd *cli.Command) error {
	if cmd.Args().Len() != 1 {
		return usagef("'%s' takes one address; %s", cmd.FullName(), forwardForms)
	}
	target, err := forwardTarget(cmd.Args().First(), "the address")
	if err != nil {
		return err
	}
	header, err := forwardHeaders(cmd.StringSlice("header"), "header")
	if err != nil {
		return err
	}
	if cmd.Duration("timeout") <= 0 {
		return usagef("--timeout: write a duration above 0, such as 30s")
	}
	if err := checkSkipVerify(cmd, target); err != nil {
		return err
	}
	secret, err := requiredSecret(ctx, cmd)
	if err != nil {
		return err
	}
	ev, err := newPing(time.Now())
	if err != nil {
		return err
	}
	forward := &forwarder{
		target: target, secret: secret, header: header, client: newForwardClient(cmd.Duration("timeout"), cmd.Bool("skip-verify")),
		timeoutFlag: "--timeout", log: cmd.Root().Writer,
	}
	return forward.deliver(ctx, ev)
}

// newPing is a test.ping as Pepay would send it now, with an id of its own.
func newPing(now time.Time) (*pepay.Event, error) {
	sample, err := pepaytest.NewEvent(pepay.EventTestPing)
	if err != nil {
		return nil, err
	}
	wire, err := json.Marshal(struct {
		ID              string          `json:"id"`
		Object          string          `json:"object"`
		APIVersion      string          `json:"api_version"`
		Created         int64           `json:"created"`
		Type            string          `json:"type"`
		Livemode        bool            `json:"livemode"`
		PendingWebhooks int             `json:"pending_webhooks"`
		Data            pepay.EventData `json:"data"`
	}{
		ID: fmt.Sprintf("evt_%d-%d", now.UnixMilli(), 1+rand.IntN(999_999)), Object: "event",
		APIVersion: "2025-12-16", Created: now.Unix(), Type: sample.Type, PendingWebhooks: 1, Data: sample.Data,
	})
	if err != nil {
		return nil, err
	}
	ev := new(pepay.Event)
	return ev, json.Unmarshal(wire, ev)
}
