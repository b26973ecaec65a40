package pepay

import (
	"maps"
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
	// Two alternatives of one scheme each: one key or the other, never both.
	if len(mint.Security) != 2 || len(mint.Security[0]) != 1 || len(mint.Security[1]) != 1 ||
		mint.Security[0]["merchantApiKey"] == nil || mint.Security[1]["commerceApiKey"] == nil {
		t.Errorf("got %v", mint.Security)
	}
}

func TestTablesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	clear(Operations())
	clear(SecuritySchemes())
	DefaultSecurity()[0]["bearerAuth"] = []string{"x"}
	if Operations()[0].ID == "" || len(SecuritySchemes()) == 0 || len(DefaultSecurity()[0]["bearerAuth"]) != 0 {
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
