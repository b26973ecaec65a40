package contract_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// The table of operations is derived here a second time, from the document alone:
// a mistake in the generated one shows as a difference.
func TestOperationsAreTheDocuments(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	documented := documentedOperations(doc)
	generated := map[string]pepay.Operation{}
	ids := map[string]bool{}
	for _, op := range pepay.Operations() {
		if op.ID == "" || ids[op.ID] {
			t.Errorf("%s %s: id %q is empty or taken", op.Method, op.Path, op.ID)
		}
		ids[op.ID] = true
		generated[op.Method+" "+op.Path] = op
	}
	for key := range generated {
		if _, ok := documented[key]; !ok {
			t.Errorf("%s is generated and not in the document", key)
		}
	}
	for key, want := range documented {
		got, ok := generated[key]
		if !ok {
			t.Errorf("%s is in the document and not generated", key)
			continue
		}
		if want.ID == "" {
			want.ID = got.ID // the document has no operationId: the generator makes one
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n generated %+v\ndocumented %+v", key, got, want)
		}
	}
}

func TestSecurityIsTheDocuments(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	if got, want := pepay.DefaultSecurity(), requirements(doc.Security); !reflect.DeepEqual(got, want) {
		t.Errorf("default security: generated %v, documented %v", got, want)
	}
	want := map[string]pepay.SecurityScheme{}
	for name, ref := range doc.Components.SecuritySchemes {
		s := ref.Value
		want[name] = pepay.SecurityScheme{Type: s.Type, In: s.In, Name: s.Name, Scheme: s.Scheme}
	}
	if got := pepay.SecuritySchemes(); !reflect.DeepEqual(got, want) {
		t.Errorf("security schemes: generated %v, documented %v", got, want)
	}
}

// The server face has a method for every operation and no others. The client has
// one for every operation but the upgrades to another protocol.
func TestFacesHaveEveryOperation(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	var served, called []string
	for _, op := range pepay.Operations() {
		name := strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(op.ID))
		served = append(served, name)
		if doc.Paths.Value(op.Path).GetOperation(op.Method).Responses.Value("101") == nil {
			called = append(called, name)
		}
	}
	wantMethods(t, reflect.TypeFor[server.ServerInterface](), served)
	wantMethods(t, reflect.TypeFor[*pepay.Client](), called)
}

// wantMethods ignores case, because Go's names have initialisms in capitals.
func wantMethods(t *testing.T, face reflect.Type, want []string) {
	t.Helper()
	var have []string
	for i := range face.NumMethod() {
		have = append(have, strings.ToLower(strings.TrimSuffix(face.Method(i).Name, "WithBody")))
	}
	slices.Sort(have)
	slices.Sort(want)
	if have = slices.Compact(have); !slices.Equal(have, want) {
		t.Errorf("%v has %v, the document %v", face, have, want)
	}
}

func documentedOperations(doc *openapi3.T) map[string]pepay.Operation {
	operations := map[string]pepay.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			security := &doc.Security
			if op.Security != nil {
				security = op.Security
			}
			marked, _ := op.Extensions["x-pepay-repeatable"].(bool)
			operations[method+" "+path] = pepay.Operation{
				ID: op.OperationID, Method: method, Path: path,
				Security:       requirements(*security),
				IdempotencyKey: hasIdempotencyKey(slices.Concat(item.Parameters, op.Parameters)),
				Repeatable:     marked || method == "GET" || method == "HEAD",
				Success:        successes(op),
				Form:           form(op),
			}
		}
	}
	return operations
}

func requirements(in openapi3.SecurityRequirements) []map[string][]string {
	out := make([]map[string][]string, 0, len(in))
	for _, alternative := range in {
		out = append(out, alternative)
	}
	return out
}

func hasIdempotencyKey(parameters openapi3.Parameters) bool {
	for _, p := range parameters {
		if p.Value.In == openapi3.ParameterInHeader && strings.EqualFold(p.Value.Name, "Idempotency-Key") {
			return true
		}
	}
	return false
}

func successes(op *openapi3.Operation) []pepay.SuccessAnswer {
	var answers []pepay.SuccessAnswer
	for status, response := range op.Responses.Map() {
		if status[0] == '2' {
			answers = append(answers, pepay.SuccessAnswer{Status: status, MediaTypes: slices.Sorted(maps.Keys(response.Value.Content))})
		}
	}
	slices.SortFunc(answers, func(a, b pepay.SuccessAnswer) int { return strings.Compare(a.Status, b.Status) })
	return answers
}

// form holds for the answers that there are: all successes are JSON, under one
// status.
func form(op *openapi3.Operation) pepay.AnswerForm {
	for status, response := range op.Responses.Map() {
		content := response.Value.Content.Get("application/json")
		if status[0] != '2' || content == nil {
			continue
		}
		if properties := content.Schema.Value.Properties; properties["success"] != nil && properties["data"] != nil {
			return pepay.AnswerInData
		}
		return pepay.AnswerWhole
	}
	return ""
}
