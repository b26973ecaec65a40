package main

import (
	"strings"
	"testing"
)

// Every refusal names what to change: the overlay file and the action in it, or
// the published document.
func TestRefusals(t *testing.T) {
	t.Parallel()
	enumA := `"schemas":{"A":{"type":"object","properties":{"net":{"type":"string","enum":["devnet","mainnet"]}}}}`
	hoist := repairs(`
- target: $.components.schemas
  update:
    Net:
      x-pepay-hoisted-from:
      - $.components.schemas.A.properties.net
      - $.paths['/a'].get.parameters[0].schema
- target: $.components.schemas.Net
  copy: $.components.schemas.A.properties.net
`)
	withParam := func(schema string) string {
		return strings.Replace(getA, `"tags"`, `"parameters":[{"name":"net","in":"query","schema":`+schema+`}],"tags"`, 1)
	}

	for name, tc := range map[string]struct {
		document string
		overlays map[string]string
		want     []string
	}{
		"completeness with another value": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths['/a'].get
  description: Half of it.
  update: {x-pepay-completeness: Partial}
`),
			want: []string{"repairs.yaml action 1", "Half of it.", "x-pepay-completeness is Partial", "full, partial, name-only"},
		},
		"alias that contains itself": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths
  update: &loop
    more: *loop
`),
			want: []string{"repairs.yaml action 1", "*loop", "write out"},
		},
		"source that is no page": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A
  update: {x-pepay-source: docs-alpha.pepay.io/a}
`),
			want: []string{"repairs.yaml action 1", "x-pepay-source is docs-alpha.pepay.io/a", "https"},
		},
		"published completeness": {
			document: document(strings.Replace(getA, `"tags"`, `"x-pepay-completeness":"full","tags"`, 1), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json", "x-pepay-completeness", "allowed in overlays only"},
		},
		"update that changes nothing": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.info
  update: {x-mine: 1}
- target: $.paths['/a'].get
  description: It had no id.
  update: {operationId: getA}
`),
			want: []string{"repairs.yaml action 2", "$.paths['/a'].get", "It had no id.", "stale", "remove the action"},
		},
		"copy that changes nothing": {
			document: document(getA, `"schemas":{"A":{"type":"string"},"B":{"type":"string"}}`),
			overlays: repairs(`
- target: $.components.schemas.A
  copy: $.components.schemas.B
`),
			want: []string{"repairs.yaml action 1", "stale"},
		},
		"target that matches nothing": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yaml": overlayOf(`
- target: $.paths['/gone'].get
  update: {operationId: x}
`)},
			want: []string{"events.yaml action 1", "$.paths['/gone'].get", "did not match any targets"},
		},
		"removal that matches nothing": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.Gone
  remove: true
`),
			want: []string{"repairs.yaml action 1", "did not match any targets"},
		},
		"copy without a source": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A
  copy: $.components.schemas.Gone
`),
			want: []string{"repairs.yaml action 1", "Gone", "did not match any"},
		},
		"target that is no path": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths[
  update: {x: 1}
`),
			want: []string{"repairs.yaml action 1", "$.paths["},
		},
		"overlay version 1.0.0": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": strings.Replace(harmless, "1.1.0", "1.0.0", 1)},
			want:     []string{"repairs.yaml", `"1.0.0"`, "want 1.1.0"},
		},
		"overlay version of the future": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "b.yaml": strings.Replace(harmless, "1.1.0", "2.0.0", 1)},
			want:     []string{"b.yaml", "version"},
		},
		"overlay that is not YAML": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "b.yaml": "actions: [}"},
			want:     []string{"b.yaml"},
		},
		"overlay under a name that is passed over": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yml": harmless},
			want:     []string{"events.yml", "ends in .yaml"},
		},
		"no overlay": {
			document: document(getA, schemaA),
			want:     []string{"no overlay in", "overlays"},
		},
		"action that says nothing to do": {
			document: document(getA, schemaA),
			overlays: repairs("- target: $.info\n"),
			want:     []string{"repairs.yaml action 1", "exactly one of update, copy and remove"},
		},
		"action with an update and a copy": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A
  copy: $.info
  update: {x: 1}
