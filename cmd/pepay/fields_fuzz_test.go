package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzWithFields applies any --set and --add to a resource: the result is an object
// again that the SDK reads, or a usage error of one line that names the flag.
func FuzzWithFields(f *testing.F) {
	invoice := `{"object":"invoice","id":"inv_1","status":"unpaid","amount_usd":"10.00","is_public":true,"metadata":{"a":{"b":1}},"payments":[],"expires_at":1700000000,"customer_id":null}`
	for _, c := range [][3]string{
		{invoice, "status=paid", "metadata.order=17"}, {invoice, "metadata.a.b=2", "x.y.z={}"}, {invoice, "amount_usd=1e400", "=1"},
		{invoice, "data.object.expires_at=soon", "a..b=1"}, {invoice, "customer_id=null", "payments.0=1"}, {invoice, "metadata.=1", "metadata=2"},
		{`[]`, "a=1", "b=2"}, {`null`, "a=1", "b=2"}, {`{"metadata":1}`, "metadata.x=1", "metadata.y=1"}, {`{"a":{"":1}}`, "a.=2", "é=\x00"},
	} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, object, set, add string) {
		got, err := withFields(json.RawMessage(object), []string{set}, []string{add})
		if err != nil {
			text := err.Error()
			if json.Valid([]byte(object)) && !strings.HasPrefix(text, "--set: ") && !strings.HasPrefix(text, "--add: ") {
				t.Errorf("%q, %q on %s: %v", set, add, object, err)
			}
			return
		}
		var fields map[string]any
		if err := json.Unmarshal(got, &fields); err != nil || fields == nil {
			t.Fatalf("%q, %q on %s: became %s", set, add, object, got)
		}
		if model := modelOf(fields); model != nil {
			if err := json.Unmarshal(got, model); err != nil {
				t.Errorf("%q, %q: the SDK does not read %s: %v", set, add, got, err)
			}
		}
	})
}

// FuzzParseEnv reads any env file: only the variables it may have come of it, and an
// error shows nothing of what is in the file.
func FuzzParseEnv(f *testing.F) {
	for _, content := range []string{
		"PEPAY_API_KEY=abc\n", "export PEPAY_API_KEY='a b' # comment\r\n", "\ufeffPEPAY_JWT=\"x\"", "PEPAY_API_KEY=\"open", "PEPAY_X=1", "PEPAY_API_KEY=a\nPEPAY_API_KEY=b",
		"#\n\n=\n", "OTHER=1\nno", "PEPAY_WS_URL=a #b", "PEPAY_API_KEY=\x00",
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		variables, err := parseEnv(content)
		if err != nil {
			text := err.Error()
			if variables != nil || !strings.HasPrefix(text, "line ") || len(text) > 300 {
				t.Errorf("%q: %v and %v", content, variables, err)
			}
			return
		}
		for name, value := range variables {
			if !slices.Contains(envFileVariables(), name) || strings.ContainsAny(value, "\n") || !strings.Contains(string(content), value) {
				t.Errorf("%q has %s=%q", content, name, value)
			}
		}
	})
}
