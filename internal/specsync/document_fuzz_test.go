package main

import (
	"bytes"
	"testing"
)

// FuzzNormalise reads any document, JSON or YAML. What comes of it is the normal form:
// it stays as it is when it is read again.
func FuzzNormalise(f *testing.F) {
	for _, content := range []string{
		`{"openapi":"3.0.3","paths":{"/a":{}}}`, "openapi: 3.0.3\npaths:\n  /a: {}\n", "openapi: 3.0.3\npaths: &p\n  /a: *p\n", `{"openapi":"3.0.3","openapi":"3"}`,
		`{"openapi":"3.1.0","paths":{"\u2028":"\ud800","n":1e400}}`, "a: &a [*a]", "[[[[", "", "\ufeff{}", "openapi: 3.0\npaths:\n  ? [a]\n  : b\n",
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		document, err := normalise(content)
		if err != nil {
			return
		}
		again, err := normalise(document)
		if err != nil || !bytes.Equal(document, again) {
			t.Errorf("%q became %s and then %s, %v", content, document, again, err)
		}
	})
}
