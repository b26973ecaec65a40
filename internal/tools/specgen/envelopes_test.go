package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
)

// What oapi-codegen gets for the answer of an operation, and whether the component
// Envelope is still there.
func TestInlineEnvelopes(t *testing.T) {
	t.Parallel()
	const envelope = `{"type":"object","properties":{"success":{"type":"boolean"},"data":{"$ref":"#/components/schemas/A"}}}`
	const whole = `{"type":"object","properties":{"success":{"type":"boolean"},"ok":{"type":"boolean"},"message":{"type":"string"},"meta":{"type":"object"},"data":{"$ref":"#/components/schemas/A"}}}`
	for name, tc := range map[string]struct {
		answer, component, paths string
		want                     string // JSON of the answer's schema
		stays                    bool
	}{
		"a component":            {`{"$ref":"#/components/schemas/Envelope"}`, envelope, "", envelope, false},
		"inline":                 {envelope, `{"type":"object"}`, "", envelope, true},
		"used elsewhere":         {`{"$ref":"#/components/schemas/Envelope"}`, envelope, `,"/b":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Envelope"}}}},"responses":{"204":{"description":"ok"}}}}`, envelope, true},
		"another member":         {`{"$ref":"#/components/schemas/Envelope"}`, strings.Replace(envelope, `"success"`, `"page":{"type":"integer"},"success"`, 1), "", `{"$ref":"#/components/schemas/Envelope"}`, true},
		"message, meta and ok":   {`{"$ref":"#/components/schemas/Envelope"}`, whole, "", strings.Replace(whole, `"meta":{`, `"meta":{"x-go-type":"json.RawMessage",`, 1), false},
		"a message of no text":   {`{"$ref":"#/components/schemas/Envelope"}`, strings.Replace(envelope, `"success"`, `"message":{"type":"integer"},"success"`, 1), "", `{"$ref":"#/components/schemas/Envelope"}`, true},
		"meta with a type":       {`{"$ref":"#/components/schemas/Envelope"}`, whole, "", `{"$ref":"#/components/schemas/Envelope"}`, true},
		"ok is a text":           {`{"$ref":"#/components/schemas/Envelope"}`, strings.Replace(envelope, `"success"`, `"ok":{"type":"string"},"success"`, 1), "", `{"$ref":"#/components/schemas/Envelope"}`, true},
		"success is a text":      {`{"$ref":"#/components/schemas/Envelope"}`, strings.Replace(envelope, `boolean`, `string`, 1), "", `{"$ref":"#/components/schemas/Envelope"}`, true},
		"data without a name":    {strings.Replace(envelope, `{"$ref":"#/components/schemas/A"}`, `{"type":"object","properties":{"n":{"type":"integer"}}}`, 1), `{"type":"object"}`, "", strings.Replace(envelope, "schemas/A", "schemas/getA-200-data", 1), true},
		"a list is not renamed":  {strings.Replace(envelope, `{"$ref":"#/components/schemas/A"}`, `{"type":"array","items":{"$ref":"#/components/schemas/A"}}`, 1), `{"type":"object"}`, "", strings.Replace(envelope, `{"$ref":"#/components/schemas/A"}`, `{"type":"array","items":{"$ref":"#/components/schemas/A"}}`, 1), true},
		"not an envelope at all": {`{"$ref":"#/components/schemas/A"}`, `{"type":"object"}`, "", `{"$ref":"#/components/schemas/A"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paths := strings.Replace(getA, `"description":"ok"`, `"description":"ok","content":{"application/json":{"schema":`+tc.answer+`}}`, 1) + tc.paths
			overlay := harmless
			if strings.Contains(tc.want, `"meta"`) { // a directive cannot be published
				overlay = repairs("- target: $.components.schemas.Envelope.properties.meta\n  update: {x-go-type: json.RawMessage}\n")["repairs.yaml"]
			}
			root := contract{
				document: document(paths, strings.Replace(schemaA, `"A":`, `"Envelope":`+tc.component+`,"A":`, 1)),
				overlays: map[string]string{"repairs.yaml": overlay},
			}.write(t)
			g, err := generate(root)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, "api", "overlay.gen.yaml"), g.files[mergedOverlay], 0o644); err != nil {
				t.Fatal(err)
			}
			doc, err := util.LoadSwaggerWithOverlay(filepath.Join(root, "openapi.json"), util.LoadSwaggerWithOverlayOpts{Path: filepath.Join(root, "api", "overlay.gen.yaml"), Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(doc.Paths.Value("/a").Get.Responses.Value("200").Value.Content["application/json"].Schema)
			if err != nil {
				t.Fatal(err)
			}
			if !equalJSON(t, string(got), tc.want) {
				t.Errorf("the answer is %s, want %s", got, tc.want)
			}
			if _, stays := doc.Components.Schemas["Envelope"]; stays != tc.stays {
				t.Errorf("the component stays: %t, want %t", stays, tc.stays)
			}
		})
	}
}

func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var texts []string
	for _, s := range []string{a, b} {
		var value any
		if err := json.Unmarshal([]byte(s), &value); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts[0] == texts[1]
}
