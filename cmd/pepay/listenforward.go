package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// forwardStory is where deliveries are told: with --json, standard output holds the
// events that were accepted and nothing else.
func forwardStory(cmd *cli.Command) io.Writer {
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
	accepted func(*pepay.Event) error // prints it; nil where the story is enough
	client   *wrapper.Client
	opts     stream.Options
	cursor   func() string
}

func (f *forwarding) handle(ctx context.Context, ev *pepay.Event) error {
	err := f.deliver(ctx, ev)
	if err == nil && f.accepted != nil {
		return f.accepted(ev)
	}
	if err == nil {
		return nil
	}
	kept := f.keepBefore(ctx, ev)
	var refused *refusedError
	switch {
	case !errors.As(err, &refused):
		return err
	case kept:
		return fmt.Errorf("%w; a restart with the same --cursor-file delivers it again", err)
	}
	return fmt.Errorf("%w; 'pepay events resend' delivers it again", err)
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
