package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/layout"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// object is how a command prints one thing: fields, its JSON as Pepay sent it, or what a
// template says.
type object[T any] struct {
	people  func(w io.Writer, value *T, now time.Time) error
	example string // of a template for --format
}

// inFields is an object that people see as fields.
func inFields[T any](fields func(value *T, now time.Time) []table.Field, example string) object[T] {
	return object[T]{
		people:  func(w io.Writer, value *T, now time.Time) error { return table.Fields(w, fields(value, now)...) },
		example: example,
	}
}

func (o object[T]) flags() []cli.Flag {
	return []cli.Flag{
		jsonFlag("print one JSON object in one line, as Pepay sends it"),
		&cli.StringFlag{Name: "format", Usage: "print a line as the Go `TEMPLATE` says, such as '" + o.example + "'"},
	}
}

// printer is what the flags ask for. Flags that cannot be used are an error before
// anything is sent.
func (o object[T]) printer(cmd *cli.Command) (func(value *T, raw json.RawMessage) error, error) {
	w := cmd.Root().Writer
	var template *layout.Layout
	if cmd.IsSet("format") {
		var err error
		if template, err = formatOf(cmd, *new(T), o.example); err != nil {
			return nil, err
		}
	}
	return func(value *T, raw json.RawMessage) error {
		switch {
		case template != nil:
			return template.Write(w, *value)
		case cmd.Bool("json"):
			return terminal.WriteRawJSON(w, raw)
		}
		return o.people(w, value, time.Now())
	}, nil
}

// print prints what ask returns.
func (o object[T]) print(ctx context.Context, cmd *cli.Command, ask func(context.Context, *wrapper.Client) (*T, error)) error {
	show, err := o.printer(cmd)
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeout(ctx, cmd)
	if err != nil {
		return err
	}
	defer cancel()
	var recorder answers.Recorder
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(recorder.Middleware))
	if err != nil {
		return err
	}
	value, err := ask(ctx, client)
	if err != nil {
		return err
	}
	return show(value, recorder.Last().Data)
}
