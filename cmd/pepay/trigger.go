package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const triggerDescription = `Makes an event happen in the simulator that 'pepay mock' runs, with a payload that
Pepay documents. PEPAY_API_URL says where it is, an address of this machine such as
http://127.0.0.1:3000, and the key is one of those it printed. The event's id is
printed, and on standard error which streams get it.

  pepay trigger invoice.updated
  pepay trigger invoice.updated --set status=underpaid --set amount_paid=4000
  pepay trigger invoice_payment.updated --set settlement.status=failed
  pepay trigger invoice.created --set metadata.order=17 --add discount='{"percent":5}'

--set changes what is in data.object. A VALUE has the type of the field: text, with or
without quotes, a number, true or false, JSON for the rest; null is possible always.
Another type is refused, and so is a path that is not there, but for the members of
metadata. --add adds a field that is not there; its VALUE is JSON, or text otherwise.

The types:

`

func triggerCommand() *cli.Command {
	return &cli.Command{
		Name:        "trigger",
		Usage:       "make an event happen in the simulator",
		UsageText:   "pepay trigger EVENT_TYPE [flags]",
		Description: triggerDescription + "  " + strings.Join(pepay.EventTypes(), "\n  "),
		// A value has commas of its own. The library does not pass this on from the root.
		DisableSliceFlagSeparator: true,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "set", Usage: "change the payload as `PATH=VALUE` says; may be repeated"},
			&cli.StringSliceFlag{Name: "add", Usage: "add a field to the payload as `PATH=VALUE` says; may be repeated"},
			&cli.IntFlag{Name: "count", Value: 1, DefaultText: "1", Usage: "make `N` such events happen"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object per event, as Pepay sends it, instead of the id"},
			envFileFlag(),
			apiKeyFileFlag(),
			&cli.StringFlag{Name: "base-url", Usage: "reach the simulator at `URL` instead of PEPAY_API_URL"},
			&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, DefaultText: "30s", Usage: "give up after this long"},
		},
		Action: triggerAction,
	}
}

func triggerAction(ctx context.Context, cmd *cli.Command) error {
	ev, err := triggerEvent(cmd)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmd.Duration("timeout"))
	defer cancel()
	client, err := newClient(ctx, cmd)
	if err != nil {
		return err
	}
	if !isLoopback(client.BaseURL().Hostname()) {
		return usagef("events can be made to happen in the simulator only, and it runs on this machine: " +
			"set PEPAY_API_URL or --base-url to the address that 'pepay mock' prints, such as http://127.0.0.1:3000")
	}
	for i := range cmd.Int("count") {
		happened, err := emit(ctx, client, ev)
		if err != nil {
			return err
		}
		if cmd.Bool("json") {
			err = terminal.WriteRawJSON(cmd.Root().Writer, happened.Raw())
		} else {
			_, err = fmt.Fprintln(cmd.Root().Writer, terminal.Printable(happened.ID))
		}
		if err != nil {
			return err
		}
		if i == 0 {
			fmt.Fprintln(cmd.Root().ErrWriter, whereItAppears(happened))
		}
	}
	return nil
}

// whereItAppears says who gets an event: not every type goes to every stream.
func whereItAppears(ev *pepay.Event) string {
	var resource struct {
		InvoiceType     string `json:"invoice_type"`
		CommerceOrderID string `json:"commerce_order_id"`
	}
	_ = json.Unmarshal(ev.Data.Object, &resource) // for what is missing the defaults hold
	_, id, _ := ev.Resource()
	switch {
	case ev.Type == pepay.EventTestPing:
		return "it goes to webhooks only, and to no stream; 'pepay webhook ping URL' signs one and posts it to your endpoint"
	case ev.Type == pepay.EventPaymentQuoteUpdated:
		return "it goes to the payment stream (/ws/payment) of invoice " + terminal.Printable(id) + " only; 'pepay listen' and webhooks do not get it"
	case strings.HasPrefix(ev.Type, "commerce."):
		return "it goes to the commerce stream ('pepay listen --scope commerce') and to webhooks"
	case resource.InvoiceType == "commerce" || resource.CommerceOrderID != "":
		return "it goes to the merchant stream, to the commerce stream ('pepay listen --scope commerce') and to webhooks"
	}
	return "it goes to the merchant stream ('pepay listen') and to webhooks"
}

// triggerEvent is what the arguments ask for. They are not repeated in errors
// where they may be a key.
func triggerEvent(cmd *cli.Command) (pepay.Event, error) {
	name, list := cmd.Args().First(), strings.Join(pepay.EventTypes(), ", ")
	switch {
	case cmd.Args().Len() == 0:
		return pepay.Event{}, usagef("say which type of event; there are %s", list)
	case cmd.Args().Len() > 1:
		return pepay.Event{}, usagef("'pepay trigger' takes one type of event; see 'pepay trigger --help'")
	case !slices.Contains(pepay.EventTypes(), name):
		return pepay.Event{}, usagef("unknown event type%s; there are %s%s", slip(name, pepay.EventTypes()), list, didYouMean(name, pepay.EventTypes()))
	case cmd.Int("count") < 1:
		return pepay.Event{}, usagef("--count: write a number from 1 up")
	case cmd.Duration("timeout") <= 0:
		return pepay.Event{}, usagef("--timeout: write a duration above 0, such as 30s")
	}
	ev, err := pepaytest.NewEvent(name)
	if err == nil {
		ev.Data.Object, err = withFields(ev.Data.Object, cmd.StringSlice("set"), cmd.StringSlice("add"))
	}
	return ev, err
}

// emit asks the simulator in the other process to make the event happen.
func emit(ctx context.Context, client *wrapper.Client, ev pepay.Event) (*pepay.Event, error) {
	request := struct {
		Type string          `json:"type"`
		Data pepay.EventData `json:"data"`
	}{ev.Type, ev.Data}
	var happened pepay.Event
	err := client.Call(ctx, http.MethodPost, "/_pepaytest/events", request, &happened)
	var call *wrapper.Error
	switch {
	case err == nil && (happened.ID == "" || happened.Type != ev.Type),
		errors.As(err, &call) && isAnotherServer(call):
		return nil, fmt.Errorf("the server at %s is not the simulator; 'pepay mock' starts one", client.BaseURL().Host)
	}
	return &happened, err
}

// isAnotherServer is true for answers that the simulator does not give.
func isAnotherServer(err *wrapper.Error) bool {
	switch err.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return errors.Is(err, wrapper.ErrMalformedResponse) || errors.Is(err, wrapper.ErrRedirect)
}
