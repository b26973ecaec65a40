package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const mockDescription = `The simulator answers what Pepay documents, over real HTTP, until Ctrl-C or SIGTERM.
Its API keys are printed because they open nothing else.

A fault makes it misbehave, per operation (* for any) and per count:

  pepay mock --fault mintWsToken:status=429,retry-after=2s,every=3
  pepay mock --fault 'mintWsToken:latency=5s,next=1' --fault '*:reset=mid-body,every=10'

What is answered: status=CODE with retry-after=… and body=…, body=… (the last
setting, it may hold commas), success-false=CODE with message=…, missing-data,
oversized=9MiB, redirect=URL, reset=before, reset=mid-body.
Beside it or alone: latency=200ms, content-type=text/html.
When: next=2, every=3, for=30s, always (default).

Streams, openMerchantStream, openCommerceStream and openPaymentStream, have faults of
their own:

  pepay mock --fault openMerchantStream:drop-after=5,next=1

Upgrades: refuse-upgrade=CODE with retry-after=…, reject-token. After a number of
events: drop-after=3, reset-after=3, silent-after=3, close-after=3,code=1012 with
message=…, duplicate-after=3, reorder-after=3, late-after=3,by=20, skip-after=3,
truncated-frame-after=3, cut-frame-after=3, oversized-frame-after=3,bytes=9MiB,
slow-frame-after=3,over=90s, odd-field-after=3,field=created,value=JSON (the last
setting), text-frame-after=3,body=… or binary-frame-after (the last setting),
ws-error-after=3,code=CODE with message=…

'pepay trigger' makes events happen in it, 'pepay listen' follows them.

--webhook delivers every event, signed with PEPAY_WEBHOOK_SECRET, which the receiver has
too; examples/webhook is one. The console shows the deliveries, and why one was refused:

  PEPAY_WEBHOOK_SECRET=example-secret go run ./examples/webhook
  PEPAY_WEBHOOK_SECRET=example-secret pepay mock --webhook 8080/pepay/webhook

The console adds endpoints too, on this machine only; --allow-remote-webhooks allows
others.

Its console is a page that shows invoices, orders, requests, webhooks and streams, pays
and ships, and moves the clock; the address is printed at the start. Whoever can load it
can do all that, so it is off when others can reach the simulator; --console has it all
the same, and --no-console has none.

--seed small begins with a few invoices, orders, carts and keys of the last days, in
every status; --seed busy with hundreds, of a month. --state FILE keeps what happens over
restarts: invoices, orders, keys, events and the clock. The file has the payors' sessions
and the secrets of webhooks in it, as plain text, and is for its owner's eyes (mode 0600).
Where it is there already, it wins over the seed. A file that is broken or from a newer
version is refused and stays as it is, and two simulators cannot have the same one.

PEPAY_JWT, the dashboard's token, is for 'pepay keys' and is good for a day.

It answers requests to an IP address and to localhost. Where it has another name, as
in a network of containers, --allow-host adds that: pepay mock --addr 0.0.0.0:3000
--allow-host mock.

With --json one line goes to standard output as soon as the simulator listens:

  {"url":"http://127.0.0.1:3000","api_key":"…","commerce_api_key":"…","jwt":"…",
   "console_url":"…"}`

func mockCommand() *cli.Command {
	return &cli.Command{
		Name:        "mock",
		Usage:       "run the simulator",
		UsageText:   "pepay mock [flags]",
		Description: mockDescription,
		// A fault has commas of its own. The library does not pass this on from the root.
		DisableSliceFlagSeparator: true,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:3000", DefaultText: "127.0.0.1:3000", Usage: "listen on `HOST:PORT`; port 0 is any free one"},
			&cli.StringSliceFlag{Name: "allow-host", Usage: "answer requests to the host `NAME` too; may be repeated"},
			&cli.StringFlag{Name: "write-env", TakesFile: true, Usage: "write address and keys to `FILE`, for --env-file of the other commands"},
			&cli.StringSliceFlag{Name: "fault", Usage: "misbehave as `OPERATION:SETTING,…` says; may be repeated"},
			&cli.StringSliceFlag{Name: "webhook", Usage: "deliver events to `URL` as signed webhooks; 3000 or localhost:3000/webhook will do; may be repeated"},
			secretFileFlag(),
			&cli.BoolFlag{Name: "allow-remote-webhooks", Usage: "let the console add webhook endpoints that are not on this machine"},
			&cli.StringFlag{Name: "seed", Usage: "begin with invoices, orders and keys of the past: `NAME` is small or busy"},
			&cli.StringFlag{Name: "state", TakesFile: true, Usage: "keep what happens in `FILE`, over restarts"},
			&cli.BoolFlag{Name: "console", Usage: "serve the console although others can reach it"},
			&cli.BoolFlag{Name: "no-console", Usage: "serve no console"},
			&cli.BoolFlag{Name: "json", Usage: "print url, api_key, commerce_api_key, jwt and console_url as one JSON object when ready"},
			&cli.BoolFlag{Name: "verbose", Usage: "print a line per request to standard error"},
		},
		Action: mockAction,
	}
}

