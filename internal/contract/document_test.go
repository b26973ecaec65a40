package contract_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// root is the repository's top directory, as seen from this package.
var root = filepath.Join("..", "..")

var effectiveFile = filepath.Join(root, "api", "openapi.effective.json")

func readEffective(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(effectiveFile)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func load(t *testing.T, content []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The examples of the document are the only answers of Pepay's that we have. What
// the overlays claim about required fields and types must hold for them.
func TestDocumentIsValidWithItsExamples(t *testing.T) {
	t.Parallel()
	// OpenAPI 3.0 ignores the siblings of a $ref, and people write them.
	siblings := openapi3.AllowExtraSiblingFields("summary", "description", "title", "nullable", "deprecated", "example", "default", "readOnly", "writeOnly")
	if err := load(t, readEffective(t)).Validate(t.Context(), openapi3.EnableExamplesValidation(), siblings); err != nil {
		t.Errorf("api/openapi.effective.json: %v", err)
	}
}

func TestExamplesAreValidated(t *testing.T) {
	t.Parallel()
	content := readEffective(t)
	broken := bytes.Replace(content, []byte(`"expires_at": 1766320496`), []byte(`"expires_at": "soon"`), 1)
	if bytes.Equal(content, broken) {
		t.Fatal("the example this test breaks is gone; break another")
	}
	if err := load(t, broken).Validate(t.Context(), openapi3.EnableExamplesValidation()); err == nil {
		t.Error("an example that contradicts its schema is accepted")
	}
}
