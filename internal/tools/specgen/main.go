// Command specgen is the generation step before oapi-codegen: it applies the
// overlays of the contract in order and writes
//
//   - api/overlay.gen.yaml, every action in one file, because oapi-codegen takes one overlay;
//   - api/openapi.effective.json, the document with all of them applied;
//   - operations.gen.go, the operations and security schemes as Go tables;
//   - internal/server/wire.gen.go, the client's own types as the server face sends them.
//
// It refuses an action that has nothing left to do or that hides something
// upstream publishes, and names the action in the message.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "directory that holds openapi.json and api/overlays")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "specgen:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns what specgen writes, by path below root.
func generate(root string) (map[string][]byte, error) {
	published, err := readDocument(filepath.Join(root, "openapi.json"))
	if err != nil {
		return nil, err
	}
	actions, err := readActions(filepath.Join(root, "api", "overlays"))
	if err != nil {
		return nil, err
	}
	doc := clone(published)
	if err := applyActions(doc, actions); err != nil {
		return nil, err
	}
	if found := problems(published, doc); len(found) > 0 {
		return nil, explain(published, actions, found)
	}
	_, generatorActions := forGenerator(doc)
	effective, err := encodeJSON(doc)
	if err != nil {
		return nil, err
	}
	merged, err := mergeActions(append(actions, generatorActions...))
	if err != nil {
		return nil, err
	}
	table, err := operationTable(effective)
	if err != nil {
		return nil, err
	}
	wire, err := wireNames(doc)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"api/overlay.gen.yaml":        merged,
		"api/openapi.effective.json":  effective,
		"operations.gen.go":           table,
		"internal/server/wire.gen.go": wire,
	}, nil
}
