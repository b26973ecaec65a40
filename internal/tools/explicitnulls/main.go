// Command explicitnulls changes the models of the server face so that a property
// that can be null is sent as null where it has no value, as Pepay's examples show
// it. oapi-codegen leaves every optional property out that has none. The client's
// models have no need of it: null and absence decode alike.
//
//	explicitnulls api/openapi.effective.json internal/server/server.gen.go
package main

import (
	"fmt"
	"os"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: explicitnulls DOCUMENT FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "explicitnulls:", err)
		os.Exit(1)
	}
}

func run(document, name string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(document)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	generated, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	rewritten, err := rewrite(generated, nullables(doc))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, rewritten, 0o644)
}
