package pepaytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const modulePath = "github.com/pepaylabs/pepay-go"

// goProgram is a program that calls the operation. A body that is not JSON cannot be sent
// by it.
func (in *snippet) goProgram() string {
	if !in.callable() {
		return ""
	}
	var p strings.Builder
	imports := []string{"context", "encoding/json", "fmt", "log", modulePath + "/wrapper"}
	options := []string{"wrapper.WithBaseURL(" + strconv.Quote(in.server) + ")"}
	switch c := in.credential; {
	case c.variable == "PEPAY_SESSION_TOKEN":
		imports = append(imports, "os", modulePath)
		options = append(options,
			`wrapper.WithCredential("sessionToken", pepay.Secret(os.Getenv("PEPAY_SESSION_TOKEN")))`,
			`wrapper.WithCredential("sessionSignature", pepay.Secret(os.Getenv("PEPAY_SESSION_SIGNATURE")))`)
	case c.option != "":
		imports = append(imports, "os")
		options = append(options, fmt.Sprintf(c.option, `os.Getenv("`+c.variable+`")`))
	}
	p.WriteString("package main\n\n" + goImports(imports) + "\nfunc main() {\n")
	p.WriteString("\tclient, err := " + goNew(options) + "\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n")
	p.WriteString("\tvar out json.RawMessage\n")
	p.WriteString("\terr = " + in.goCall("context.Background()") + "\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n")
	p.WriteString("\tfmt.Println(string(out))\n}\n")
	return p.String()
}

// goTest is a test that calls the operation of a simulator of its own.
func (in *snippet) goTest() string {
	if !in.callable() {
		return ""
	}
	var p strings.Builder
	imports := []string{"encoding/json", "testing", modulePath + "/pepaytest", modulePath + "/wrapper"}
	refused := slices.Contains([]int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, in.status)
	if refused {
		imports = append(imports, "errors")
	}
	options := []string{"wrapper.WithBaseURL(server.URL())"}
	session := in.credential.variable == "PEPAY_SESSION_TOKEN"
	switch {
	case session:
		imports = append(imports, modulePath)
		options = append(options, `wrapper.WithCredential("sessionToken", invoice.SessionToken)`, `wrapper.WithCredential("sessionSignature", invoice.Signature)`)
	case in.credential.option != "":
		options = append(options, fmt.Sprintf(in.credential.option, in.credential.inTest))
	}
	p.WriteString("package shop_test\n\n" + goImports(imports) + "\nfunc Test" + in.testName() + "(t *testing.T) {\n")
	p.WriteString("\tserver := pepaytest.NewServer(t)\n")
	if session {
		p.WriteString("\tmerchant, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n")
		p.WriteString("\tvar invoice pepay.CreatedInvoice\n")
		p.WriteString("\terr = merchant.Call(t.Context(), \"POST\", \"/api/v1/invoices\", json.RawMessage(`{\"amount_usd\":10}`), &invoice)\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n")
	}
	p.WriteString("\tclient, err := " + goNew(options) + "\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n")
	p.WriteString("\tvar out json.RawMessage\n\terr = " + in.goCall("t.Context()") + "\n")
	if refused {
		fmt.Fprintf(&p, "\tvar refused *wrapper.Error\n\tif !errors.As(err, &refused) || refused.StatusCode != %d {\n\t\tt.Fatalf(\"%%v, want status %d\", err)\n\t}\n}\n", in.status, in.status)
		return p.String()
	}
	p.WriteString("\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n\tt.Logf(\"%s\", out)\n}\n")
	return p.String()
}

// callable says whether Client.Call can send the request.
func (in *snippet) callable() bool {
	return (in.body == "" || json.Valid([]byte(in.body))) && isPlain(in.path)
}

func (in *snippet) testName() string {
	if in.operation == "" {
		return "Request"
	}
	return strings.ToUpper(in.operation[:1]) + in.operation[1:]
}

func (in *snippet) goCall(ctx string) string {
	body := "nil"
	if in.body != "" {
		body = "json.RawMessage(" + goText(in.body) + ")"
	}
	return "client.Call(" + ctx + ", " + strconv.Quote(in.method) + ", " + strconv.Quote(in.target()) + ", " + body + ", &out)"
}

func goNew(options []string) string {
	return "wrapper.New(\n\t\t" + strings.Join(options, ",\n\t\t") + ",\n\t)"
}

// goText is a string literal: a raw one where the text can stand in it.
func goText(text string) string {
	if !isPlain(text) || strings.Contains(text, "`") {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}

// goImports is the block of imports, as gofmt writes it.
func goImports(paths []string) string {
	slices.Sort(paths)
	ours := func(p string) bool { return strings.HasPrefix(p, modulePath) }
	var standard, own strings.Builder
	for _, p := range paths {
		line := "\t" + strconv.Quote(p) + "\n"
		if ours(p) {
			own.WriteString(line)
		} else {
			standard.WriteString(line)
		}
	}
	return "import (\n" + standard.String() + "\n" + own.String() + ")\n"
}
