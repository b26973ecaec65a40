package main

import (
	"slices"
	"testing"
)

func TestRecursiveSchemas(t *testing.T) {
	t.Parallel()
	object := func(properties string) string { return `{"type":"object","properties":{` + properties + `}}` }
	ref := func(name string) string { return `{"$ref":"#/components/schemas/` + name + `"}` }
	for name, tc := range map[string]struct {
		schemas string
		want    []string
	}{
		"itself": {
			`"A":` + object(`"parent":`+ref("A")),
			[]string{`#/components/schemas/A/properties/parent`},
		},
		"in a circle": {
			`"A":` + object(`"b":`+ref("B")) + `,"B":` + object(`"c":`+ref("C")) + `,"C":` + object(`"a":`+ref("A")),
			[]string{`#/components/schemas/A/properties/b`, `#/components/schemas/B/properties/c`, `#/components/schemas/C/properties/a`},
		},
		"in an object within": {
			`"A":` + object(`"in":`+object(`"a":`+ref("A"))),
			[]string{`#/components/schemas/A/properties/in/properties/a`},
		},
		"through what it is composed of": {
			`"A":{"allOf":[` + ref("B") + `]},"B":` + object(`"a":`+ref("A")),
			[]string{`#/components/schemas/B/properties/a`},
		},
		"nullable": {
			`"A":` + object(`"a":{"nullable":true,"allOf":[`+ref("A")+`]}`),
			[]string{`#/components/schemas/A/properties/a`},
		},
		"twice in one place": {
			`"A":` + object(`"a":{"allOf":[`+ref("A")+`,`+ref("A")+`]}`),
			[]string{`#/components/schemas/A/properties/a`},
		},
		"beside the circle":    {`"A":` + object(`"b":`+ref("B")) + `,"B":` + object(`"b":`+ref("B")), []string{`#/components/schemas/B/properties/b`}},
		"list":                 {`"A":` + object(`"kids":{"type":"array","items":`+ref("A")+`}`), nil},
		"map":                  {`"A":` + object(`"kids":{"type":"object","additionalProperties":`+ref("A")+`}`), nil},
		"twice, no circle":     {`"A":` + object(`"b":`+ref("B")+`,"c":`+ref("B")) + `,"B":` + object(`"n":{"type":"string"}`), nil},
		"another Go type":      {`"A":` + object(`"a":{"allOf":[`+ref("A")+`],"x-go-type":"Secret"}`), nil},
		"mended by an overlay": {`"A":` + object(`"a":{"allOf":[`+ref("A")+`],"x-go-type-skip-optional-pointer":false}`), []string{`#/components/schemas/A/properties/a`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := readDocument(contract{document: document(getA, `"schemas":{`+tc.schemas+`}`)}.write(t) + "/openapi.json")
			if err != nil {
				t.Fatal(err)
			}
			marked := clone(doc)
			markRecursion(marked)
			got := skipped(marked)
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if found := problems(doc, doc); len(found) > 0 {
				t.Error(found)
			}
		})
	}
}
