package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// generatorVersion is the version of oapi-codegen that api/templates was written
// against.
const generatorVersion = "v2.8.2"

// originals are the SHA-256 sums of the generator's own templates of that version,
// which those in api/templates replace.
var originals = map[string]string{
	"client.tmpl":                          "393820c177b1bcd8a7ae8a39099b4cab95209964bd17d79cb12534f7a65d677c",
	"client-with-responses.tmpl":           "01e28fc263020fab72aa4316d93348a11ebddd98a699894b84dbb7141239bdf8",
	"additional-properties.tmpl":           "0f103d51a4326c94d47915773b89717f5ddf75c099ce42c952698f8d0944e131",
	"request-bodies.tmpl":                  "454074b0068ad26217d958c4e15f0a310e7eb5735d427809034ff59255451748",
	"union.tmpl":                           "3813619c022923ddd19564c51b6f53461d153d0c2ad6e41b13f64fe99ccc2d2b",
	"union-and-additional-properties.tmpl": "fd92f0aee3953d958be47ea433fd523fe93675543c6b7a834a570b6e04ded6c3",
	"typedef.tmpl":                         "b94393ee7ad5795b401eeb394a66e1f3905d7a0ff5c736d089f11658ae1ae832",
	"constants.tmpl":                       "be1f1f953e2b161fb00316391c2b2dfd8819a8ff4feb0b74863d45cb20a62194",
	"param-types.tmpl":                     "54625670b29fb2f0092c57a297a8a12763f671aa0ad48b587b47c2a946164d5c",
	"imports.tmpl":                         "e79731c9a8e0d7104fac1f84e536919fface08f77bfe21d390a1f3f5e87f95d5",
}

// A template of ours does not get what a new version of the generator changes in
// its own: an argument, a field of the data, a repaired fault. Somebody has to look.
func TestTemplatesKnowTheirGenerator(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "github.com/oapi-codegen/oapi-codegen/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	ours, err := filepath.Glob(filepath.Join(root, "api", "templates", "*.tmpl"))
	if err != nil || len(ours) != len(originals) {
		t.Errorf("api/templates has %d templates (%v), and the originals of %d are known", len(ours), err, len(originals))
	}
	for _, path := range ours {
		name := filepath.Base(path)
		content, err := os.ReadFile(filepath.Join(dir, "pkg", "codegen", "templates", name))
		if err != nil {
			t.Errorf("oapi-codegen %s has no template %s any more (%v): find what replaced it, or delete api/templates/%[2]s", version, name, err)
			continue
		}
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:]); got != originals[name] {
			t.Errorf("oapi-codegen %s has changed %s since %s: compare pkg/codegen/templates/%[2]s of both versions, take over into api/templates/%[2]s what matters, and write %s into this test",
				version, name, generatorVersion, got)
		}
	}
	if version != generatorVersion && !t.Failed() {
		t.Errorf("the generator is %s and its templates are those of %s: set generatorVersion", version, generatorVersion)
	}
}
