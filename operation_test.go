package pepay

import (
	"context"
	"errors"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	var mint *Operation
	operations := Operations()
	for i, op := range operations {
		if op.ID == "mintWsToken" {
			mint = &operations[i]
		}
		if i > 0 && op.Path < operations[i-1].Path {
			t.Errorf("%s stands before %s", operations[i-1].Path, op.Path)
		}
	}
	if mint == nil {
		t.Fatal("mintWsToken is missing")
	}
	if mint.Method != "POST" || mint.Path != "/api/v1/ws/token" || !mint.Repeatable || mint.IdempotencyKey {
		t.Errorf("got %+v", *mint)
	}
	if want := []SuccessAnswer{{Status: "200", MediaTypes: []string{"application/json"}}}; !reflect.DeepEqual(mint.Success, want) || mint.Form != AnswerInData {
		t.Errorf("answers are %+v in the form %q", mint.Success, mint.Form)
	}
	// Two alternatives of one scheme each: one key or the other, never both.
	if len(mint.Security) != 2 || len(mint.Security[0]) != 1 || len(mint.Security[1]) != 1 ||
		mint.Security[0]["merchantApiKey"] == nil || mint.Security[1]["commerceApiKey"] == nil {
		t.Errorf("got %v", mint.Security)
	}
}

func TestTablesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	mine := Operations()
	mine[0].Security[0] = nil
	mine[0].Success[0].MediaTypes[0] = "text/plain"
	clear(mine[1:])
	clear(SecuritySchemes())
	DefaultSecurity()[0]["bearerAuth"] = []string{"x"}
	again := Operations()
	if again[0].Security[0] == nil || again[0].Success[0].MediaTypes[0] != "application/json" || again[1].ID == "" || len(SecuritySchemes()) == 0 || len(DefaultSecurity()[0]["bearerAuth"]) != 0 {
		t.Error("changing a table changed it for everyone")
	}
}

func TestSecuritySchemes(t *testing.T) {
	t.Parallel()
	want := map[string]SecurityScheme{
		"bearerAuth":     {Type: "http", Scheme: "bearer"},
		"merchantApiKey": {Type: "apiKey", In: "header", Name: "x-api-key"},
		"commerceApiKey": {Type: "apiKey", In: "header", Name: "x-commerce-api-key"},
	}
	got := SecuritySchemes()
	for name, scheme := range want {
		if got[name] != scheme {
			t.Errorf("%s is %+v, want %+v", name, got[name], scheme)
		}
	}
	if !maps.EqualFunc(DefaultSecurity()[0], map[string][]string{"bearerAuth": nil}, func(a, b []string) bool { return len(a) == len(b) }) {
		t.Errorf("the default is %v", DefaultSecurity())
	}
}

func TestOperationOf(t *testing.T) {
	t.Parallel()
	type key struct{}
	if got := OperationOf(t.Context()); got != "" {
		t.Errorf("a context of a program has %q", got)
	}
	ctx, cancel := context.WithCancel(withOperation(context.WithValue(t.Context(), key{}, 1), "GET /a/{id}"))
	if got := OperationOf(ctx); got != "GET /a/{id}" || ctx.Value(key{}) != 1 {
		t.Errorf("got %q and %v", got, ctx.Value(key{}))
	}
	if got := OperationOf(withOperation(ctx, "POST /b")); got != "POST /b" {
		t.Errorf("the inner one is %q", got)
	}
	cancel()
	if ctx.Err() == nil {
		t.Error("cancelling has no effect")
	}
}

func TestOperationCostsOneAllocation(t *testing.T) { // not parallel: AllocsPerRun
	parent := t.Context()
	if allocs := testing.AllocsPerRun(100, func() { _ = OperationOf(withOperation(parent, "GET /a")) }); allocs > 1 {
		t.Errorf("%v allocations", allocs)
	}
}

type observedBody struct {
	io.Reader
	got []error
}

func (*observedBody) Close() error { return nil }

func (b *observedBody) Parsed(err error) error {
	b.got = append(b.got, err)
	return errors.Join(err, errors.New("seen"))
}

func TestParsed(t *testing.T) {
	t.Parallel()
	failure := errors.New("does not fit")
	if err := parsed(io.NopCloser(strings.NewReader("")), failure); err != failure {
		t.Errorf("another body: %v", err)
	}
	body := &observedBody{}
	if err := parsed(body, failure); !errors.Is(err, failure) || err.Error() == failure.Error() {
		t.Errorf("got %v", err)
	}
	if !reflect.DeepEqual(body.got, []error{failure}) {
		t.Errorf("the body learned %v", body.got)
	}
}
