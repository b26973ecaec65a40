package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"text/template"
	"time"
	"unicode"

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
	if cmd.Bool("json") {
		return nil, usagef("--format: excludes --json")
	}
	layout, err := template.New("format").Funcs(template.FuncMap{"json": templateJSON}).Parse(cmd.String("format"))
	if err != nil || cmd.String("format") == "" {
		return nil, usagef("--format: write a Go template such as '{{.ID}} {{.Object.customer_id}}'")
	}
	// A template that asks for what there is not is found before anything is sent.
	if err := layout.Execute(io.Discard, formatted{Object: map[string]any{}}); err != nil {
		return nil, usagef("--format: the template has a field or function that there is not; see '%s --help'", cmd.FullName())
	}
	return func(ev *pepay.Event) error {
		view := formatted{ID: ev.ID, Type: ev.Type, Created: ev.Created.Time, Livemode: ev.Livemode, Amount: amountOf(ev)}
		view.Kind, view.ResourceID, view.Status = ev.Resource()
		if object, err := decodeJSON(ev.Data.Object); err == nil {
			view.Object = asObject(object)
		}
		var line bytes.Buffer
		if err := layout.Execute(&line, view); err != nil {
			return err
		}
		_, err := io.WriteString(w, shownLines(line.String())+"\n")
		return err
	}, nil
}

// templateJSON is the function json of templates.
func templateJSON(value any) (string, error) {
	encoded, err := json.Marshal(value)
	return string(encoded), err
}

// shownLines keeps the tabs and the ends of lines that a template has, and replaces what
// would move the cursor otherwise.
func shownLines(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' && r != '\n' {
			return ' '
		}
		return r
	}, text)
}
