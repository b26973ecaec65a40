// Command doccomments rewrites the doc comments that oapi-codegen writes into the
// form in which people read them: it puts the name of a field before every
// description ("Price Price of one"), repeats the description of a type at each
// field that has it, and has a sentence for types that nobody described.
//
//	doccomments pepay.gen.go
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: doccomments FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "doccomments:", err)
		os.Exit(1)
	}
}

func run(name string) error {
	generated, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	rewritten, err := rewrite(generated)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, rewritten, 0o644)
}
