package main

import (
	"bytes"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestEncodeJSON(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"keys as they came":    {`{"b":1,"a":[true,null]}`, "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    null\n  ]\n}\n"},
		"empty":                {`{"a":{},"b":[]}`, "{\n  \"a\": {},\n  \"b\": []\n}\n"},
		"no HTML escapes":      {`["<a> & b"]`, "[\n  \"<a> & b\"\n]\n"},
		"text beyond ASCII":    {`["scope’s — ✓ 😀"]`, "[\n  \"scope’s — ✓ 😀\"\n]\n"},
		"escapes":              {`["a\n\t\"\\\b\f\u0001"]`, "[\n  \"a\\n\\t\\\"\\\\\\b\\f\\u0001\"\n]\n"},
		"text like a number":   {`["1","1.0","null","true","0x1"]`, "[\n  \"1\",\n  \"1.0\",\n  \"null\",\n  \"true\",\n  \"0x1\"\n]\n"},
		"text like a date":     {`["2026-01-02"]`, "[\n  \"2026-01-02\"\n]\n"},
		"numbers as they came": {`[1.0,-0.5,1e5,123456789012345678901234567890]`, "[\n  1.0,\n  -0.5,\n  1e5,\n  123456789012345678901234567890\n]\n"},
		"values spelled in YAML": {
			"- True\n- ~\n- 0x10\n- 2026-01-02\n- &a yes\n- *a\n",
			"[\n  true,\n  null,\n  16,\n  \"2026-01-02\",\n  \"yes\",\n  \"yes\"\n]\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var doc yaml.Node
			if err := yaml.Unmarshal([]byte(tc.in), &doc); err != nil {
				t.Fatal(err)
			}
			got, err := encodeJSON(&doc)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, []byte(tc.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(`{"a":{"b":[1]}}`), &doc); err != nil {
		t.Fatal(err)
	}
	copied := clone(&doc)
	child(child(copied, "a"), "b").Content[0].Value = "2"
	if got := child(child(&doc, "a"), "b").Content[0].Value; got != "1" {
		t.Errorf("the original has %s now", got)
	}
}
