package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const tokenPath = "/api/v1/ws/token"

// scenario is one way in which the published document may change.
type scenario struct {
	name   string
	change func(t *testing.T, doc map[string]any)
	// goGenerate generates the way the command does, instead of with the built tools.
	goGenerate bool
	// refused is what generation says; "" means that it succeeds.
	refused []string
	// brokenBuild is what the compiler says; "" means that everything builds.
	brokenBuild string
	// breaks are what breaking changes of the published document say.
	breaks []string
	// report and absent are what the report has to say and must not say.
	report, absent []string
}

// Every change that can be foreseen either generates and builds, or is refused
// with the action to change, and the report says what it is.
func TestDrift(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: generates and builds a copy of the repository for each scenario")
	}
	t.Parallel()
	for _, s := range drift {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			doc := published(t)
			s.change(t, doc)
			root := copyTree(t)
			toolsOf := builtTools
			if s.goGenerate {
				toolsOf = withGoGenerate
			}
			r, err := synchronise(t.Context(), root, encode(t, doc), toolsOf(t, root))
			if err != nil {
				t.Fatal(err)
			}
			report := string(r.markdown())
			if path := os.Getenv("SPECSYNC_REPORTS"); path != "" {
				_ = os.WriteFile(filepath.Join(path, strings.ReplaceAll(s.name, " ", "-")+".md"), []byte(report), 0o600)
			}
			s.checkSteps(t, r)
			for _, text := range s.breaks {
				if !slices.ContainsFunc(r.Published.Breaking(), func(c change) bool { return strings.Contains(c.Text, text) }) {
					t.Errorf("no breaking change says %q", text)
				}
			}
			for _, text := range s.report {
				if !strings.Contains(report, text) {
					t.Errorf("the report does not say %q", text)
				}
			}
			for _, text := range s.absent {
				if strings.Contains(report, text) {
					t.Errorf("the report says %q", text)
				}
			}
			if t.Failed() {
				t.Log(report)
			}
		})
	}
}

func (s scenario) checkSteps(t *testing.T, r *result) {
	t.Helper()
	generated, building := r.Steps[0], r.Steps[1]
	if len(s.refused) == 0 && generated.State != passed {
		t.Errorf("generation failed:\n%s", generated.Output)
	}
	if len(s.refused) > 0 && (generated.State != failed || building.State != notRun || !r.Failed()) {
		t.Errorf("generation %s, build %s; want a refusal", generated.State, building.State)
	}
	for _, text := range s.refused {
		if !strings.Contains(generated.Output, text) {
			t.Errorf("generation does not say %q:\n%s", text, generated.Output)
		}
	}
	switch {
	case s.brokenBuild != "" && (building.State != failed || !strings.Contains(building.Output, s.brokenBuild)):
		t.Errorf("the build %s without saying %q:\n%s", building.State, s.brokenBuild, building.Output)
	case s.brokenBuild == "" && building.State == failed:
		t.Errorf("the build failed:\n%s", building.Output)
	}
}

