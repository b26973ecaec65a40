// Command specsync takes over a contract that Pepay has published: it replaces
// openapi.json, regenerates, runs the contract tests and writes a Markdown report
// from which a reviewer can decide.
//
// A document that is no OpenAPI 3 description is refused and nothing changes. When
// generation fails, openapi.json stays replaced, so that the overlay action named
// in the report can be changed and `make generate` run again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "top directory of the repository")
	url := flag.String("url", "", "where the document is published; https, or http on a loopback host")
	file := flag.String("file", "", "a document on disk instead, JSON or YAML")
	report := flag.String("report", "spec-sync-report.md", "where to write the report, below root unless absolute")
	flag.Parse()
	if (*url == "") == (*file == "") || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "specsync: give either -url or -file")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *url, *file, *report, repositoryTools())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "specsync:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, url, file, report string, t tools) error {
	read, source := readFile, file
	if url != "" {
		read, source = fetch, url
	}
	content, err := read(ctx, source)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	document, err := normalise(content)
	if err != nil {
		return fmt.Errorf("%s is refused: %w; nothing was changed", displayName(source), err)
	}
	result, err := synchronise(ctx, root, document, t)
	if err != nil {
		return err
	}
	result.Source = displayName(source)
	if !filepath.IsAbs(report) {
		report = filepath.Join(root, report)
	}
	if err := os.WriteFile(report, result.markdown(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "specsync: %s; report in %s\n", result.Headline(), report)
	if result.Failed() {
		return errors.New("the new document needs a change by hand; the report says which")
	}
	return nil
}
