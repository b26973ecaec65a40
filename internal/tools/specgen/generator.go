package main

import (
	"fmt"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// generatorOnly begins the description of the actions that only oapi-codegen
// gets to see. The effective document is the contract and has none of them.
const generatorOnly = "For the generator only: "

// normalisation is one way in which the document that oapi-codegen gets differs
// from the contract.
type normalisation struct {
	reason string
	apply  func(doc *yaml.Node)
}

// The order matters: ignored members are removed first, and types are final before
// pointers are chosen.
func normalisations() []normalisation {
	return []normalisation{
		{"OpenAPI 3.0 ignores the siblings of a $ref", dropSiblings},
		{"a Go comment cannot hold these characters", cleanTexts},
		{"Go has no constants for these enum values", dropEnums},
		{"a property keeps its own Go name", keepPropertyNames},
		{"the envelope of an answer is Envelope[T] in Go", inlineEnvelopes},
		{"every value of a parameter can be given", prepareParameters},
		{"a value of several types stays JSON", mixTypes},
		{"an optional parameter is a pointer, so that an absent one is not sent", markParameters},
		{"a request property is a pointer where zero differs from absent; its times are RFC 3339", markRequestBodies},
		{"an optional property is a pointer where the schema would contain itself", markRecursion},
		{"an event keeps the bytes it came as", addEventState},
	}
}

// forGenerator returns the document as oapi-codegen gets it, and the actions
// that make it of doc. Each stands in no file; the reason and its number name it.
func forGenerator(doc *yaml.Node) (*yaml.Node, []action) {
	var actions []action
	generated := clone(doc)
	for _, n := range normalisations() {
		before := clone(generated)
		n.apply(generated)
		d := difference{doc: before, reason: n.reason}
		d.compare(nil, content(before), content(generated))
		actions = append(actions, d.actions...)
	}
	return generated, actions
}

// difference collects the overlay actions that make one document of another.
type difference struct {
	doc     *yaml.Node
	reason  string
	actions []action
}

func (d *difference) compare(p path, before, after *yaml.Node) {
	if before.Kind == yaml.SequenceNode {
		for i := range before.Content { // lists of another length are replaced by their parent
			d.compare(p.with(fmt.Sprint(i)), before.Content[i], after.Content[i])
		}
		return
	}
	added := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for key, value := range pairs(before) {
		now := child(after, key)
		switch {
		case now == nil:
			d.add(overlay.Action{Target: p.with(key).target(d.doc), Remove: true})
		case isReplaced(value, now):
			d.add(overlay.Action{Target: p.with(key).target(d.doc), Remove: true})
			setChild(added, key, clone(now))
		case value.Kind != yaml.ScalarNode:
			d.compare(p.with(key), value, now)
		}
	}
	for key, value := range pairs(after) {
		if child(before, key) == nil {
			setChild(added, key, clone(value))
		}
	}
	if len(added.Content) > 0 {
		d.add(overlay.Action{Target: p.target(d.doc), Update: *added})
	}
}

// isReplaced tells whether a node has to be taken out and put in anew: an update
// appends to lists, and changes neither the kind nor the type of a value.
func isReplaced(before, after *yaml.Node) bool {
	if before.Kind != after.Kind {
		return true
	}
	switch before.Kind {
	case yaml.MappingNode:
		// A JSONPath follows a reference instead of stepping into what is beside it.
		return child(before, "$ref") != nil && hasLost(before, after)
	case yaml.ScalarNode:
		return before.Value != after.Value || before.ShortTag() != after.ShortTag()
	case yaml.SequenceNode:
		if len(before.Content) != len(after.Content) {
			return true
		}
		for i, item := range before.Content {
			// Taking out one item would move the others.
			if isReplaced(item, after.Content[i]) {
				return true
			}
		}
	}
	return false
}

// hasLost tells whether a member is gone or has another value.
func hasLost(before, after *yaml.Node) bool {
	for key, value := range pairs(before) {
		if now := child(after, key); now == nil || !sameNode(value, now) {
			return true
		}
	}
	return false
}

func (d *difference) add(a overlay.Action) {
	a.Description = generatorOnly + d.reason
	d.actions = append(d.actions, action{Action: a, file: "generated", index: len(d.actions) + 1})
}

func isGeneratorOnly(a overlay.Action) bool { return strings.HasPrefix(a.Description, generatorOnly) }

// setChild sets a member of a mapping.
func setChild(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, text(key), value)
}

// removeChild takes a member out of a mapping.
func removeChild(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = append(n.Content[:i], n.Content[i+2:]...)
			return
		}
	}
}

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(b)}
}