// The scenarios start from the document and the overlays of the repository: what
// they expect is what would happen to the next document.
var drift = []scenario{
	// Changes that generate are put together, because generating and building take longest.
	// What is asserted of one does not come from another.
	{
		name:       "operations and a field added",
		goGenerate: true,
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "paths")["/drift/things/{id}"] = object{
				"get": operation("getThing", object{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}),
			}
			list := operation("listThings",
				object{"name": "limit", "in": "query", "schema": object{"type": "integer"}},
				object{"name": "X-Trace", "in": "header", "required": true, "schema": object{"type": "string"}})
			list["security"] = []any{object{}, object{"merchantApiKey": []any{}, "bearerAuth": []any{}}}
			at(t, doc, "paths")["/drift/things"] = object{"get": list}
			at(t, doc, "components", "schemas", "WsTokenMintData", "properties")["session_id"] = object{"type": "string"}
		},
		report: []string{
			"`` GET /drift/things ``: `` endpoint added ``", "(*ClientWithResponses).GetThing", "(*Client).ListThings", "can be called through `client.API()`",
			"'data/session_id'", "WSToken.SessionID: added",
		},
		absent: []string{"### Breaking"},
	},
	{
		name: "changes that Go does not see",
		change: func(t *testing.T, doc map[string]any) {
			setFormat(t, doc, "Postapiv1wstokenRequest", "ttl_seconds", "int32")
			expires := at(t, doc, "components", "schemas", "WsTokenMintData", "properties", "expires_at")
			expires["type"], expires["format"] = "string", "date-time"
			answer := at(t, doc, "paths", tokenPath, "post", "responses", "200", "content", "application/json", "examples")
			for name := range answer {
				at(t, answer, name, "value", "data")["expires_at"] = "2025-12-21T12:34:56Z"
			}
			at(t, doc, "components", "schemas", "WsTokenMintData", "properties", "ws_url")["example"] = 5
			at(t, doc, "paths", tokenPath, "post", "requestBody")["required"] = true
		},
		breaks: []string{"data/expires_at", "request body"},
		report: []string{
			"'data/expires_at'", "int32", "### Breaking", "No change.",
			"Generation warns", "#/components/schemas/WsTokenMintData/properties/ws_url/example (now #/components/schemas/WSToken/properties/ws_url/example): contradicts its schema",
		},
	},
	{
		name: "field removed, enum value added to the response, security changed, format int64",
		change: func(t *testing.T, doc map[string]any) {
			delete(at(t, doc, "components", "schemas", "WsTokenMintData", "properties"), "merchant_id")
			appendEnum(t, doc, "WsTokenMintData", "network_environment", "testnet")
			at(t, doc, "paths", tokenPath, "post")["security"] = []any{object{"merchantApiKey": []any{}}}
			setFormat(t, doc, "Postapiv1wstokenRequest", "ttl_seconds", "int64")
		},
		breaks: []string{"testnet", "commerceApiKey"},
		report: []string{
			"removed the optional property 'data/merchant_id'", "WSToken.MerchantID: removed", "The Go surface breaks programs",
			"### Breaking", "'testnet'", "NetworkEnvironmentTestnet: added",
		},
		absent: []string{"TTLSeconds"},
	},
	{
		name: "parameters added, 400 gets a JSON body, required published",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "paths", tokenPath, "post")["parameters"] = []any{
				object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string"}},
				object{"name": "environment", "in": "query", "schema": object{"type": "string"}},
			}
			at(t, doc, "paths", tokenPath, "post", "responses", "400")["content"] = object{"application/json": object{"schema": object{
				"type": "object", "properties": object{"success": object{"type": "boolean"}, "message": object{"type": "string"}},
			}}}
			at(t, doc, "components", "schemas", "WsTokenMintData")["required"] = []any{"merchant_id"}
		},
		report: []string{
			"'idempotency-key'", "MintWSTokenParams: added", "The Go surface breaks programs",
			"MintWSTokenAnswer.JSON400: added", "'data/merchant_id' became required",
		},
	},
	{
		name: "operationId published",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "paths", tokenPath, "post")["operationId"] = "createWsToken"
		},
		refused: []string{"repairs.yaml", "The operation has no operationId", "did not match"},
		report:  []string{"generation: **failed**", "change the action named below", "Not compared: `` generation failed ``"},
	},
	{
		name: "operationId published as ours",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "paths", tokenPath, "post")["operationId"] = "mintWsToken"
		},
		refused: []string{"repairs.yaml", "The operation has no operationId"},
	},
	{
		name: "schema renamed",
		change: func(t *testing.T, doc map[string]any) {
			schemas := at(t, doc, "components", "schemas")
			schemas["WsTokenData"] = schemas["WsTokenMintData"]
			delete(schemas, "WsTokenMintData")
			at(t, schemas, "WsTokenMintResponse", "properties", "data")["$ref"] = "#/components/schemas/WsTokenData"
		},
		refused: []string{"repairs.yaml", "WsTokenMintData"},
		report:  []string{"change the action named below"},
	},
	{
		name: "path moved",
		change: func(t *testing.T, doc map[string]any) {
			paths := at(t, doc, "paths")
			paths["/api/v2/ws/token"] = paths[tokenPath]
			delete(paths, tokenPath)
		},
		refused: []string{"repairs.yaml", "$.paths['/api/v1/ws/token'].post"},
		report:  []string{"### Breaking", "`` POST /api/v1/ws/token ``: `` api path removed", "`` POST /api/v2/ws/token ``: `` endpoint added"},
	},
	{
		name: "required published, the same",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "components", "schemas", "WsTokenMintData")["required"] = []any{"token", "expires_at"}
		},
		refused: []string{"repairs.yaml", "A token needs its value", `"token"`, "upstream publishes"},
	},
	{
		name: "enum value added to the request",
		change: func(t *testing.T, doc map[string]any) {
			appendEnum(t, doc, "Postapiv1wstokenRequest", "scope", "payor")
		},
		refused: []string{"WSTokenScope", "payor", "Postapiv1wstokenRequest", "repairs.yaml"},
		report:  []string{"'payor'"},
	},
	{
		name: "OpenAPI 3.1",
		change: func(t *testing.T, doc map[string]any) {
			doc["openapi"] = "3.1.0"
			environment := at(t, doc, "components", "schemas", "WsTokenMintData", "properties", "network_environment")
			delete(environment, "nullable")
			environment["type"] = []any{"string", "null"}
		},
		report: []string{"| OpenAPI | `` 3.0.0 `` | `` 3.1.0 `` |"},
	},
	{
		name: "null added to an enum",
		change: func(t *testing.T, doc map[string]any) {
			environment := at(t, doc, "components", "schemas", "WsTokenMintData", "properties", "network_environment")
			environment["enum"] = append(environment["enum"].([]any), nil)
		},
		refused: []string{"repairs.yaml", "appends null to a list that has it already"},
	},
	{
		name: "directive published",
		change: func(t *testing.T, doc map[string]any) {
			url := at(t, doc, "components", "schemas", "WsTokenMintData", "properties", "ws_url")
			url["x-go-type"], url["x-go-type-import"] = "string", object{"path": "net/http/pprof", "name": "_"}
		},
		refused: []string{"#/components/schemas/WsTokenMintData/properties/ws_url/x-go-type", "directive"},
	},
	{
		name: "name that the client has",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "components", "schemas")["Client"] = object{"type": "object", "properties": object{"id": object{"type": "string"}}}
		},
		refused: []string{"openapi.json as published, #/components/schemas/Client", "write into api/overlays/repairs.yaml: {target: '$.components.schemas.Client', update: {x-go-name: ClientObject}}"},
	},
	{
		name: "operation on another server",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "paths", tokenPath, "post")["servers"] = []any{object{"url": "https://files.example.com"}}
		},
		refused: []string{"#/paths/~1api~1v1~1ws~1token/post/servers", "remove: true"},
	},
	{
		name: "our component's name published",
		change: func(t *testing.T, doc map[string]any) {
			at(t, doc, "components", "schemas")["WSToken"] = object{"type": "object", "properties": object{"id": object{"type": "string"}}}
		},
		refused: []string{"repairs.yaml", "adds WSToken", "upstream publishes"},
	},
	{
		name: "field removed that a repair speaks of",
		change: func(t *testing.T, doc map[string]any) {
			delete(at(t, doc, "components", "schemas", "WsTokenMintData", "properties"), "expires_at")
		},
		refused: []string{"repairs.yaml", "expires_at"},
	},
	{
		name: "enum value removed that hand-written code names",
		change: func(t *testing.T, doc map[string]any) {
			for _, schema := range []string{"WsTokenMintData", "Postapiv1wstokenRequest"} {
				at(t, doc, "components", "schemas", schema, "properties", "scope")["enum"] = []any{"merchant"}
			}
			delete(at(t, doc, "paths", tokenPath, "post", "responses", "200", "content", "application/json", "examples"), "commerce")
		},
		brokenBuild: "WSTokenScopeCommerce",
		report:      []string{"wrapper/wstokens.go", "WSTokenScopeCommerce: removed", "adapt the hand-written code"},
	},
}

type object = map[string]any

func operation(id string, parameters ...any) object {
	return object{
		"operationId": id,
		"parameters":  parameters,
		"responses": object{"200": object{"description": "OK", "content": object{"application/json": object{
			"schema": object{"type": "object", "properties": object{"id": object{"type": "string"}}},
		}}}},
	}
}

func appendEnum(t *testing.T, doc map[string]any, schema, property, value string) {
	t.Helper()
	p := at(t, doc, "components", "schemas", schema, "properties", property)
	values, ok := p["enum"].([]any)
	if !ok {
		t.Fatalf("%s.%s is no enum any more: adapt the scenario", schema, property)
	}
	p["enum"] = append(slices.Clone(values), value)
}

func setFormat(t *testing.T, doc map[string]any, schema, property, format string) {
	t.Helper()
	maps.Copy(at(t, doc, "components", "schemas", schema, "properties", property), object{"format": format})
}
