// Command pepay is the command line of Pepay.
//
//	pepay invoices             create, list, get and wait for invoices, and their totals
//	pepay orders               list, get, cancel, wait for and simulate orders
//	pepay checkout             order products: estimate, address, invoice
//	pepay payment-tokens       list, search, block and unblock tokens to pay with
//	pepay keys                 list, create and revoke API keys
//	pepay api METHOD PATH      call any operation of Pepay's API
//	pepay token                mint a ws_token and print it
//	pepay listen               follow an event stream, or forward it as signed webhooks
//	pepay events               list past events, get one, or deliver one again
//	pepay webhook              sign a webhook, verify one, or send a test
//	pepay trigger EVENT_TYPE   make an event happen in the simulator
//	pepay mock                 run the simulator
//	pepay demo                 see the SDK at work against a simulator
//	pepay doctor               find out what is wrong, and what to do
//	pepay version              print the version
//	pepay completion SHELL     print a completion script for bash, zsh or fish
//
// "pepay COMMAND --help" has the flags of a command.
//
// # Environment
//
//	PEPAY_API_KEY                  API key, sent as x-api-key
//	PEPAY_COMMERCE_API_KEY         API key of scope commerce, sent as x-commerce-api-key
//	PEPAY_JWT                      token of the dashboard, for what takes no API key
//	PEPAY_API_URL                  where the API is reached, https://api-beta.pepay.io by default
//	PEPAY_WS_URL                   where event streams are reached, the same host by default
//	PEPAY_WEBHOOK_SECRET           secret that signs webhooks
//	PEPAY_WEBHOOK_SECRET_PREVIOUS  the one before, while secrets rotate
//	PEPAY_ENV_FILE                 file with these variables, which others cannot read; --env-file wins
//	NO_COLOR                       no color, whatever the value
//
// Such a file wins over the environment. With a key in it, the keys and addresses of the
// environment do not count, so that no key goes to an address that it is not for.
//
// A key or secret never comes from a flag's value, where the list of processes would
// show it: it comes from the environment, from --api-key-file or from --secret-file.
//
// # Output
//
// Results go to standard output, everything else to standard error. With --json
// a result is one JSON object per line. Color is used on a terminal only. An API
// key is printed by "keys create", which makes it, and by mock, whose keys open
// nothing but the simulator. A signing secret is printed by --print-secret alone. A
// payment URL, which carries the payor's session, is printed on a terminal, with
// --show-payment-url, and by --json of the command that creates it. "api" prints
// answers as they come.
//
// A listing that is ended early prints what it has. Where nobody reads the output any
// more, as in "| head -1", a command ends with 1 and says nothing.
//
// listen prints an event in one write before it asks for the next one, and keeps
// its place (--cursor-file) after that: an event is printed at least once, whatever
// happens to the process. What could not be printed is a failure and not passed over.
// With --forward-to and --cursor-file the same holds for what was not accepted; without
// a place to keep, an event that is not accepted is reported and the next one follows.
//
// # Exit codes
//
//	0    done; also after Ctrl-C or SIGTERM for mock, for demo, and for listen once its
//	     stream was open; for listen also when --timeout passes while the stream is live
//	     and no --max-events are asked for
//	1    failed; also an event that was not accepted, unless Ctrl-C ended listen, and a
//	     webhook that is not valid
//	2    wrong usage: an unknown command, flag or argument, or a value that cannot be used
//	3    refused credentials, or none
//	4    timed out; for listen also when --timeout passes before --max-events were seen,
//	     or while the stream is not live
//	5    a gap that could not be closed (listen --stop-on-gap)
//	130  ended by Ctrl-C before it was done, 143 by SIGTERM
package main

import (
	"context"
	"os"
)

func main() {
	ctx, stop := untilSignal(context.Background())
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
