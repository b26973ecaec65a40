package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// forwardLog is where deliveries are told: with --json, standard output holds the
// events that were accepted and nothing else.
func forwardLog(cmd *cli.Command) io.Writer {
	switch {
	case !cmd.Bool("json"):
		return cmd.Root().Writer
	case cmd.Bool("quiet"):
		return io.Discard
	}
	return cmd.Root().ErrWriter
}

// forwarding is how 'pepay listen --forward-to' handles events.
type forwarding struct {
	*forwarder
	accepted func(*pepay.Event) error // prints it; nil where the log is enough
	client   *wrapper.Client
	opts     stream.Options
	cursor   func() string
	resend   func(eventID string) string // the command that delivers an event again
	report   io.Writer                   // of events that were not accepted; nil with --fail-fast
	refused  int                         // events that were not accepted
}

// handle delivers an event. With --fail-fast one that is not accepted is an error;
// otherwise it is reported, and the next event is handled.
func (f *forwarding) handle(ctx context.Context, ev *pepay.Event) error {
	err := f.deliver(ctx, ev)
	if err == nil && f.accepted != nil {
		return f.accepted(ev)
	}
	if err == nil {
		return nil
	}
	var refused *refusedError
	if errors.As(err, &refused) && f.report != nil {
		f.refused++
		return f.tell(refused)
	}
	kept := f.keepBefore(ctx, ev)
	switch {
	case refused == nil:
		return err
	case kept:
		return fmt.Errorf("%w; a restart with the same --cursor-file delivers it again", err)
	}
	return fmt.Errorf("%w; %s delivers it again", err, f.resend(ev.ID))
}

// tell says what happened to an event, and how to deliver it later.
func (f *forwarding) tell(refused *refusedError) error {
	text := terminal.Paint(f.report, terminal.Red, terminal.Printable(refused.Error())) + "; to deliver it again:\n  " + f.resend(refused.eventID)
	_, err := fmt.Fprintln(f.report, text)
	return err
}

// resendLine returns the command that delivers an event again, with the flags that this
// one was given. It leaves out what may be a credential: the query of the address and
// further headers.
func resendLine(cmd *cli.Command, scope pepay.WSTokenScope) func(eventID string) string {
	target, err := forwardTarget(cmd.String("forward-to"), "--forward-to")
	if err != nil { // it was checked before
		return func(string) string { return "'pepay events resend'" }
	}
	line := " --forward-to " + shellWord(shownTarget(target))
	if scope == pepay.WSTokenScopeCommerce {
		line += " --scope commerce"
	}
	for _, flag := range []string{"env-file", "secret-file", "api-key-file", "base-url", "forward-timeout"} {
		if cmd.IsSet(flag) && cmd.String(flag) != "-" {
			line += " --" + flag + " " + shellWord(fmt.Sprint(cmd.Value(flag)))
		}
	}
	if cmd.Bool("skip-verify") {
		line += " --skip-verify"
	}
	return func(eventID string) string { return "pepay events resend " + shellWord(eventID) + line }
}

// shellWord quotes text for a shell where that is needed.
func shellWord(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(terminal.Printable(text), "'", `'\''`) + "'"
}

// keepBefore sees to it that a restart begins with ev, and reports whether it will.
// Before the first accepted event there is no cursor to begin after, and a restart
// would pass over ev: the event before it, as the Events API lists it, is kept then.
func (f *forwarding) keepBefore(ctx context.Context, ev *pepay.Event) bool {
	const patience = 5 * time.Second
	if f.opts.Cursor == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if place := f.cursor(); place != "" { // it may be --since's, and not in the file yet
		return f.opts.Cursor.Save(ctx, place) == nil
	}
	older, err := f.client.Events.List(ctx, wrapper.EventParams{
		Types: f.opts.Types, InvoiceID: f.opts.InvoiceID, Environment: pepay.NetworkEnvironment(f.opts.Environment),
		StartingAfter: ev.ID, Limit: 1,
	})
	if err != nil || len(older.Data) == 0 || older.Data[0].ID == "" {
		return false
	}
	return f.opts.Cursor.Save(ctx, older.Data[0].ID) == nil
}
