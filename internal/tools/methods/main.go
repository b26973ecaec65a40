// Command methods writes docs/methods.md: the methods of Pepay's TypeScript SDK, those
// of this one, the operation of each, and how completely that is documented. It reads
// api/sdk-methods.yaml and api/openapi.effective.json.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const (
	listFile     = "api/sdk-methods.yaml"
	contractFile = "api/openapi.effective.json"
	page         = "docs/methods.md"
)

func main() {
	root := flag.String("root", ".", "top directory of the repository")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "methods:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	text, err := render(root)
	if err != nil {
		return err
	}
	file := filepath.Join(root, filepath.FromSlash(page))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
