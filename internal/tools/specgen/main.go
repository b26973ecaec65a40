// Command specgen is the generation step before oapi-codegen: it applies the
// overlays of the contract in order and writes
//
//   - api/overlay.gen.yaml, every action in one file, because oapi-codegen takes one overlay;
//   - api/openapi.effective.json, the document with all of them applied;
//   - operations.gen.go, the operations and security schemes as Go tables;
//   - events.gen.go, the types of events;
//   - resources.gen.go, which Go type models which resource of an event;
//   - secrets.gen.go, what keeps the secrets of models out of logs;
//   - internal/server/examples.gen.go, answers of operations that nobody describes, for the simulator;
//   - internal/server/requests.gen.go, what the contract says about requests, for the simulator;
//   - internal/server/wire.gen.go, the client's own types as the server face sends them.
//
// It refuses an action that has nothing left to do or that hides something
// upstream publishes, and names the action in the message.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
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
	g, err := generate(root)
	if err != nil {
		return err
	}
	if err := g.checkNames(root); err != nil {
		return err
	}
	for _, warning := range g.warnings {
		fmt.Fprintln(os.Stderr, "specgen: warning:", warning)
	}
	for name, content := range g.files {
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

// generation is what comes of a published document and its overlays.
type generation struct {
	published      string     // the file
	doc, generated *yaml.Node // as people read it, and as oapi-codegen gets it
	causes         *causes
	files          map[string][]byte // what specgen writes, by path below root
	faces          []face            // what oapi-codegen will write, known once the names are checked
	warnings       []error
}

func generate(root string) (*generation, error) {
	published, err := readDocument(filepath.Join(root, "openapi.json"))
	if err != nil {
		return nil, err
	}
	actions, err := readActions(filepath.Join(root, "api", "overlays"))
	if err != nil {
		return nil, err
	}
	if is31(published) {
		for _, a := range actions {
			typesWithNull(&a.Update)
		}
	}
	if err := checkDirectives(published); err != nil {
		return nil, err
	}
	g := &generation{published: filepath.Join(root, "openapi.json"), doc: clone(published)}
	g.causes = newCauses(g.doc)
	if err := g.causes.applyAll(g.doc, actions); err != nil {
		return nil, err
	}
	if found := problems(published, g.doc); len(found) > 0 {
		return nil, explain(published, g.doc, g.causes, actions, found)
	}
	for _, f := range warnings(g.doc) {
		g.warnings = append(g.warnings, f.caused(g.causes.at(g.doc, f.path)))
	}
	var generatorActions []action
	g.generated, generatorActions = forGenerator(g.doc)
	effective, err := encodeJSON(g.doc)
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
	wire, err := wireNames(g.doc)
	if err != nil {
		return nil, err
	}
	events, err := eventTypes(g.doc)
	if err != nil {
		return nil, err
	}
	resources, err := resourceModels(g.doc)
	if err != nil {
		return nil, err
	}
	requests, unchecked, err := requestTable(g.doc)
	if err != nil {
		return nil, err
	}
	for _, f := range unchecked {
		g.warnings = append(g.warnings, f.caused(g.causes.at(g.doc, f.path)))
	}
	examples, err := exampleTable(g.doc)
	if err != nil {
		return nil, err
	}
	g.files = map[string][]byte{
		mergedOverlay:                     merged,
		"api/openapi.effective.json":      effective,
		"operations.gen.go":               table,
		"events.gen.go":                   events,
		"resources.gen.go":                resources,
		"internal/server/requests.gen.go": requests,
		"internal/server/examples.gen.go": examples,
		"internal/server/wire.gen.go":     wire,
	}
	return g, nil
}

const mergedOverlay = "api/overlay.gen.yaml"

// checkNames refuses a document of which oapi-codegen would make text that does
// not compile.
func (g *generation) checkNames(root string) error {
	oapiCodegen.Lock()
	defer oapiCodegen.Unlock()
	var err error
	if g.faces, err = generateFaces(root, g.published, g.files[mergedOverlay]); err != nil {
		return err
	}
	found, err := checkNames(root, g.generated, g.faces, g.files)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range found {
		errs = append(errs, f.caused(g.causes.at(g.doc, f.path)))
	}
	return errors.Join(errs...)
}
