package canary_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const canary = "canary-2f9d61c0a7e4"

// public lists functions whose texts are no credentials, and what they are.
var public = map[string]string{
	"pepay.NewClient":              "a base URL; wrapper.New refuses one with a user",
	"pepay.NewClientWithResponses": "a base URL, too",
	"pepaytest.ContentType":        "a fault", "pepaytest.OddFieldAfter": "a fault", "pepaytest.RedirectTo": "a fault", "pepaytest.WSErrorAfter": "a fault",
	"pepaytest.Start":      "an address to listen at",
	"pepaytest.ParseFault": "a fault",
	"pepaytest.NewEvent":   "a type of event",
	"pepaytest.WithSeed":   "the name of a seed",
	"stream.FileCursor":    "a path",
	"storetest.Cursor":     "a test", "storetest.Deduper": "a test", "storetest.Lease": "a test",
	"pepay.ParseEvent": "an event, which Event.Raw gives back",
}

// Every exported name that can have to do with a credential has a row, and shows none.
func TestSurfaceShowsNoSecret(t *testing.T) {
	t.Parallel()
	client, err := wrapper.New(wrapper.WithBaseURL("http://127.0.0.1:1"), wrapper.WithAPIKey(canary), wrapper.WithBearerToken(canary),
		wrapper.WithCommerceAPIKey(canary), wrapper.WithRetry(wrapper.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := webhook.NewVerifier(canary)
	if err != nil {
		t.Fatal(err)
	}
	all, names := rows(client, verifier, canary), surface(t)
	for _, name := range names {
		value, ok := all[name]
		if !ok {
			t.Errorf("%s is exported and has no row in internal/canary", name)
			continue
		}
		if public[name] != "" {
			continue
		}
		if text := shown(value); strings.Contains(text, canary) {
			at := strings.Index(text, canary)
			t.Errorf("%s shows it: …%s", name, text[max(0, at-200):at+len(canary)])
		}
	}
	for name := range all {
		if !slices.Contains(names, name) {
			t.Errorf("%s has a row and is not exported", name)
		}
	}
}

// shown is everything that a program prints of a value, or of what a function makes of
// the canary.
func shown(value any) string {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Func {
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			fill(v.Elem(), 4)
		}
		return printed(value)
	}
	var text strings.Builder
	for _, form := range []string{canary, " " + canary, canary + "\n", "https://user:" + canary + "@h/?key=" + canary, "http://h/" + canary} {
		for _, result := range called(v, form) {
			text.WriteString(printed(result))
			if option, ok := result.(wrapper.Option); ok && option != nil {
				client, err := wrapper.New(option)
				text.WriteString(printed(client) + printed(err))
			}
		}
	}
	return text.String()
}

// called runs a function with a form of the canary for each of its texts, and returns
// what it returns or panics with.
func called(f reflect.Value, form string) (results []any) {
	defer func() {
		if reason := recover(); reason != nil {
			results = append(results, reason)
		}
	}()
	var in []reflect.Value
	for i := range f.Type().NumIn() {
		if f.Type().IsVariadic() && i == f.Type().NumIn()-1 {
			if f.Type().In(i).Elem().Kind() == reflect.String {
				in = append(in, argument(f.Type().In(i).Elem(), form))
			}
			break
		}
		in = append(in, argument(f.Type().In(i), form))
	}
	for _, out := range f.Call(in) {
		results = append(results, out.Interface())
		if closer, ok := out.Interface().(io.Closer); ok && !out.IsZero() {
			defer func() { _ = closer.Close() }()
		}
	}
	return results
}

func argument(typ reflect.Type, form string) reflect.Value {
	switch typ {
	case reflect.TypeFor[context.Context]():
		return reflect.ValueOf(context.Background())
	case reflect.TypeFor[*http.Request]():
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Header.Set("Authorization", "Bearer "+canary)
		return reflect.ValueOf(r)
	}
	v := reflect.New(typ).Elem()
	switch typ.Kind() {
	case reflect.String:
		v.SetString(form)
	case reflect.Slice:
		if typ.Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(form))
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	default:
		fill(v, 4)
	}
	return v
}

// fill puts the canary into every secret of a value.
func fill(v reflect.Value, depth int) {
	switch {
	case depth == 0 || !v.CanSet():
	case v.Type() == reflect.TypeFor[pepay.Secret]():
		v.SetString(canary)
	case v.Kind() == reflect.Pointer && v.IsNil() && v.Type().Elem().Kind() == reflect.Struct:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth-1)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		fill(v.Elem(), depth-1)
	case v.Kind() == reflect.Slice && v.IsNil() && v.Type().Elem().Kind() == reflect.Struct:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth-1)
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() && v.Type().PkgPath() != "net/http":
		for i := range v.NumField() {
			fill(v.Field(i), depth-1)
		}
	}
}

// printed is a value with every verb, and as both of slog's handlers log it.
func printed(value any) string {
	if value == nil {
		return ""
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&out, verb+"\n", value)
	}
	if err, ok := value.(error); ok {
		out.WriteString(err.Error())
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "value", value)
	}
	return out.String()
}
