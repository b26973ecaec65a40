package main

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const apiDescription = `Calls any operation of Pepay's API, with the credential that the operation asks for,
retries and the exit codes of every command.

  pepay api GET /api/v1/invoices --query status=paid,underpaid --query limit=100 --paginate
  pepay api POST /api/v1/merchant/tokens/123/block --data '{"blocked":true}'
  pepay api PUT /api/v1/user/environment --data @environment.json

What is printed is the data of a {"success":…,"data":…} answer, or else the whole answer:
indented on a terminal, otherwise in one line. An answer may hold a credential, such as
the key that POST /api/v1/api-keys creates: it is printed as it came.

A write is sent as it stands, without a question. One that documents an Idempotency-Key
gets a new one, the same on all attempts; --idempotency-key sets it, so that a write can
be repeated by hand.

--paginate goes through a list, by starting_after or by offset, and prints an element per
line. It ends with an error at a page that comes a second time.

The credential comes from PEPAY_API_KEY, PEPAY_COMMERCE_API_KEY or PEPAY_JWT, or from
--api-key-file. The payor's operations, under /api/v1/payments, take a payment session
instead:

  pepay invoices create --amount 49.99 --json > invoice.json
  pepay api GET /api/v1/payments/session-details --session-file invoice.json`

// Elements that --paginate prints unless --limit says otherwise.
const defaultPaginateLimit = 10000

func apiCommand() *cli.Command {
	return &cli.Command{
		Name:        "api",
		Usage:       "call any operation of Pepay's API",
		UsageText:   "pepay api METHOD PATH [flags]",
		Description: apiDescription,
		// A value has commas of its own. The library does not pass this on from the root.
		DisableSliceFlagSeparator: true,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "data", TakesFile: true, Usage: "send `JSON`, or with @ in front the content of a file; - is standard input"},
			&cli.StringSliceFlag{Name: "query", Usage: "add a parameter, `NAME=VALUE`, to the query; may be repeated"},
			&cli.StringFlag{Name: "idempotency-key", Usage: "send `UUID` as Idempotency-Key, where the operation takes one"},
			&cli.StringFlag{Name: "session-file", TakesFile: true, Usage: "call as the payor, with the session in `FILE`: what --json of 'pepay invoices create' or 'checkout' printed; - is standard input"},
			&cli.BoolFlag{Name: "paginate", Usage: "go through all pages of a list and print an element per line"},
			&cli.IntFlag{Name: "limit", Value: defaultPaginateLimit, DefaultText: "10000", Usage: "with --paginate, print at most `N` elements"},
			jsonFlag("print the answer in one line on a terminal, too"),
		}, clientFlags()),
		Action: apiAction,
	}
}

// apiCall is what the arguments and flags ask for.
type apiCall struct {
	method, path string
	query        url.Values
	body         any // nil for none
	options      []wrapper.CallOption
}

func apiAction(ctx context.Context, cmd *cli.Command) error {
	call, err := newAPICall(ctx, cmd)
	if err != nil {
		return err
	}
	ctx, cancel, err := withinTimeoutOf(ctx, cmd, cmd.Bool("paginate"))
	if err != nil {
		return err
	}
	defer cancel()
	session, err := payorSession(ctx, cmd)
	if err != nil {
		return err
	}
	client, err := newClient(ctx, cmd, session...)
	if err != nil {
		return err
	}
	if cmd.Bool("paginate") {
		return paginate(ctx, cmd, client, call)
	}
	answer, err := call.send(ctx, client, call.query)
	if err != nil {
		return err
	}
	return printAnswer(cmd, answer)
}

// newAPICall reads the command line. Errors repeat none of its values.
func newAPICall(ctx context.Context, cmd *cli.Command) (*apiCall, error) {
	if cmd.Args().Len() != 2 {
		return nil, usagef("say a method and a path, such as 'pepay api GET /api/v1/invoices'")
	}
	call := &apiCall{method: strings.ToUpper(cmd.Args().First()), query: url.Values{}}
	path, query, _ := strings.Cut(cmd.Args().Get(1), "?")
	call.path = path
	if !slices.Contains(apiMethods(), call.method) {
		return nil, usagef("METHOD: write one of %s", strings.Join(apiMethods(), ", "))
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return nil, usagef("PATH: begin with one slash, as in /api/v1/invoices; --base-url and PEPAY_API_URL say which host")
	}
	var err error
	if call.query, err = url.ParseQuery(query); err != nil {
		return nil, usagef("PATH: the query is not valid; give parameters with --query")
	}
	for _, text := range cmd.StringSlice("query") {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, usagef("--query: write NAME=VALUE")
		}
		call.query.Add(name, value)
	}
	if err := checkPagination(cmd, call); err != nil {
		return nil, err
	}
	if err := oneStandardInput(cmd, "data", "session-file", "api-key-file"); err != nil {
		return nil, err
	}
	if cmd.IsSet("data") {
		if call.body, err = dataFlag(ctx, cmd); err != nil {
			return nil, err
		}
	}
	if cmd.IsSet("idempotency-key") {
		call.options = append(call.options, wrapper.WithIdempotencyKey(cmd.String("idempotency-key")))
	}
	return call, nil
}

// apiPaths are the paths of the contract that have a method, without those that open a
// stream.
func apiPaths(method string) []string {
	var paths []string
	for _, op := range pepay.Operations() {
		if strings.EqualFold(op.Method, method) && !strings.HasPrefix(op.Path, "/ws/") {
			paths = append(paths, op.Path)
		}
	}
	return paths
}

func apiMethods() []string { return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} }

// send calls the operation. The answer is empty where there is no content.
func (c *apiCall) send(ctx context.Context, client *wrapper.Client, query url.Values) (json.RawMessage, error) {
	path := c.path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var answer json.RawMessage
	err := client.Call(ctx, c.method, path, c.body, &answer, c.options...)
	return answer, err
}

// printAnswer prints for people on a terminal, and one line elsewhere.
func printAnswer(cmd *cli.Command, answer json.RawMessage) error {
	w := cmd.Root().Writer
	switch {
	case len(answer) == 0:
		if stderr := cmd.Root().ErrWriter; terminal.Is(stderr) {
			_, _ = stderr.Write([]byte("done; the answer has no content\n"))
		}
		return nil
	case terminal.Is(w) && !cmd.Bool("json"):
		return terminal.WriteIndentedJSON(w, answer)
	}
	return terminal.WriteRawJSON(w, answer)
}
