package main

import (
	"io"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
)

func formatFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "format",
		Usage: "print an event as the Go `TEMPLATE` says; it has .ID, .Type, .Created, .Livemode, .Kind, .ResourceID, .Status, .Amount and .Object, the resource",
	}
}

// formatted is what a template of --format sees of an event.
type formatted struct {
	ID, Type, Kind, ResourceID, Status, Amount string
	Created                                    time.Time
	Livemode                                   bool
	Object                                     map[string]any
}

// formatPrinter prints events by the template of --format, a line each.
func formatPrinter(cmd *cli.Command, w io.Writer) (func(*pepay.Event) error, error) {
	template, err := formatOf(cmd, formatted{Object: map[string]any{}}, "{{.ID}} {{.Object.customer_id}}")
	if err != nil {
		return nil, err
	}
	return func(ev *pepay.Event) error {
		view := formatted{ID: ev.ID, Type: ev.Type, Created: ev.Created.Time, Livemode: ev.Livemode, Amount: amountOf(ev)}
		view.Kind, view.ResourceID, view.Status = ev.Resource()
		if object, err := decodeJSON(ev.Data.Object); err == nil {
			view.Object = asObject(object)
		}
		return template.Write(w, view)
	}, nil
}
