package contract_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a program compiles in with each package that it may import, besides the SDK
// itself. The lists only shrink.
var compiledIn = map[string]string{
	"wrapper":   "apapsch/go-jsonmerge/v2 google/uuid oapi-codegen/runtime",
	"webhook":   "apapsch/go-jsonmerge/v2 google/uuid oapi-codegen/runtime",
	"wstoken":   "apapsch/go-jsonmerge/v2 google/uuid oapi-codegen/runtime",
	"stream":    "apapsch/go-jsonmerge/v2 coder/websocket google/uuid oapi-codegen/runtime",
	"inbox":     "apapsch/go-jsonmerge/v2 coder/websocket google/uuid oapi-codegen/runtime",
	"storetest": "apapsch/go-jsonmerge/v2 coder/websocket google/uuid oapi-codegen/runtime",
}

func TestPackagesCompileInNothingNew(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(compiledIn)) {
		modules := map[string]bool{}
		for line := range strings.Lines(run(t, root, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./"+name)) {
			if module := strings.TrimPrefix(strings.TrimSpace(line), "github.com/"); module != "" && module != "pepaylabs/pepay-go" {
				modules[module] = true
			}
		}
		if got := strings.Join(slices.Sorted(maps.Keys(modules)), " "); got != compiledIn[name] {
			t.Errorf("%s compiles in %s, want %s", name, got, compiledIn[name])
		}
	}
}

// A requirement of the root module reaches every program that uses the SDK, so stores,
// drivers and tools are modules of their own.
func TestRootRequiresNothingNew(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "\t") && len(fields) >= 2 {
			got = append(got, strings.TrimPrefix(fields[0], "github.com/"))
		}
	}
	slices.Sort(got)
	want := strings.Fields("apapsch/go-jsonmerge/v2 coder/websocket go-chi/chi/v5 golang-jwt/jwt/v5 google/uuid oapi-codegen/runtime urfave/cli/v3")
	if !slices.Equal(got, want) {
		t.Errorf("go.mod requires %v, want %v", got, want)
	}
}
