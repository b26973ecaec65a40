package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/pages"
	"github.com/pepaylabs/pepay-go/internal/cli/progress"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func checkPagination(cmd *cli.Command, call *apiCall) error {
	switch {
	case !cmd.Bool("paginate"):
		if cmd.IsSet("limit") {
			return usagef("--limit: is for --paginate; the limit of one page is --query limit=N")
		}
		return nil
	case call.method != http.MethodGet:
		return usagef("--paginate: goes with GET only")
	case call.query.Has("ending_before"):
		return usagef("--paginate: goes to older elements, and ending_before asks for newer ones; leave one out")
	case cmd.Int("limit") < 1:
		return usagef("--limit: write a number from 1 up")
	}
	return nil
}

// paginate prints the elements of a list, one per line.
func paginate(ctx context.Context, cmd *cli.Command, client *wrapper.Client, call *apiCall) error {
	w, stderr, limit := cmd.Root().Writer, cmd.Root().ErrWriter, cmd.Int("limit")
	var line *progress.Line
	if !terminal.Is(w) { // the elements are to be seen there
		line = progress.New(stderr)
	}
	defer line.Clear()
	count := 0
	for element, err := range pages.All(call.query, func(query url.Values) (json.RawMessage, error) { return call.send(ctx, client, query) }) {
		switch {
		case errors.Is(err, pages.ErrNoList):
			return errors.New("--paginate: the answer has no list; leave --paginate out")
		case err != nil:
			return after(err, count, "elements")
		case count == limit:
			line.Clear()
			fmt.Fprintf(stderr, "there are more than %d elements; --limit prints more\n", limit)
			return nil
		}
		if err := terminal.WriteRawJSON(w, element); err != nil {
			return err
		}
		count++
		line.Count(count, "elements")
	}
	return nil
}
