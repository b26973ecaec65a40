package main

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRefusedInputChangesNothing(t *testing.T) {
	t.Parallel()
	root := copyTree(t)
	before := fingerprint(t, root)
	source := filepath.Join(t.TempDir(), "document")
	for name, tt := range refusedDocuments {
		if len(tt.content) > 1<<20 {
			continue // TestNormaliseRefuses reads it
		}
		if err := os.WriteFile(source, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), root, "", source, "report.md", tools{})
		if err == nil || !strings.Contains(err.Error(), tt.reason) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	if err := run(t.Context(), root, server.URL, "", "report.md", tools{}); err == nil || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("not found: got %v", err)
	}
	if fingerprint(t, root) != before {
		t.Error("a refused document changed the tree")
	}
}

// A document that is vendored already changes nothing, whatever its form.
func TestUnchangedDocument(t *testing.T) {
	t.Parallel()
	root := copyTree(t)
	before := fingerprint(t, root)
	content, err := os.ReadFile(filepath.Join(root, publishedFile))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(append([]byte("\ufeff\n"), content...))
	}))
	t.Cleanup(server.Close)
	report := filepath.Join(t.TempDir(), "report.md")
	if err := run(t.Context(), root, server.URL+"/openapi.json?version=1", "", report, tools{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "in `openapi.json` already") || strings.Contains(string(text), "version=1") {
		t.Errorf("got %s", text)
	}
	if fingerprint(t, root) != before {
		t.Error("an unchanged document changed the tree")
	}
}

// A failed generation writes the report, which names the action to change. The new
// document stays, so that the change can be tried.
func TestFailedGenerationIsReported(t *testing.T) {
	t.Parallel()
	root := copyTree(t)
	doc := published(t)
	at(t, doc, "paths", tokenPath, "post")["operationId"] = "createWsToken"
	document := encode(t, doc)
	source := filepath.Join(t.TempDir(), "new.json")
	if err := os.WriteFile(source, document, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root, "", source, "report.md", withGoGenerate(t, root)); err == nil {
		t.Error("no error")
	}
	report, err := os.ReadFile(filepath.Join(root, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"document: `` new.json ``.", "repairs.yaml action", "The operation has no operationId"} {
		if !strings.Contains(string(report), text) {
			t.Errorf("the report does not say %q:\n%s", text, report)
		}
	}
	if now, err := os.ReadFile(filepath.Join(root, publishedFile)); err != nil || !bytes.Equal(now, document) {
		t.Errorf("openapi.json is not the new document: %v", err)
	}
}

// fingerprint tells whether any file below root was added, removed or changed.
func fingerprint(t *testing.T, root string) [sha256.Size]byte {
	t.Helper()
	h := sha256.New()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(root, name))
		sum := sha256.Sum256(content)
		h.Write([]byte(name))
		h.Write(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
