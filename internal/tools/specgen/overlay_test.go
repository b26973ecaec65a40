package main

import (
	"strings"
	"testing"
)

// The repairs come first although their name sorts last but one; the others
// follow by name. Each of the three needs what the one before it made.
func TestOverlayOrder(t *testing.T) {
	t.Parallel()
	c := contract{
		document: document(getA, schemaA),
		overlays: map[string]string{
			"repairs.yaml": overlayOf(`
- target: $.components.schemas
  update: {First: {type: object}}
`),
			"aaa.yaml": overlayOf(`
- target: $.components.schemas.First
  update: {properties: {second: {type: string}}}
`),
			"zzz.yaml": overlayOf(`
- target: $.components.schemas.First.properties.second
  update: {description: Third.}
`),
		},
	}
	got := at(t, c.effective(t), "components", "schemas", "First", "properties", "second", "description")
	if got != "Third." {
		t.Errorf("description is %v", got)
	}

	files, err := c.generate(t)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(files["api/overlay.gen.yaml"])
	for _, step := range []string{"DO NOT EDIT", "overlay: 1.1.0", "First:", "second:", "Third."} {
		var found bool
		if _, rest, found = strings.Cut(rest, step); !found {
			t.Fatalf("the merged overlay lacks %q in its place:\n%s", step, files["api/overlay.gen.yaml"])
		}
	}
}

// Every failing action is named, not only the first.
func TestEveryFailureIsReported(t *testing.T) {
	t.Parallel()
	_, err := contract{document: document(getA, schemaA), overlays: repairs(`
- target: $.one
  remove: true
- target: $.info
  update: {title: t}
`)}.generate(t)
	if err == nil || !strings.Contains(err.Error(), "action 1") || !strings.Contains(err.Error(), "action 2") {
		t.Errorf("got %v", err)
	}
}
