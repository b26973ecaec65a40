package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

const (
	publishedFile = "openapi.json"
	effectiveFile = "api/openapi.effective.json"
)

// result is everything the report tells.
type result struct {
	Source       string
	Unchanged    bool
	Before, Now  summary
	Published    diff
	Effective    diff
	Surface      []surfaceChange
	SurfaceError string
	Steps        []step
	// Warnings are what generation reports without failing.
	Warnings []string
}

// step is one command that has to succeed.
type step struct {
	Name   string
	State  state
	Output string // of a failure
}

type state string

const (
	passed state = "passed"
	failed state = "failed"
	notRun state = "not run"
)

// summary is what the report's table shows of a document.
type summary struct {
	OpenAPI, Version, SHA256 string
	Operations, Schemas      int
}

// synchronise replaces the published document below root, runs the steps in
// order up to the first that fails, and compares what was with what is.
func synchronise(ctx context.Context, root string, document []byte, t tools) (*result, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	published := filepath.Join(root, publishedFile)
	content, err := os.ReadFile(published)
	if err != nil {
		return nil, err
	}
	r := &result{Before: summarise(content), Now: summarise(document)}
	if bytes.Equal(content, document) {
		r.Unchanged = true
		return r, nil
	}
	var before snapshot
	if before.dir, err = os.MkdirTemp("", "specsync"); err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(before.dir) }()
	if err := keep(before.dir, root); err != nil {
		return nil, err
	}
	before.surface, before.surfaceErr = loadSurface(ctx, root)

	if err := os.WriteFile(published, document, 0o644); err != nil {
		return nil, err
	}
	r.Published = t.compare(ctx, root, filepath.Join(before.dir, publishedFile), published)
	for _, c := range t.steps {
		if r.Failed() {
			r.Steps = append(r.Steps, step{Name: c.name, State: notRun})
			continue
		}
		s := step{Name: c.name, State: passed}
		output, err := t.run(ctx, root, c.command...)
		if err != nil {
			s.State, s.Output = failed, output
		}
		r.Steps = append(r.Steps, s)
		// Before the build, because generated code can be compared even if other code
		// no longer compiles with it.
		if c.name == generation {
			r.Warnings = warningsIn(output)
			t.compareGenerated(ctx, root, before, r)
		}
	}
	return r, ctx.Err()
}

// warningsIn finds the lines in which specgen warns.
func warningsIn(output string) []string {
	var found []string
	for line := range strings.Lines(output) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "specgen: warning: "); ok {
			found = append(found, text)
		}
	}
	return found
}

// snapshot is the repository before anything changed.
type snapshot struct {
	dir        string // has the documents
	surface    map[string]*types.Package
	surfaceErr error
}

func (t tools) compareGenerated(ctx context.Context, root string, before snapshot, r *result) {
	if r.Failed() {
		r.Effective.Error, r.SurfaceError = "generation failed", "generation failed"
		return
	}
	r.Effective = t.compare(ctx, root, filepath.Join(before.dir, effectiveFile), filepath.Join(root, effectiveFile))
	err := before.surfaceErr
	if err == nil {
		r.Surface, err = compareSurface(ctx, root, before.surface)
	}
	if err != nil {
		r.SurfaceError = err.Error()
	}
}

// keep copies the documents as they are before anything changes.
func keep(dir, root string) error {
	for _, name := range []string{publishedFile, effectiveFile} {
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func summarise(document []byte) summary {
	var doc struct {
		OpenAPI    string
		Info       struct{ Version string }
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas map[string]json.RawMessage
		}
	}
	// Members of another type stay zero. Generation reports them with more detail.
	_ = json.Unmarshal(document, &doc)
	sum := sha256.Sum256(document)
	s := summary{OpenAPI: doc.OpenAPI, Version: doc.Info.Version, SHA256: hex.EncodeToString(sum[:6]), Schemas: len(doc.Components.Schemas)}
	for _, item := range doc.Paths {
		for _, method := range []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"} {
			if item[method] != nil {
				s.Operations++
			}
		}
	}
	return s
}

// Failed tells whether a step did.
func (r *result) Failed() bool {
	for _, s := range r.Steps {
		if s.State == failed {
			return true
		}
	}
	return false
}

// Headline is the result in one line.
func (r *result) Headline() string {
	if r.Unchanged {
		return "the published document has not changed"
	}
	breaking := fmt.Sprintf("%d breaking", len(r.Published.Breaking()))
	if r.Published.Error != "" {
		breaking = "breaking changes unknown"
	}
	line := fmt.Sprintf("%s, %d incompatible in Go", breaking, r.Incompatible())
	if r.SurfaceError != "" {
		line = breaking + ", Go surface unknown"
	}
	for _, s := range r.Steps {
		line += fmt.Sprintf(", %s %s", s.Name, s.State)
	}
	return line
}

// Incompatible counts the changes of the Go surface that break programs.
func (r *result) Incompatible() int {
	n := 0
	for _, s := range r.Surface {
		n += len(s.Incompatible)
	}
	return n
}