`),
			want: []string{"repairs.yaml action 1", "exactly one of update, copy and remove"},
		},

		"schema that upstream publishes meanwhile": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yaml": overlayOf(`
- target: $.components.schemas
  update:
    A: {type: string}
    B: {type: string}
`)},
			want: []string{"events.yaml action 1", "adds A, which upstream publishes now"},
		},
		"path that upstream publishes meanwhile": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yaml": overlayOf(`
- target: $["paths"]
  update:
    /a: {post: {responses: {"200": {description: ok}}}}
`)},
			want: []string{"events.yaml action 1", "adds /a"},
		},
		"path added through the root": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yaml": overlayOf(`
- target: $
  update: {paths: {/a: {post: {responses: {"200": {description: ok}}}}}}
`)},
			want: []string{"events.yaml action 1", "adds /a"},
		},
		"operation that upstream publishes meanwhile": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "events.yaml": overlayOf(`
- target: $.paths['/a']
  update: {get: {summary: Ours.}}
`)},
			want: []string{"events.yaml action 1", "adds get"},
		},
		"schema that two overlays add": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "a.yaml": overlayOf(`
- target: $.components.schemas
  update: {B: {type: string}}
`), "b.yaml": overlayOf(`
- target: $.components.schemas
  update: {B: {type: integer}}
`)},
			want: []string{"b.yaml action 1", "adds B", "an earlier action"},
		},

		"required name that upstream requires meanwhile": {
			document: document(getA, `"schemas":{"A":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"string"}}}}`),
			overlays: repairs(`
- target: $.components.schemas.A
  update: {required: [id, n]}
`),
			want: []string{"repairs.yaml action 1", `appends "id" to a list that has it already`},
		},
		"tag appended to the list itself": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths['/a'].get.tags
  update: A
`),
			want: []string{"repairs.yaml action 1", `appends "A"`},
		},
		"enum value that upstream publishes meanwhile": {
			document: document(getA, enumA),
			overlays: repairs(`
- target: $.components.schemas.A.properties.net
  update: {enum: [testnet, mainnet]}
`),
			want: []string{"repairs.yaml action 1", `appends "mainnet"`},
		},
		"object in a list, with its keys in another order": {
			document: document(withParam(`{"type":"string"}`), schemaA),
			overlays: repairs(`
- target: $.paths['/a'].get
  update: {parameters: [{schema: {type: string}, in: query, name: net}]}
`),
			want: []string{"repairs.yaml action 1", `"name":"net"`},
		},
		"list item that one action names twice": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths['/a'].get
  update: {tags: [B, B]}
