package main

import (
	"strings"
	"testing"
)

func TestEventTypes(t *testing.T) {
	t.Parallel()
	generated := func(t *testing.T, types string) (string, error) {
		files, err := contract{
			document: document(getA, schemaA),
			overlays: repairs("- target: $.components.schemas\n  update: {Event: {type: object" + types + "}}\n"),
		}.generate(t)
		return string(files["events.gen.go"]), err
	}
	t.Run("documented", func(t *testing.T) {
		t.Parallel()
		got, err := generated(t, `, x-pepay-event-types: [{type: commerce.order.created, description: is sent for an order.}, {type: test.ping}]`)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"// EventCommerceOrderCreated is sent for an order.\n", `EventCommerceOrderCreated = "commerce.order.created"`, `EventTestPing = "test.ping"`,
			"return []string{\n\t\tEventCommerceOrderCreated,\n\t\tEventTestPing,\n\t}",
		} {
			if !strings.Contains(strings.Join(strings.Fields(got), " "), strings.Join(strings.Fields(want), " ")) {
				t.Errorf("no %s in\n%s", want, got)
			}
		}
	})
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		got, err := generated(t, "")
		if err != nil || !strings.Contains(got, "func EventTypes() []string {") || strings.Contains(got, "const") {
			t.Errorf("%v\n%s", err, got)
		}
	})
	for name, tc := range map[string]struct{ types, want string }{
		"no list":            {`, x-pepay-event-types: {a: b}`, "not a list"},
		"empty":              {`, x-pepay-event-types: [{type: ''}]`, "no event type"},
		"a space":            {`, x-pepay-event-types: [{type: 'a b'}]`, "no event type"},
		"a quote":            {`, x-pepay-event-types: [{type: 'a"b'}]`, "no event type"},
		"twice":              {`, x-pepay-event-types: [{type: a.b}, {type: a.b}]`, "EventAB already"},
		"the same Go name":   {`, x-pepay-event-types: [{type: a.b}, {type: a_b}]`, "EventAB already"},
		"a line break in it": {`, x-pepay-event-types: [{type: "a\nb"}]`, "no event type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := generated(t, tc.types); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %v, want %q in it", err, tc.want)
			}
		})
	}
}
