package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"strings"

	"gopkg.in/yaml.v3"
)

// eventTypesKey is the extension of the schema Event that lists the documented
// types of events, each with a predicate: what is to say about it.
const eventTypesKey = "x-pepay-event-types"

type eventType struct {
	Type, Description string
}

// eventTypes renders the constants of the event types, and the list of them.
func eventTypes(doc *yaml.Node) ([]byte, error) {
	list := child(child(child(child(doc, "components"), "schemas"), "Event"), eventTypesKey)
	var types []eventType
	if list != nil {
		if err := list.Decode(&types); err != nil {
			return nil, fmt.Errorf("components.schemas.Event.%s is not a list of types with descriptions: %w", eventTypesKey, err)
		}
	}
	var constants, names bytes.Buffer
	seen := map[string]bool{}
	for _, t := range types {
		name, err := eventName(t.Type)
		if err != nil {
			return nil, fmt.Errorf("components.schemas.Event.%s: %q %w", eventTypesKey, t.Type, err)
		}
		if seen[name] {
			return nil, fmt.Errorf("components.schemas.Event.%s: %q: another type is called %s already", eventTypesKey, t.Type, name)
		}
		seen[name] = true
		if t.Description != "" {
			fmt.Fprintf(&constants, "\t// %s %s\n", name, oneLine(t.Description))
		}
		fmt.Fprintf(&constants, "\t%s = %q\n", name, t.Type)
		fmt.Fprintf(&names, "\t\t%s,\n", name)
	}
	var out bytes.Buffer
	out.WriteString(generatedBy + "package pepay\n\n")
	if len(types) > 0 {
		fmt.Fprintf(&out, "// The documented types of events. Pepay may send others; they arrive all the same.\n//\n"+
			"// See https://docs-alpha.pepay.io/api-spec/webhook-events.\nconst (\n%s)\n\n", constants.Bytes())
	}
	fmt.Fprintf(&out, "// EventTypes lists the documented types of events. The caller owns the result.\nfunc EventTypes() []string {\n\treturn []string{\n%s\t}\n}\n", names.Bytes())
	return format.Source(out.Bytes())
}

// eventName is the name of a type's constant: commerce.order.created is
// EventCommerceOrderCreated.
func eventName(eventType string) (string, error) {
	var name strings.Builder
	name.WriteString("Event")
	for _, part := range strings.FieldsFunc(eventType, func(r rune) bool { return r == '.' || r == '_' }) {
		for _, r := range part {
			if !isAlphanumeric(r) {
				return "", errors.New("is no event type: it may have letters, digits, dots and underscores")
			}
		}
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	if name.Len() == len("Event") {
		return "", errors.New("is no event type")
	}
	return name.String(), nil
}
