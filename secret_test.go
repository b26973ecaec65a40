package pepay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const canary = "canary-51c3"

func TestSecretDoesNotPrintItself(t *testing.T) {
	t.Parallel()
	secret := Secret(canary)
	inside := struct{ Key Secret }{secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08.3f"} {
		for _, value := range []any{secret, &secret, inside, &inside, []Secret{secret}, map[Secret]Secret{secret: secret}} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T prints %s", verb, value, text)
			}
		}
	}
	if got := fmt.Sprintf("%v|%s|%#v|%d", secret, secret, secret, secret); got != "[redacted]|[redacted]|[redacted]|[redacted]" {
		t.Errorf("got %s", got)
	}
	if secret.Reveal() != canary {
		t.Error("Reveal is the way to the value")
	}
}

func TestSecretIsAWireType(t *testing.T) {
	t.Parallel()
	encoded, err := json.Marshal(map[string]Secret{"token": canary})
	if err != nil || string(encoded) != `{"token":"`+canary+`"}` {
		t.Errorf("%s, %v", encoded, err)
	}
	var decoded Secret
	if err := json.Unmarshal([]byte(`"`+canary+`"`), &decoded); err != nil || decoded.Reveal() != canary {
		t.Errorf("%v", err)
	}
}

func TestModelsWithSecretsDoNotLogThem(t *testing.T) {
	t.Parallel()
	model := WSToken{Token: canary, Scope: WSTokenScopeMerchant, MerchantID: 123, ExpiresAt: Timestamp{time.Unix(1766320496, 0).UTC()}}
	envelope := Envelope[WSToken]{Success: true, Data: model}
	answer := MintWSTokenAnswer{Answer: Answer{Body: []byte(canary), HTTPResponse: &http.Response{StatusCode: 200}}, JSON200: &envelope}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(handler).Info("x", "secret", Secret(canary), "token", model, "pointer", &model,
			"envelope", envelope, "answer", answer, "failed", MintWSTokenAnswer{})
	}
	if strings.Contains(log.String(), canary) {
		t.Errorf("logged %s", log.String())
	}
	for _, want := range []string{`"token":"[redacted]"`, `"merchant_id":123`, `"expires_at":"2025-12-21T12:34:56Z"`, `"status":200`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, log.String())
		}
	}
}

// A contract that grows a model with a secret must not be logged in clear.
func TestEveryModelWithASecretHasLogValue(t *testing.T) {
	t.Parallel()
	holders := secretHolders(t, "pepay.gen.go")
	if len(holders) < 1 {
		t.Fatalf("found only %v: does the search still work?", holders)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "secrets.gen.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, decl := range file.Decls {
		if method, ok := decl.(*ast.FuncDecl); ok && method.Recv != nil && method.Name.Name == "LogValue" {
			has[typeName(method.Recv.List[0].Type)] = true
		}
	}
	for _, name := range holders {
		if !has[name] && !strings.HasSuffix(name, "Answer") { // those print no content at all
			t.Errorf("%s holds a Secret and has no LogValue in secrets.gen.go", name)
		}
	}
}

// secretHolders lists the structs that hold a Secret, directly or not.
func secretHolders(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{} // struct → names of its fields' types
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if _, isInterface := spec.Type.(*ast.InterfaceType); isInterface {
			return false
		}
		ast.Inspect(spec.Type, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				ast.Inspect(field.Type, func(n ast.Node) bool {
					if ident, ok := n.(*ast.Ident); ok {
						fields[spec.Name.Name] = append(fields[spec.Name.Name], ident.Name)
					}
					return true
				})
			}
			return true
		})
		return false
	})
	holders := map[string]bool{"Secret": true}
	for grown := true; grown; {
		grown = false
		for name, types := range fields {
			if !holders[name] && slices.ContainsFunc(types, func(typ string) bool { return holders[typ] }) {
				holders[name], grown = true, true
			}
		}
	}
	delete(holders, "Secret")
	return slices.Sorted(maps.Keys(holders))
}

func typeName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
