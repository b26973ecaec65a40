package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// The exit codes scripts rely on.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
	exitTimeout = 4
	exitGap     = 5
)

func exitCode(err error) int {
	var (
		signal *signalError
		usage  *usageError
		told   *toldError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &signal):
		return signal.exitCode()
	case errors.As(err, &told):
		return told.code
	case errors.As(err, &usage), errors.Is(err, wrapper.ErrInvalidArgument):
		return exitUsage
	case errors.Is(err, wrapper.ErrUnauthorized), errors.Is(err, wrapper.ErrForbidden), errors.Is(err, wrapper.ErrNoCredential):
		return exitRefused
	case errors.Is(err, stream.ErrGap):
		return exitGap
	case timedOut(err):
		return exitTimeout
	}
	return exitFailed
}

// timedOut is true for the deadline of --timeout and for a connection that timed out by
// itself.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// explain is the error in one line, with what can be done about it.
func explain(err error) string {
	text := plain(err)
	if hint := hint(err); hint != "" {
		text += "; " + hint
	}
	switch {
	case errors.Is(err, wrapper.ErrNoCredential):
		text = missingCredential(err)
	case errors.Is(err, wrapper.ErrInvalidArgument):
		text = inFlags.Replace(text)
	}
	return terminal.Printable(text)
}

// plain is the error without the names of the packages and functions it comes from.
func plain(err error) string {
	return strings.TrimPrefix(withoutNames.Replace(err.Error()), "pepay: ")
}

var withoutNames = strings.NewReplacer("no credential for the dial: pepay: ", "", "invalid argument: ", "", "stream: ", "", "failed to get reader: ", "", "failed to read frame header: ", "")

// inFlags names the flag instead of the option it becomes.
var inFlags = strings.NewReplacer("WithAPIKey", "--api-key-file", "WithBaseURL", "--base-url", "WithIdempotencyKey", "--idempotency-key", "EventParams.Types", "--types",
	"stream.Options.Types", "--types", "stream.Options.InvoiceType", "--invoice-type", "stream.Options.InvoiceID", "--invoice-id",
	"stream.Options.CustomerID", "--customer-id", "stream.Options.Environment", "--environment", "stream.Options.OrderID", "--order-id",
	"stream.Options.WalletAddress", "--wallet-address", "stream.Options.WalletNetwork", "--wallet-network")

func hint(err error) string {
	if errors.Is(err, stream.ErrUnauthorized) {
		return "check the API key, that it belongs to this address and that its scope is the stream's"
	}
	var call *wrapper.Error
	if !errors.As(err, &call) {
		return ""
	}
	switch {
	case call.Code == "NOT_SIMULATED":
		return "the simulator does not have this yet; it works with Pepay's API"
	case errors.Is(err, wrapper.ErrUnauthorized):
		return "check the API key, and that it belongs to this address"
	case errors.Is(err, wrapper.ErrForbidden):
		return "this credential does not allow it"
	case errors.Is(err, wrapper.ErrNotFound) && namesSomething(call.Operation):
		return "check the id, and that the API key is of the account and environment it belongs to"
	case call.RetryAfter > 0:
		return fmt.Sprintf("try again in %s", call.RetryAfter.Round(time.Second))
	case timedOut(err):
		return "--timeout gives it longer"
	case call.StatusCode == 0 && call.Attempts > 0, errors.Is(err, wrapper.ErrNotFound), errors.Is(err, wrapper.ErrRedirect):
		return "check the address, PEPAY_API_URL or --base-url"
	}
	return ""
}

// namesSomething reports whether the path of an operation has an id in it.
func namesSomething(operation string) bool {
	return slices.ContainsFunc(pepay.Operations(), func(op pepay.Operation) bool { return op.ID == operation && strings.Contains(op.Path, "{") })
}
