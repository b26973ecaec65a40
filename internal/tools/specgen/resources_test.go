package main

import (
	"strings"
	"testing"
)

func TestResourceModels(t *testing.T) {
	t.Parallel()
	generated := func(t *testing.T, schemas string) (string, error) {
		files, err := contract{
			document: document(getA, schemaA),
			overlays: repairs("- target: $.components.schemas\n  update: {" + schemas + "}\n"),
		}.generate(t)
		return string(files["resources.gen.go"]), err
	}
	for name, tc := range map[string]struct{ schemas, want, refused string }{
		"two":           {"Bill: {type: object, x-pepay-resource: bill_2}, Coin: {type: object, x-go-name: Money, x-pepay-resource: coin}", "case *Bill, **Bill: return \"bill_2\" case *Money, **Money: return \"coin\" }", ""},
		"none":          {"Bill: {type: object}", "switch v.(type) { } return \"\"", ""},
		"twice":         {"Bill: {type: object, x-pepay-resource: a}, Coin: {type: object, x-pepay-resource: a}", "", "Bill is the schema of a already"},
		"empty":         {"Bill: {type: object, x-pepay-resource: ''}", "", "components.schemas.Bill.x-pepay-resource"},
		"a quote in it": {"Bill: {type: object, x-pepay-resource: 'a\"b'}", "", "no kind of resource"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := generated(t, tc.schemas)
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Fatalf("error is %v, want %q in it", err, tc.refused)
				}
				return
			}
			if err != nil || !strings.Contains(strings.Join(strings.Fields(got), " "), tc.want) {
				t.Errorf("%v: no %s in\n%s", err, tc.want, got)
			}
		})
	}
}
