package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// The exit codes scripts rely on. 5 is kept for a gap in an event stream that
// could not be closed.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
	exitTimeout = 4
)

func exitCode(err error) int {
	var (
		signal *signalError
		usage  *usageError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &signal):
		return signal.exitCode()
	case errors.As(err, &usage), errors.Is(err, wrapper.ErrInvalidArgument):
		return exitUsage
	case errors.Is(err, wrapper.ErrUnauthorized), errors.Is(err, wrapper.ErrForbidden), errors.Is(err, wrapper.ErrNoCredential):
		return exitRefused
	case timedOut(err):
		return exitTimeout
	}
	return exitFailed
}

// timedOut is true for the deadline of --timeout and for a connection that gave
// up by itself; both are a matter of time.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// explain is the error in one line, with what can be done about it.
func explain(err error) string {
	text := strings.TrimPrefix(err.Error(), "pepay: ")
	if hint := hint(err); hint != "" {
		text += "; " + hint
	}
	switch {
	case errors.Is(err, wrapper.ErrNoCredential):
		text = "no API key; set PEPAY_API_KEY or PEPAY_COMMERCE_API_KEY, or use --api-key-file"
	case errors.Is(err, wrapper.ErrInvalidArgument):
		text = inFlags.Replace(text)
	}
	return printable(text)
}

// inFlags names the flag instead of the option of package wrapper it becomes.
var inFlags = strings.NewReplacer("WithAPIKey", "--api-key-file", "WithBaseURL", "--base-url")

func hint(err error) string {
	var call *wrapper.Error
	if !errors.As(err, &call) {
		return ""
	}
	switch {
	case errors.Is(err, wrapper.ErrUnauthorized):
		return "check the API key, and that it belongs to this address"
	case errors.Is(err, wrapper.ErrForbidden):
		return "this API key does not allow it"
	case call.RetryAfter > 0:
		return fmt.Sprintf("try again in %s", call.RetryAfter.Round(time.Second))
	case timedOut(err):
		return "--timeout gives it longer"
	case call.StatusCode == 0 && call.Attempts > 0, errors.Is(err, wrapper.ErrNotFound), errors.Is(err, wrapper.ErrRedirect):
		return "check the address, PEPAY_API_URL or --base-url"
	}
	return ""
}

// printable keeps text from moving the cursor or starting a line of its own.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}