`),
			want: []string{"repairs.yaml action 1", `appends "B"`},
		},

		"required name that is not declared": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.info
  update: {x-mine: 1}
- target: $.components.schemas.A
  update: {required: [id, token]}
`),
			want: []string{"repairs.yaml action 2", "#/components/schemas/A/required/", "required names token"},
		},
		"required name that is not declared upstream": {
			document: document(getA, `"schemas":{"A":{"type":"object","required":["token"],"properties":{"id":{"type":"string"}}}}`),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published", "repairs.yaml", "#/components/schemas/A/required/", "required names token"},
		},
		"required name that is not declared, in a property called example": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"example":{"type":"object","required":["token"],"properties":{"id":{"type":"string"}}}}}}`),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published", "#/components/schemas/A/properties/example/required/0", "required names token"},
		},

		"hoisted enum that lacks a value": {
			document: document(withParam(`{"type":"string","enum":["devnet","mainnet","testnet"]}`), enumA),
			overlays: hoist,
			want:     []string{"repairs.yaml action 1", "#/components/schemas/Net", "lacks the value testnet that upstream publishes at $.paths['/a'].get.parameters[0].schema"},
		},
		"hoisted enum whose place has no enum any more": {
			document: document(withParam(`{"type":"string"}`), enumA),
			overlays: hoist,
			want:     []string{"repairs.yaml action 1", "$.paths['/a'].get.parameters[0].schema", "publishes no enum there any more"},
		},

		"status in small letters": {
			document: document(`"/a":{"get":{"operationId":"a","responses":{"2xx":{"description":"ok"}}}}`, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1a/get/responses/2xx", "2XX"},
		},
		"required as people wrote it once": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"id":{"type":"string","required":true}}}}`),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/components/schemas/A/properties/id/required", "must be a list"},
		},
		"schema that is true": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"id":true}}}`),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/components/schemas/A/properties/id", "must be an object"},
		},
		"type that is none": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"on":{"type":"bool"}}},"B":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"}}}}`),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/components/schemas/A/properties/on/type", `unsupported 'type' value "bool"`},
		},
		"path parameter that is not declared": {
			document: document(getWith("/a/{id}", `"operationId":"a",`), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1a~1{id}/get", "missing: [id]"},
		},
		"path with a colon": {
			document: document(getWith("/a/:id", `"operationId":"a",`), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1a~1:id", "{id}"},
		},
		"servers of an operation": {
			document: document(getWith("/a", `"operationId":"a","servers":[{"url":"https://a.example"}],`), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1a/get/servers", "target: '$.paths[\"/a\"].get.servers', remove: true"},
		},
		"servers of a path": {
			document: document(`"/a":{"servers":[{"url":"https://a.example"}],"get":{"operationId":"a","responses":{"200":{"description":"ok"}}}}`, schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1a/servers"},
		},
		"servers that an overlay adds": {
			document: document(getA, schemaA),
			overlays: repairs("- target: $.paths['/a'].get\n  update: {servers: [{url: https://a.example}]}\n"),
			want:     []string{"overlay repairs.yaml action 1", "#/paths/~1a/get/servers"},
		},
		"one id for two operations": {
			document: document(getWith("/a", `"operationId":"same",`)+","+getWith("/b", `"operationId":"same",`), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json as published, #/paths/~1b/get/operationId", "#/paths/~1a/get", "operationId: same2"},
		},
		"one id for two operations, by an overlay": {
			document: document(getA+","+getWith("/b", ""), schemaA),
			overlays: map[string]string{"repairs.yaml": harmless, "b.yaml": overlayOf("- target: $.paths['/b'].get\n  update: {operationId: getA}\n")},
			want:     []string{"overlay b.yaml action 1", "#/paths/~1b/get/operationId", "write into api/overlays/b.yaml"},
		},

		// The cause is not lost when a later action renames its target.
		"published fault in a schema that is renamed": {
			document: document(getA, `"schemas":{"A":{"type":"object","required":["token"],"properties":{"id":{"type":"string"}}}}`),
			overlays: repairs(`
- target: $.components.schemas
  update: {B: {}}
- target: $.components.schemas.B
  copy: $.components.schemas.A
- target: $.components.schemas.A
  remove: true
`),
			want: []string{"openapi.json as published, #/components/schemas/A/required/0", "now #/components/schemas/B/required/0"},
		},
		"fault of an action in a schema that is renamed": {
			document: document(getA, schemaA),
			overlays: map[string]string{"repairs.yaml": overlayOf(`
- target: $.info
  update: {x-mine: 1}
- target: $.components.schemas.A
  update: {required: [token]}
`), "rename.yaml": overlayOf(`
- target: $.components.schemas
  update: {B: {}}
- target: $.components.schemas.B
  copy: $.components.schemas.A
- target: $.components.schemas.A
  remove: true
`)},
			want: []string{"overlay repairs.yaml action 2", "now #/components/schemas/B/required/0"},
		},
		"published fault, renamed twice": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"in":{"type":"object","required":["token"],"properties":{"id":{"type":"string"}}}}}}`),
			overlays: repairs(`
- target: $.components.schemas
  update: {B: {}, C: {}}
- target: $.components.schemas.B
  copy: $.components.schemas.A.properties.in
- target: $.components.schemas.C
  copy: $.components.schemas.B
- target: $.components.schemas.B
  remove: true
- target: $.components.schemas.A
  remove: true
`),
			want: []string{"openapi.json as published, #/components/schemas/A/properties/in/required/0", "now #/components/schemas/C/required/0"},
		},
		"removal of what is required": {
			document: document(getA, `"schemas":{"A":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"string"}}}}`),
			overlays: repairs("- target: $.components.schemas.A.properties.id\n  remove: true\n"),
			want:     []string{"overlay repairs.yaml action 1", "required names id"},
		},

		"security scheme that is not declared": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.info
  update: {x-mine: 1}
- target: $.paths['/a'].get
  update: {security: [{nobody: []}]}
`),
			want: []string{"repairs.yaml action 2", "GET /a", `"nobody"`, "not declared in components.securitySchemes"},
		},
		"repeatable in the YAML of old": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths['/a'].get
  update: {x-pepay-repeatable: yes}
