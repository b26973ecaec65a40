package pepaytest

import (
	"strconv"
	"strings"
)

// goStream is a program that prints the events of a stream. It authenticates with the key,
// as a server does, also where the request had a token.
func (in *snippet) goStream() string {
	kind := map[string]string{"/ws/merchant/events": "Merchant", "/ws/commerce/events": "Commerce", "/ws/payment": "Payment"}[in.path]
	if kind == "" {
		return ""
	}
	imports := []string{"context", "fmt", "log", "os", modulePath + "/stream", modulePath + "/wrapper"}
	options := []string{"wrapper.WithBaseURL(" + strconv.Quote(in.server) + ")"}
	arguments := "client, "
	switch kind {
	case "Merchant":
		options = append(options, `wrapper.WithAPIKey(os.Getenv("PEPAY_API_KEY"))`)
	case "Commerce":
		options = append(options, `wrapper.WithCommerceAPIKey(os.Getenv("PEPAY_COMMERCE_API_KEY"))`)
	default:
		imports = append(imports, modulePath)
		arguments += `pepay.Secret(os.Getenv("PEPAY_WS_TOKEN")), `
	}
	var p strings.Builder
	p.WriteString("package main\n\n" + goImports(imports) + "\nfunc main() {\n\tclient, err := " + goNew(options) + "\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n")
	p.WriteString("\tevents := stream." + kind + "(" + arguments + in.streamOptions() + ")\n")
	p.WriteString("\tfor event, err := range events.Events(context.Background()) {\n\t\tif err != nil {\n\t\t\tlog.Fatal(err)\n\t\t}\n\t\tfmt.Println(event.ID, event.Type)\n\t}\n}\n")
	return p.String()
}

// streamOptions are the filters of the request, each on a line of its own after gofmt's
// fashion.
func (in *snippet) streamOptions() string {
	var names, values []string
	for _, option := range []struct{ parameter, field string }{
		{"types", "Types"}, {"since", "Since"}, {"invoice_type", "InvoiceType"}, {"invoice_id", "InvoiceID"}, {"customer_id", "CustomerID"},
		{"environment", "Environment"}, {"order_id", "OrderID"}, {"wallet_address", "WalletAddress"}, {"wallet_network", "WalletNetwork"},
	} {
		value := in.query.Get(option.parameter)
		if value == "" {
			continue
		}
		literal := strconv.Quote(value)
		if option.field == "Types" {
			var types []string
			for _, t := range strings.Split(value, ",") {
				types = append(types, strconv.Quote(t))
			}
			literal = "[]string{" + strings.Join(types, ", ") + "}"
		}
		names, values = append(names, option.field+":"), append(values, literal)
	}
	if len(names) == 0 {
		return "stream.Options{}"
	}
	width := 0
	for _, name := range names {
		width = max(width, len(name))
	}
	text := "stream.Options{\n"
	for i, name := range names {
		text += "\t\t" + name + strings.Repeat(" ", width-len(name)+1) + values[i] + ",\n"
	}
	return text + "\t}"
}
