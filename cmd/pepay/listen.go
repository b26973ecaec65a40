package main

import (
	"context"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const listenDescription = `Follows an event stream, reconnecting and resuming by itself, until Ctrl-C. Every
event is a line on standard output:

  15:04:05  invoice.updated  evt_1734780000000-123  invoice  550e8400…  10.000 usd  paid

that is when it was created, in local time, its type and id, and what it is about.
With --json it is the event in Pepay's wire form, with --format what you choose. How the stream is doing goes to
standard error; "live" means that from now on no event is missed.

A script keeps its place with --cursor-file: the file holds the id of the last
event that was printed, and a restart goes on after it. What was printed when the
process died, but not yet kept, is printed again.

--timeout bounds the whole of it. When it passes, the exit code is 4 if --max-events
were not seen or the stream was not live, else 0. Ctrl-C and SIGTERM are the normal
end of a stream that was open, with exit code 0.

With --forward-to, events go to an address of yours as Pepay's webhooks do: signed,
in order, one at a time.

  pepay listen --forward-to localhost:3000/webhook --print-secret

  → invoice.updated evt_1734780000000-123
  ← 200 12ms

The address is a port, a path on port 80, HOST:PORT/PATH or a URL; http only on this
machine and its own network. While nothing answers there, 'pepay listen' waits for it
and says so. An answer that is not 2xx (redirects are not followed) is a failed delivery
and repeated with a new signature, --retry times. After that the event is reported on
standard error with the command that delivers it again, and the next one follows; at
the end the exit code is 1, unless Ctrl-C is the end. With --cursor-file it holds at
that event instead and goes on trying; the key s skips the event. With --fail-fast
--retry counts for both, and when it is used up the exit code is 1.

The secret comes from PEPAY_WEBHOOK_SECRET or --secret-file. That file is made, with a
new secret, where there is none, and so keeps the secret over a restart. Without either
each run has a secret of its own, which --print-secret prints.

With --json, standard output holds the events that were accepted, and deliveries are
told on standard error.

The key comes from PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or from --api-key-file.`

func listenCommand() *cli.Command {
	return &cli.Command{
		Name:        "listen",
		Usage:       "follow an event stream",
		UsageText:   "pepay listen [flags]",
		Description: listenDescription,
		// A header has commas of its own; --types is taken apart in streamOptions.
		DisableSliceFlagSeparator: true,
		Flags:                     slices.Concat(listenFlags(), forwardFlags()),
		Action:                    listenAction,
	}
}

func listenAction(ctx context.Context, cmd *cli.Command) error {
	opts, err := streamOptions(cmd)
	if err != nil {
		return err
	}
	show, err := eventPrinter(cmd, time.TimeOnly)
	if err != nil {
		return err
	}
	if cmd.IsSet("format") && cmd.IsSet("forward-to") {
		return usagef("--format: excludes --forward-to")
	}
	forward, err := newForwarder(ctx, cmd, forwardLog(cmd))
	if err != nil {
		return err
	}
	scope := scopeFor(cmd, opts.Types)
	outer := ctx
	if limit := cmd.Duration("timeout"); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	logger := verboseLogger(cmd)
	client, err := scopedClient(ctx, cmd, scope, logger)
	if err != nil {
		return err
	}
	if cmd.Bool("token") {
		opts.Source = wstoken.NewCache(wstoken.NewSource(client.WSTokens, wrapper.MintParams{Scope: scope, TTL: cmd.Duration("ttl")}))
	}
	status := &statusLines{
		w:      cmd.Root().ErrWriter,
		what:   string(scope) + " events of " + client.StreamURL().Host,
		quiet:  cmd.Bool("quiet"),
		chatty: cmd.Bool("verbose"),
	}
	opts.Observer, opts.Logger = status.observer(), logger
	if forward != nil {
		status.ready = "ready, forwarding to " + shownTarget(forward.target)
		if cmd.Bool("print-secret") {
			if err := printSecret(cmd, forward.secret); err != nil {
				return err
			}
		}
	}
	follow := stream.Merchant
	if scope == pepay.WSTokenScopeCommerce {
		follow = stream.Commerce
	}
	l := &listener{events: follow(client, opts), limit: cmd.Int("max-events"), status: status}
	l.handle = func(_ context.Context, ev *pepay.Event) error { return show(ev) }
	if forward != nil {
		f := &forwarding{forwarder: forward, client: client, opts: opts, cursor: l.events.Cursor, resend: resendLine(cmd, scope)}
		if !cmd.Bool("fail-fast") {
			f.waits, f.holds, f.report = true, opts.Cursor != nil, cmd.Root().ErrWriter
			f.keys = terminal.NewKeys(cmd.Root().Reader)
		}
		l.refused = &f.refused
		if cmd.Bool("json") {
			f.accepted = show
		}
		l.handle = f.handle
	}
	return l.outcome(outer, l.run(ctx))
}
