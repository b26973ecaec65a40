package contract_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pepaylabs/pepay-go"
)

// examplesDir has the examples of Pepay's documentation, a folder per operation.
// Its README says how they are named.
const examplesDir = "../canned/testdata"

// eventsFolder has events instead of requests and answers.
const eventsFolder = "events"

// Every documented example goes through the generated types without a loss and
// conforms to the contract, the newest snapshot of the documentation like the older
// ones.
func TestDocumentedExamples(t *testing.T) {
	t.Parallel()
	doc := load(t, readEffective(t))
	examples := documentedExamples(t)
	for file, content := range examples {
		folder, name := filepath.Split(file)
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			switch folder = filepath.Clean(folder); {
			case folder == eventsFolder:
				checkEvent(t, doc, content)
			case strings.HasPrefix(name, "request"):
				checkRequest(t, documentedOperation(t, doc, folder), content)
			case strings.HasPrefix(name, "response"):
				checkAnswer(t, documentedOperation(t, doc, folder), content)
			default:
				t.Error("the name begins with neither request nor response")
			}
		})
	}
	maps.DeleteFunc(examples, isMade)
	t.Logf("%d documented examples in %d folders", len(examples), len(folders(examples)))
}

// An operation whose documentation shows something has an example of it.
func TestOperationsHaveAnExample(t *testing.T) {
	t.Parallel()
	examples := documentedExamples(t)
	maps.DeleteFunc(examples, isMade)
	have := folders(examples)
	found := 0
	for path, item := range load(t, readEffective(t)).Paths.Map() {
		for method, op := range item.Operations() {
			completeness, _ := op.Extensions["x-pepay-completeness"].(string)
			if completeness == "" || completeness == "name-only" || op.Responses.Value("101") != nil {
				continue
			}
			found++
			if !have[op.OperationID] {
				t.Errorf("%s (%s %s) is documented (%s) and has no example in %s", op.OperationID, method, path, completeness, examplesDir)
			}
		}
	}
	if found == 0 {
		t.Error("no operation says how completely it is documented")
	}
}

// documentedExamples reads every example, by its path below examplesDir.
func documentedExamples(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examplesDir, "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	examples := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(examplesDir, file)
		if err != nil {
			t.Fatal(err)
		}
		examples[name] = content
	}
	return examples
}

// isMade tells whether an example is our own, because the documentation has none.
func isMade(file string, _ []byte) bool { return strings.Contains(filepath.Base(file), "-made") }

func folders(examples map[string][]byte) map[string]bool {
	found := map[string]bool{}
	for file := range examples {
		found[filepath.Dir(file)] = true
	}
	return found
}

func documentedOperation(t *testing.T, doc *openapi3.T, id string) *openapi3.Operation {
	t.Helper()
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.OperationID == id {
				return op
			}
		}
	}
	t.Fatalf("the contract has no operation %s", id)
	return nil
}

func checkRequest(t *testing.T, op *openapi3.Operation, content []byte) {
	t.Helper()
	if op.RequestBody == nil {
		t.Fatal("the operation has no request body")
	}
	wantConform(t, []*openapi3.SchemaRef{op.RequestBody.Value.Content.Get("application/json").Schema}, content)
	method, ok := methodOf(reflect.TypeFor[*pepay.Client](), op.OperationID)
	if !ok {
		t.Fatal("the client has no method for it")
	}
	wantLossless(t, content, method.Type.In(method.Type.NumIn()-2)) // before the editors
}

