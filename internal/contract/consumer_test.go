package contract_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// consumers are programs outside of this repository and the third-party modules
// that each may compile in. These lists only shrink: every
// line adds somebody else's code to every user's program.
var consumers = map[string]struct {
	program string
	modules []string
}{
	"wrapper": {
		program: `package main

import (
	"fmt"

	"github.com/pepaylabs/pepay-go/wrapper"
)

func main() {
	client, err := wrapper.New(wrapper.WithAPIKey("key"))
	fmt.Println(client.API(), err)
}
`,
		modules: []string{
			"github.com/apapsch/go-jsonmerge/v2",
			"github.com/google/uuid",
			"github.com/oapi-codegen/runtime",
		},
	},
	"stream": {
		program: `package main

import (
	"context"
	"fmt"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func main() {
	client, _ := wrapper.New(wrapper.WithAPIKey("key"))
	for event, err := range stream.Merchant(client, stream.Options{}).Events(context.Background()) {
		fmt.Println(event, err)
	}
}
`,
		modules: []string{
			"github.com/apapsch/go-jsonmerge/v2",
			"github.com/coder/websocket",
			"github.com/google/uuid",
			"github.com/oapi-codegen/runtime",
		},
	},
}

// -mod=readonly fails when go.mod of the SDK does not say all that is needed.
func TestConsumerBuildsWithFewDependencies(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds programs")
	}
	t.Parallel()
	for name, consumer := range consumers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top, err := filepath.Abs(root)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write(t, filepath.Join(dir, "main.go"), consumer.program)
			write(t, filepath.Join(dir, "go.mod"), "module example.com/consumer\n\ngo 1.25.0\n\n"+
				"require github.com/pepaylabs/pepay-go v0.0.0\n\n"+
				"replace github.com/pepaylabs/pepay-go => "+filepath.ToSlash(top)+"\n")
			run(t, dir, "mod", "tidy")
			run(t, dir, "build", "-mod=readonly", "-o", filepath.Join(dir, "consumer.bin"), ".")

			var modules []string
			for line := range strings.Lines(run(t, dir, "version", "-m", filepath.Join(dir, "consumer.bin"))) {
				if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
					modules = append(modules, fields[1])
				}
			}
			if !slices.Contains(modules, "github.com/pepaylabs/pepay-go") {
				t.Fatalf("the program has no trace of the SDK: %v", modules)
			}
			for _, module := range modules {
				if module != "github.com/pepaylabs/pepay-go" && !slices.Contains(consumer.modules, module) {
					t.Errorf("a program that imports %s compiles in %s", name, module)
				}
			}
			t.Logf("compiled in: %v", modules)
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
