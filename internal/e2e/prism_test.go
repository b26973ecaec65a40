package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// prism is Stoplight's validating proxy: what goes through it is compared with the
// contract by a program that shares nothing with this project.
type prism struct {
	url string

	mu        sync.Mutex
	exchanges int
	found     []string // violations of requests and answers
}

// newPrism starts it before a server, and ends it with the test.
func newPrism(t *testing.T, upstream string) *prism {
	t.Helper()
	node := need(t, node20, "node")
	cli := module(t, "@stoplight/prism-cli/dist/index.js")
	document := prismDocument(t)
	addr := freeAddr(t)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, node, cli, "proxy", "--errors", "--port", port, document, upstream)
	inOwnGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	p := &prism{url: "http://" + addr}
	listening, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		p.follow(bufio.NewScanner(out), listening)
	}()
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		<-ended
		if t.Failed() {
			t.Logf("Prism saw %d exchanges", p.exchanges)
		}
	})
	select {
	case <-listening:
	case <-ended:
		t.Fatal("Prism ended before it listened")
	}
	return p
}

// follow reads what Prism prints.
func (p *prism) follow(lines *bufio.Scanner, listening chan<- struct{}) {
	for lines.Scan() {
		line := lines.Text()
		if strings.Contains(line, "Prism is listening") {
			close(listening)
		}
		p.mu.Lock()
		if strings.Contains(line, "Request received") {
			p.exchanges++
		}
		if strings.Contains(line, "Violation: ") || strings.Contains(line, "Request terminated with error") {
			p.found = append(p.found, line)
		}
		p.mu.Unlock()
	}
}

// violations are what Prism found so far.
func (p *prism) violations() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.found)
}

// check fails the test for what Prism found, and if it saw less than so many exchanges.
func (p *prism) check(t *testing.T, least int) {
	t.Helper()
	for _, line := range p.violations() {
		t.Errorf("Prism: %s", line)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.exchanges < least {
		t.Errorf("Prism saw %d exchanges, want at least %d", p.exchanges, least)
	}
	t.Logf("Prism: %d exchanges, %d violations", p.exchanges, len(p.found))
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// prismDocument writes the contract in a form that Prism reads as it is meant.
func prismDocument(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi.effective.json")
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	spellNulls(document)
	if text, err = json.Marshal(document); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// spellNulls says in Prism's way what can be null. Prism adds null to the enum of what
// is nullable itself, and knows nullable only beside a type. A schema that it cannot
// compile it takes for one that everything conforms to.
func spellNulls(node any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			spellNulls(item)
		}
	case map[string]any:
		if nullable, _ := node["nullable"].(bool); nullable {
			spellNull(node)
		}
		for _, value := range node {
			spellNulls(value)
		}
	}
}

func spellNull(schema map[string]any) {
	if values, ok := schema["enum"].([]any); ok {
		schema["enum"] = slices.DeleteFunc(values, func(v any) bool { return v == nil })
	}
	if schema["type"] != nil {
		return
	}
	delete(schema, "nullable")
	null := map[string]any{"type": "string", "nullable": true, "enum": []any{"\x00"}} // only null conforms to it
	for _, key := range []string{"anyOf", "oneOf"} {
		if alternatives, ok := schema[key].([]any); ok {
			schema[key] = append(alternatives, null)
			return
		}
	}
	if all, ok := schema["allOf"].([]any); ok {
		delete(schema, "allOf")
		schema["anyOf"] = []any{map[string]any{"allOf": all}, null}
	}
}

// Prism says nothing about a schema that it cannot compile.
func TestPrismReadsTheContract(t *testing.T) {
	t.Parallel()
	node := need(t, node20, "node")
	module(t, "@stoplight/prism-cli/dist/index.js")
	out := output(t, node, "prism/schemas.mjs", prismDocument(t))
	if !strings.Contains(out, " 0 do not") || strings.HasPrefix(out, "0 ") {
		t.Error(out)
	}
	fmt.Fprint(t.Output(), out)
}