func checkAnswer(t *testing.T, op *openapi3.Operation, content []byte) {
	t.Helper()
	var schemas []*openapi3.SchemaRef
	for status, response := range op.Responses.Map() {
		if media := response.Value.Content.Get("application/json"); status[0] == '2' && media != nil {
			schemas = append(schemas, media.Schema)
		}
	}
	wantConform(t, schemas, content)
	method, ok := methodOf(reflect.TypeFor[*pepay.ClientWithResponses](), op.OperationID+"WithResponse")
	if !ok {
		method, ok = methodOf(reflect.TypeFor[*pepay.ClientWithResponses](), op.OperationID+"WithBodyWithResponse")
	}
	if !ok {
		t.Fatal("the client has no method for it")
	}
	answer, found := method.Type.Out(0).Elem(), 0
	for i := range answer.NumField() {
		if field := answer.Field(i); strings.HasPrefix(field.Name, "JSON2") {
			found++
			wantLossless(t, content, field.Type.Elem())
		}
	}
	if found == 0 {
		t.Errorf("%v has no JSON content", answer)
	}
}

// resources are the Go types of what an event is about, by the field object of it,
// and their schemas.
var resources = map[string]struct {
	schema string
	goType reflect.Type
}{
	"invoice":         {"Invoice", reflect.TypeFor[pepay.Invoice]()},
	"invoice_payment": {"InvoicePayment", reflect.TypeFor[pepay.InvoicePayment]()},
	"commerce_order":  {"Order", reflect.TypeFor[pepay.Order]()},
	"payment_quote":   {"PaymentQuote", reflect.TypeFor[pepay.PaymentQuote]()},
}

func checkEvent(t *testing.T, doc *openapi3.T, content []byte) {
	t.Helper()
	wantConform(t, []*openapi3.SchemaRef{doc.Components.Schemas["Event"]}, content)
	wantLossless(t, content, reflect.TypeFor[pepay.Event]())
	event, err := pepay.ParseEvent(content)
	if err != nil {
		t.Fatal(err)
	}
	if fields := event.UndecodedFields(); len(fields) > 0 {
		t.Errorf("not decoded: %v", fields)
	}
	var kind struct{ Object string }
	if err := json.Unmarshal(event.Data.Object, &kind); err != nil {
		t.Fatal(err)
	}
	resource, ok := resources[kind.Object]
	switch {
	case ok:
		wantConform(t, []*openapi3.SchemaRef{doc.Components.Schemas[resource.schema]}, event.Data.Object)
		wantLossless(t, event.Data.Object, resource.goType)
	case event.Type != pepay.EventTestPing:
		t.Errorf("an event of type %s about %q: which Go type is that?", event.Type, kind.Object)
	}
}

// methodOf finds a method by name, apart from letter case: Go's names have initialisms
// in capitals.
func methodOf(t reflect.Type, name string) (reflect.Method, bool) {
	for i := range t.NumMethod() {
		if m := t.Method(i); strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return reflect.Method{}, false
}

// wantConform fails the test unless the content conforms to one of the schemas.
func wantConform(t *testing.T, schemas []*openapi3.SchemaRef, content []byte) {
	t.Helper()
	var errs []error
	for _, schema := range schemas {
		err := withoutPlaceholders(validate(t, schema.Value, content))
		if err == nil {
			return
		}
		errs = append(errs, err)
	}
	t.Errorf("it does not conform to any of %d schemas: %v", len(schemas), errors.Join(errs...))
}

// withoutPlaceholders drops what is wrong with the text "<string>": Pepay's pages have
// it where they leave a value out.
func withoutPlaceholders(err error) error {
	var several openapi3.MultiError
	if errors.As(err, &several) {
		var kept []error
		for _, err := range several {
			kept = append(kept, withoutPlaceholders(err))
		}
		return errors.Join(kept...)
	}
	var violation *openapi3.SchemaError
	if errors.As(err, &violation) && violation.Value == "<string>" && slices.Contains([]string{"enum", "format", "pattern"}, violation.SchemaField) {
		return nil
	}
	return err
}

// wantLossless fails the test for each member of the content that no field of the
// type takes, and for each value that changes when it is decoded and encoded again.
func wantLossless(t *testing.T, content []byte, goType reflect.Type) {
	t.Helper()
	lost, err := losses(content, goType)
	if err != nil {
		t.Errorf("%v: %v", goType, err)
	}
	for _, path := range slices.Sorted(maps.Keys(lost)) {
		t.Errorf("%v: %s %s", goType, path, lost[path])
	}
}
