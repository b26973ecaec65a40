package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/progress"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// waitFlags are those of commands that wait for a status. There is a --timeout in them, so
// that they replace the usual one.
func waitFlags(statuses, final string) []cli.Flag {
	flags := []cli.Flag{
		&cli.StringSliceFlag{Name: "status", Usage: "wait for one of these `STATUSES`, with commas between: " + statuses + " (default: the first of " + final + ")"},
	}
	for _, f := range clientFlags() {
		if f.Names()[0] == "timeout" {
			f = &cli.DurationFlag{Name: "timeout", DefaultText: "wait until it cannot happen any more", Usage: "give up after this long"}
		}
		flags = append(flags, f)
	}
	return flags
}

// wait prints what ask returns, also where that comes with an error: the last state that
// was seen. status reads the status from an answer.
func (o object[T]) wait(ctx context.Context, cmd *cli.Command, status func(json.RawMessage) string, ask func(context.Context, *wrapper.Client) (*T, error)) error {
	show, err := o.printer(cmd)
	if err != nil {
		return err
	}
	if cmd.IsSet("timeout") {
		var cancel context.CancelFunc
		if ctx, cancel, err = withinTimeout(ctx, cmd); err != nil {
			return err
		}
		defer cancel()
	}
	var recorder answers.Recorder
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(recorder.Middleware))
	if err != nil {
		return err
	}
	stop := showWait(cmd, &recorder, status)
	value, err := ask(ctx, client)
	stop()
	if value != nil {
		if showErr := show(value, recorder.Last().Data); showErr != nil {
			return showErr
		}
	}
	if errors.Is(err, context.DeadlineExceeded) && cmd.IsSet("timeout") {
		return &waitTimeoutError{cmd.Duration("timeout")}
	}
	return err
}

// waitTimeoutError is the error of a wait that --timeout ended.
type waitTimeoutError struct{ after time.Duration }

func (e *waitTimeoutError) Error() string {
	return fmt.Sprintf("the status was not reached within %s (--timeout)", e.after)
}

func (e *waitTimeoutError) Unwrap() error { return context.DeadlineExceeded }

// showWait says on a terminal, in one line, which status was seen last and for how long
// the wait has lasted. The line is gone after stop.
func showWait(cmd *cli.Command, recorder *answers.Recorder, status func(json.RawMessage) string) (stop func()) {
	line := progress.New(cmd.Root().ErrWriter)
	if line == nil {
		return func() {}
	}
	begun, done := time.Now(), make(chan struct{})
	var shown sync.WaitGroup
	shown.Add(1)
	go func() {
		defer shown.Done()
		defer line.Clear()
		tick := time.NewTicker(time.Second / 4)
		defer tick.Stop()
		for {
			line.Say(waitText(recorder.Last(), status, begun, time.Now()))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(done)
		shown.Wait()
	}
}

func waitText(last answers.Answer, status func(json.RawMessage) string, begun, now time.Time) string {
	waited := "waiting for " + now.Sub(begun).Truncate(time.Second).String()
	if last.Number == 0 {
		return waited
	}
	return fmt.Sprintf("%s, asked %s ago, %s", orDash(terminal.Printable(status(last.Data))), now.Sub(last.At).Truncate(time.Second), waited)
}
