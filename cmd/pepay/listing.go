package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/answers"
	"github.com/pepaylabs/pepay-go/internal/cli/pages"
	"github.com/pepaylabs/pepay-go/internal/cli/progress"
	"github.com/pepaylabs/pepay-go/internal/cli/table"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const defaultListLimit = 20

// listing is how a command prints a list: a table, a JSON object per line, or what a
// template says.
type listing[T any] struct {
	noun    string // in the plural
	columns []table.Column
	row     func(*T) []table.Cell
	example string // of a template for --format
}

// flags are those of every listing.
func (l listing[T]) flags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "limit", Value: defaultListLimit, DefaultText: "20", Usage: "print at most `N` " + l.noun},
		&cli.BoolFlag{Name: "all", Usage: "print all of them, however long that takes unless --timeout is set"},
		jsonFlag("print one JSON object per line, as Pepay sends it"),
		&cli.StringFlag{Name: "format", Usage: "print a line as the Go `TEMPLATE` says, such as '" + l.example + "'"},
	}
}

// limitOf is how many elements to print, 0 for all.
func limitOf(cmd *cli.Command) (int, error) {
	switch {
	case cmd.Int("limit") < 1:
		return 0, usagef("--limit: write a number from 1 up")
	case cmd.Bool("all") && cmd.IsSet("limit"):
		return 0, usagef("--all: excludes --limit")
	case cmd.Bool("all"):
		return 0, nil
	}
	return cmd.Int("limit"), nil
}

// pageSize is the limit of a page of which most is the most that Pepay lists at a time.
func pageSize(limit, most int) int {
	if limit == 0 {
		return most
	}
	return min(limit, most)
}

// print prints what the list yields, at most as many as --limit says. What came before an
// error is printed, too.
func (l listing[T]) print(ctx context.Context, cmd *cli.Command, list func(context.Context, *wrapper.Client) iter.Seq2[*T, error]) error {
	limit, err := limitOf(cmd)
	if err != nil {
		return err
	}
	out, err := l.output(cmd)
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeoutOf(ctx, cmd, limit == 0)
	if err != nil {
		return err
	}
	defer cancel()
	client, err := newClient(ctx, cmd, wrapper.WithMiddleware(out.raw.recorder.Middleware))
	if err != nil {
		return err
	}
	count, err := out.write(list(ctx, client), limit)
	if err != nil {
		return after(err, count, l.noun)
	}
	if stderr := cmd.Root().ErrWriter; count == 0 && terminal.Is(stderr) {
		fmt.Fprintln(stderr, "no such "+l.noun)
	}
	return nil
}

// listOutput writes elements one after the other.
type listOutput[T any] struct {
	noun  string
	one   func(*T) error
	table *table.Table   // nil for JSON and templates
	line  *progress.Line // nil where no progress is shown
	raw   rawElements
}

// rawElements are the elements of a list as Pepay sent them, in step with the decoded ones.
type rawElements struct {
	recorder answers.Recorder
	page     int // the number of the answer
	rest     []json.RawMessage
}

// next is the next element, nil where there is none left.
func (r *rawElements) next() json.RawMessage {
	if last := r.recorder.Last(); last.Number != r.page {
		r.page = last.Number
		r.rest, _ = pages.Items(last.Data)
	}
	if len(r.rest) == 0 {
		return nil
	}
	first := r.rest[0]
	r.rest = r.rest[1:]
	return first
}

func (l listing[T]) output(cmd *cli.Command) (*listOutput[T], error) {
	w := cmd.Root().Writer
	out := &listOutput[T]{noun: l.noun}
	switch {
	case cmd.IsSet("format"):
		template, err := formatOf(cmd, *new(T), l.example)
		if err != nil {
			return nil, err
		}
		out.one = func(element *T) error { return template.Write(w, *element) }
	case cmd.Bool("json"):
		out.one = func(element *T) error {
			if raw := out.raw.next(); raw != nil {
				return terminal.WriteRawJSON(w, raw)
			}
			return terminal.WriteJSON(w, element)
		}
	default:
		out.table = table.New(w, l.columns...)
		out.one = func(element *T) error { return out.table.Row(l.row(element)...) }
	}
	// Elements that appear on the terminal one by one show by themselves how far it is.
	if cmd.Bool("all") && (out.table != nil || !terminal.Is(w)) {
		out.line = progress.New(cmd.Root().ErrWriter)
	}
	return out, nil
}

// write returns how many elements were written, also with an error.
func (o *listOutput[T]) write(list iter.Seq2[*T, error], limit int) (count int, err error) {
	for element, listErr := range list {
		if listErr != nil {
			err = listErr
			break
		}
		if o.table != nil && o.table.Full() {
			o.line.Clear()
		}
		if err := o.one(element); err != nil {
			return count, err
		}
		count++
		o.line.Count(count, o.noun)
		if count == limit {
			break
		}
	}
	o.line.Clear()
	if o.table != nil {
		if flushErr := o.table.Flush(); flushErr != nil {
			return count, flushErr
		}
	}
	return count, err
}
