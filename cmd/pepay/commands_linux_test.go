package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// end waits for the end of a command and returns its exit code.
func end(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// typed is what a person types.
func typed(t *testing.T, person *os.File, text string) {
	t.Helper()
	if _, err := person.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// A person sees the payment URL once, and that it is a secret.
func TestPaymentURLOnTerminal(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, map[string]string{"/api/v1/invoices": createdJSON})
	cmd := command(append(api.env(), "NO_COLOR=1"), "invoices", "create", "--amount", "49.99")
	screen := readUntil(t, onTerminal(t, cmd), "")
	if code := end(t, cmd); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if want := "invoice      " + invoiceID + "\nexpires      2025-12-21T13:00:00Z\npayment URL  https://pay.example/pay?session=pst_secret&signature=sig_secret\n" +
		"the payment URL carries the payor's session, give it to the payor alone; it is not shown again\n"; screen != want {
		t.Errorf("%q", screen)
	}
}

// Columns are cut, and left out, where a terminal is narrow; statuses have words and a color.
func TestTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, map[string]string{"/api/v1/invoices?limit=20": `{"data":[` + invoiceJSON + `,` + secondInvoice + `],"has_more":false}`})
	for columns, want := range map[string]string{
		"120": `INVOICE                               STATUS         AMOUNT  CUSTOMER      CREATED     EXPIRES     ENVIRONMENT
550e8400-e29b-41d4-a716-446655440000  unpaid     49.990 usd  cust_123      2025-12-21  2025-12-21  devnet
inv_2                                 underpaid   1.005 usd  コーヒー [2J  2025-12-21  -           -
`,
		"60": `INVOICE      STATUS         AMOUNT  CUSTOMER      CREATED
550e8400-e…  unpaid     49.990 usd  cust_123      2025-12-21
inv_2        underpaid   1.005 usd  コーヒー [2J  2025-12-21
`,
		"50": `INVOICE          STATUS         AMOUNT  CREATED
550e8400-e29b-…  unpaid     49.990 usd  2025-12-21
inv_2            underpaid   1.005 usd  2025-12-21
`,
	} {
		cmd := command(append(api.env(), "NO_COLOR=1", "COLUMNS="+columns), "invoices", "list")
		if screen := readUntil(t, onTerminal(t, cmd), ""); screen != want {
			t.Errorf("%s columns:\n%s\nwant\n%s", columns, screen, want)
		}
		_ = cmd.Wait()
	}
	cmd := command(append(api.env(), "TERM=xterm"), "invoices", "list")
	if screen := readUntil(t, onTerminal(t, cmd), ""); !strings.Contains(screen, "\x1b[33munpaid\x1b[0m     49.990 usd") || !strings.Contains(screen, "\x1b[2mINVOICE\x1b[0m") {
		t.Errorf("%q", screen)
	}
	_ = cmd.Wait()
}

// What is created or revoked for good needs a yes, and anything else is a no.
func TestConfirmOnTerminal(t *testing.T) {
	t.Parallel()
	revoke := "/api/v1/api-keys/" + keyID + "/revoke"
	for _, c := range []struct {
		name, answer string
		args         []string
		asks         string // the question
		code         int
		last         string // the last request
		says         string
	}{
		{"revoke", "y\n", []string{"keys", "revoke", keyID}, "revoke the key " + keyID + " for good? [y/N] ", exitDone, "POST " + revoke, "revoked " + keyID},
		{"revoke with a whole yes", "YES\n", []string{"keys", "revoke", keyID}, "[y/N] ", exitDone, "POST " + revoke, "revoked"},
		{"do not revoke", "\n", []string{"keys", "revoke", keyID}, "[y/N] ", exitFailed, "", "pepay: not confirmed; nothing was changed"},
		{"do not revoke by anything else", "yess\n", []string{"keys", "revoke", keyID}, "[y/N] ", exitFailed, "", "pepay: not confirmed"},
		{"Ctrl-C", "\x03", []string{"keys", "revoke", keyID}, "[y/N] ", 130, "", "pepay: interrupt"},
		{"check out", "y\n", []string{"checkout", "--customer-id", "c", "--item", "B08N5WRWNW", "--city", "Miami"}, "13.99 usd? [y/N] ", exitDone, "POST " + orderPath, "payment URL  https://"},
		{"do not check out", "n\n", []string{"checkout", "--customer-id", "c", "--item", "B08N5WRWNW", "--city", "Miami"}, "create the order and its invoice over 13.99 usd? [y/N] ", exitFailed, "POST " + estimatePath, "not confirmed"},
		{"leave before checking out", "\x03", []string{"checkout", "--customer-id", "c", "--item", "B08N5WRWNW", "--city", "Miami"}, "[y/N] ", 130, "POST " + estimatePath, "interrupt"},
		{"cancel", "y\n", []string{"orders", "cancel", "o"}, "cancel order o? [y/N] ", exitDone, "POST /api/commerce/merchant/orders/o/cancel", "order   o"},
		{"do not cancel", "n\n", []string{"orders", "cancel", "o"}, "[y/N] ", exitFailed, "", "not confirmed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answers := checkoutAnswers(estimateJSON(validItem, ""))
			answers[revoke] = `{"message":"API key revoked successfully"}`
			answers["/api/commerce/merchant/orders/o/cancel"] = inData(`{"orderId":"o","status":"cancelled"}`)
			api := newFakeAPI(t, answers)
			cmd := command(append(api.env(), "NO_COLOR=1"), c.args...)
			person := onTerminal(t, cmd)
			readUntil(t, person, c.asks)
			typed(t, person, c.answer)
			screen := readUntil(t, person, "")
			if code := end(t, cmd); code != c.code || !strings.Contains(screen, c.says) {
				t.Errorf("exit code %d, want %d: %q, want %q", code, c.code, screen, c.says)
			}
			last := ""
			if asked := api.asked(); len(asked) > 0 {
				last = asked[len(asked)-1]
			}
			if c.last == "" && last != "" || !strings.HasPrefix(last, c.last) {
				t.Errorf("the last request was %q, want %q", last, c.last)
			}
		})
	}
}