`),
			want: []string{"repairs.yaml action 1", "x-pepay-repeatable is yes, want true or false"},
		},
		"reference to nothing": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A.properties
  update: {b: {$ref: '#/components/schemas/B'}}
`),
			want: []string{"repairs.yaml action 1", "components/schemas/B"},
		},
		"value without a JSON form": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A.properties.id
  update: {maximum: .inf}
`),
			want: []string{"repairs.yaml action 1", "$.components.schemas.A.properties.id.maximum", "no JSON form"},
		},
		"document that is not JSON": {
			document: "openapi: 3.0.0\n",
			overlays: map[string]string{"repairs.yaml": harmless},
			want:     []string{"openapi.json", "not JSON"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := contract{document: tc.document, overlays: tc.overlays}.generate(t)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// Documents and overlays that look wrong and are correct.
func TestAcceptances(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		document string
		overlays map[string]string
	}{
		"properties named like keywords": {
			document: document(getA, `"schemas":{"A":{"type":"object","required":["required","properties"],"properties":{
				"required":{"type":"array","items":{"type":"string"}},
				"properties":{"type":"object","properties":{"required":{"type":"string"}}},
				"tags":{"type":"string"},"security":{"type":"string"},"default":{"type":"string"},"x-thing":{"type":"string"}}}}`),
		},
		"data that looks like a schema": {
			document: document(getA, `"schemas":{"A":{"type":"object",
				"default":{"properties":{"a":1},"required":["b","b"]},
				"example":{"properties":{"a":1},"required":["b"]},
				"x-note":{"properties":{"a":1},"required":["b"]}}}`),
		},
		"composed schema that requires what another part declares": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"id":{"type":"string"}}},
				"B":{"allOf":[{"$ref":"#/components/schemas/A"},{"type":"object","required":["id"],"properties":{"n":{"type":"string"}}}]}}`),
		},
		"hoisted enum that is nullable at one place": {
			document: document(getA, `"schemas":{"A":{"type":"object","properties":{"net":{"type":"string","nullable":true,"enum":["devnet",null]}}}}`),
			overlays: repairs(`
- target: $.components.schemas
  update: {Net: {type: string, enum: [devnet], x-pepay-hoisted-from: [$.components.schemas.A.properties.net]}}
`),
		},
		"operation added to a published path": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths['/a']
  update: {post: {responses: {"200": {description: ok}}}}
`),
		},
		"parameters added to a published path that has some": {
			document: document(strings.Replace(getA, `"get"`, `"parameters":[{"name":"a","in":"query","schema":{"type":"string"}}],"get"`, 1), schemaA),
			overlays: repairs(`
- target: $.paths['/a']
  update: {parameters: [{name: b, in: query, schema: {type: string}}]}
`),
		},
		"name that was removed before": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.components.schemas.A
  remove: true
- target: $.components.schemas
  update: {A: {type: string}}
`),
		},
		"filter in a target": {
			document: document(getA, schemaA),
			overlays: repairs(`
- target: $.paths[*][?@.operationId == 'getA']
  update: {summary: Get a.}
`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.overlays == nil {
				tc.overlays = map[string]string{"repairs.yaml": harmless}
			}
			if _, err := (contract{document: tc.document, overlays: tc.overlays}).generate(t); err != nil {
				t.Error(err)
			}
		})
	}
}