func mockAction(ctx context.Context, cmd *cli.Command) error {
	if err := noArguments(cmd); err != nil {
		return err
	}
	faults := cmd.StringSlice("fault")
	for _, spec := range faults { // before anything listens
		if _, _, _, err := pepaytest.ParseFault(spec); err != nil {
			return usagef("--fault: %s", strings.TrimPrefix(err.Error(), "pepaytest: "))
		}
	}
	var opts []pepaytest.Option
	if hosts := cmd.StringSlice("allow-host"); len(hosts) > 0 {
		if !allHostNames(hosts) {
			return usagef("--allow-host: write the name of a host, without scheme and port")
		}
		opts = append(opts, pepaytest.WithAllowedHosts(hosts...))
	}
	option, err := consoleOption(cmd)
	if err != nil {
		return err
	}
	kept, err := stateOptions(cmd)
	if err != nil {
		return err
	}
	opts = slices.Concat(opts, option, kept)
	if cmd.Bool("allow-remote-webhooks") {
		opts = append(opts, pepaytest.WithRemoteWebhooks())
	}
	if cmd.Bool("verbose") {
		opts = append(opts, pepaytest.WithRequestLog(requestLines(cmd.Root().ErrWriter)))
	}
	if cmd.IsSet("write-env") {
		if err := checkWriteEnv(cmd.String("write-env")); err != nil {
			return err
		}
	}
	endpoints, secret, err := mockWebhooks(ctx, cmd)
	if err != nil {
		return err
	}
	server, err := startSimulator(cmd.String("addr"), opts...)
	if err != nil {
		return err
	}
	if cmd.IsSet("write-env") {
		if err := writeEnv(cmd.String("write-env"), server); err != nil {
			_ = server.Close()
			return usagef("--write-env: %v", withoutPath(err))
		}
	}
	for _, spec := range faults {
		if _, err := server.Faults().Add(spec); err != nil {
			_ = server.Close()
			return err
		}
	}
	for _, endpoint := range endpoints {
		server.AddWebhook(endpoint.String(), secret)
	}
	if err := announce(cmd, server, consoleURL(server, option), faults, endpoints); err != nil {
		_ = server.Close()
		return err
	}
	<-ctx.Done()
	if err := server.Close(); err != nil {
		return errors.New(withoutPackage(err)) // of the state file
	}
	return nil
}

// mockWebhooks are the endpoints that --webhook names, and the secret that signs for
// them.
func mockWebhooks(ctx context.Context, cmd *cli.Command) ([]*url.URL, pepay.Secret, error) {
	var endpoints []*url.URL
	for _, text := range cmd.StringSlice("webhook") {
		endpoint, err := forwardTarget(text, "--webhook")
		if err != nil {
			return nil, "", err
		}
		endpoints = append(endpoints, endpoint)
	}
	if len(endpoints) == 0 {
		if cmd.IsSet("secret-file") {
			return nil, "", usagef("--secret-file: use it with --webhook")
		}
		return nil, "", nil
	}
	secret, err := requiredSecret(ctx, cmd)
	return endpoints, secret, err
}

// announce says that the simulator is ready, to a script or to a person.
func announce(cmd *cli.Command, server *pepaytest.Server, consoleAt string, faults []string, endpoints []*url.URL) error {
	if cmd.Bool("json") {
		return terminal.WriteJSON(cmd.Root().Writer, struct {
			URL            string `json:"url"`
			APIKey         string `json:"api_key"`
			CommerceAPIKey string `json:"commerce_api_key"`
			JWT            string `json:"jwt"`
			ConsoleURL     string `json:"console_url,omitempty"`
		}{server.URL(), server.APIKey(), server.CommerceAPIKey(), server.BearerToken(), consoleAt})
	}
	var b strings.Builder
	stderr := cmd.Root().ErrWriter
	fmt.Fprintf(&b, "%s\n\n", terminal.Paint(stderr, terminal.Bold, "The simulator listens on "+server.URL()))
	fmt.Fprintf(&b, "  export PEPAY_API_URL=%s\n", server.URL())
	fmt.Fprintf(&b, "  export PEPAY_API_KEY=%s\n", server.APIKey())
	fmt.Fprintf(&b, "  export PEPAY_COMMERCE_API_KEY=%s\n", server.CommerceAPIKey())
	fmt.Fprintf(&b, "  export PEPAY_JWT=%s\n\n", server.BearerToken())
	if consoleAt != "" {
		fmt.Fprintf(&b, "  console  %s\n\n", consoleAt)
	}
	if name := cmd.String("state"); name != "" {
		fmt.Fprintf(&b, "  state  %s\n\n", terminal.Printable(name))
	}
	for _, spec := range faults {
		fmt.Fprintf(&b, "  fault  %s\n", terminal.Printable(spec))
	}
	for _, endpoint := range endpoints {
		fmt.Fprintf(&b, "  webhook  %s\n", terminal.Printable(shownTarget(endpoint)))
	}
	if len(faults)+len(endpoints) > 0 {
		b.WriteByte('\n')
	}
	if reachableByOthers(cmd.String("addr")) {
		b.WriteString("Others can reach it too, and its keys are public.\n")
		if consoleAt == "" && !cmd.Bool("no-console") {
			b.WriteString("The console is off for that reason; --console serves it.\n")
		}
	}
	b.WriteString("These keys work here only. Ctrl-C ends it.\n")
	fmt.Fprint(stderr, b.String())
	return nil
}