// A wait says in one line how it stands, and leaves the result alone on the screen. Ctrl-C
// ends it with what was seen last.
func TestWaitOnTerminal(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/invoices/inv_1/status"
	api := newFakeAPI(t, map[string]string{path: `{"invoice":{"id":"inv_1","status":"underpaid"},"latest_payment":{}}`})
	cmd := command(append(api.env(), "NO_COLOR=1"), "invoices", "wait", "inv_1")
	person := onTerminal(t, cmd)
	if screen := readUntil(t, person, "underpaid, asked 1s ago, waiting for "); strings.Contains(screen, "\n") {
		t.Errorf("more than one line: %q", screen)
	}
	typed(t, person, "\x03")
	screen := readUntil(t, person, "")
	if code := end(t, cmd); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if !strings.HasSuffix(screen, "\rinvoice  inv_1\nstatus   underpaid\npepay: interrupt\n") {
		t.Errorf("%q", screen)
	}
}

// manyPages is a list that ends after so many pages, or is slow there.
func manyPages(pages int, last string) map[string]string {
	answers := map[string]string{}
	after := ""
	for page := range pages {
		id := fmt.Sprintf("inv_%d", page)
		answers["/api/v1/invoices?limit=100"+after] = fmt.Sprintf(`{"data":[{"id":%q,"status":"paid"}],"has_more":true}`, id)
		after = "&starting_after=" + id
	}
	answers["/api/v1/invoices?limit=100"+after] = last
	return answers
}

// A long listing says how far it is, where its result goes elsewhere, and Ctrl-C ends it with
// what it has.
func TestProgressOfAListing(t *testing.T) {
	t.Parallel()
	answers := manyPages(3, "")
	hold := make(chan struct{})
	api := newFakeAPI(t, answers, func(uri string) {
		if strings.HasSuffix(uri, "starting_after=inv_2") {
			<-hold
		}
	})
	defer close(hold)
	cmd := command(append(api.env(), "NO_COLOR=1"), "invoices", "list", "--all", "--format", "{{.ID}}")
	out := newScreen()
	person := onTerminalBut(t, cmd, func() { cmd.Stdout = out })
	screen := readUntil(t, person, "1 invoices …")
	out.await(t, "inv_2\n", 1)
	typed(t, person, "\x03")
	screen += readUntil(t, person, "")
	if code := end(t, cmd); code != 130 || out.String() != "inv_0\ninv_1\ninv_2\n" {
		t.Errorf("exit code %d: %q", code, out.String())
	}
	if want := regexp.MustCompile(`^\r1 invoices ….*\r +\r(\^C)?pepay: interrupt, after 3 invoices\n$`); !want.MatchString(strings.ReplaceAll(screen, "^C", "")) {
		t.Errorf("%q", screen)
	}
}

// Where nobody reads the output any more, a listing ends quietly.
func TestListingIntoAPipeThatEnds(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, manyPages(50, `{"data":[],"has_more":false}`))
	cmd := command(api.env(), "invoices", "list", "--all", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len(`{"id":"inv_0"`))
	if _, err := out.Read(first); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	if code := end(t, cmd); code != exitFailed || stderr.String() != "" || string(first) != `{"id":"inv_0"` {
		t.Errorf("exit code %d, %q, %q", code, first, stderr.String())
	}
	if asked := len(api.asked()); asked > 10 {
		t.Errorf("%d pages were asked for", asked)
	}
}

// An answer is indented on a terminal, and nothing in it moves the cursor.
func TestAPIOnTerminal(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, map[string]string{"/x": `{"success":true,"data":{"a":[1.50,"` + "\u202e" + `"]}}`, "/nothing": ""})
	for args, want := range map[string]string{
		"GET /x":          "{\n  \"a\": [\n    1.50,\n    \"\\u202e\"\n  ]\n}\n",
		"GET /x --json":   "{\"a\":[1.50,\"\\u202e\"]}\n",
		"DELETE /nothing": "done; the answer has no content\n",
	} {
		cmd := command(api.env(), append([]string{"api"}, strings.Fields(args)...)...)
		if screen := readUntil(t, onTerminal(t, cmd), ""); screen != want {
			t.Errorf("%s: %q", args, screen)
		}
		_ = cmd.Wait()
	}
}
