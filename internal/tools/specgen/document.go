package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// readDocument parses a JSON document into nodes, which keep the order of keys.
func readDocument(name string) (*yaml.Node, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if !json.Valid(raw) {
		return nil, fmt.Errorf("%s is not JSON", name)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(lineBreaks.Replace(string(raw))), &doc); err != nil {
		return nil, fmt.Errorf("%s is not in normal form, bring it there with jq: %w", name, err)
	}
	if err := checkKeys(content(&doc), nil); err != nil {
		return nil, err
	}
	return &doc, nil
}

// lineBreaks escapes characters that are text in JSON, but a line break or nothing in
// YAML.
var lineBreaks = strings.NewReplacer("\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`, "\ufeff", `\ufeff`)

// checkKeys refuses a key that comes twice: programs differ in which of them holds.
func checkKeys(n *yaml.Node, at path) error {
	seen := map[string]bool{}
	for i, item := range n.Content {
		step := fmt.Sprint(i)
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			if step = n.Content[i-1].Value; seen[step] {
				return fmt.Errorf("%s: the key comes twice", asPublished(at.with(step)))
			}
			seen[step] = true
		}
		if err := checkKeys(item, at.with(step)); err != nil {
			return err
		}
	}
	return nil
}

// encodeJSON prints nodes the way `jq .` does: two spaces, keys as they came.
func encodeJSON(doc *yaml.Node) ([]byte, error) {
	var compact bytes.Buffer
	if err := writeNode(&compact, "$", doc); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func writeNode(w *bytes.Buffer, path string, n *yaml.Node) error {
	switch n.Kind {
	case yaml.DocumentNode:
		return writeNode(w, path, n.Content[0])
	case yaml.AliasNode:
		return writeNode(w, path, n.Alias)
	case yaml.MappingNode:
		w.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				w.WriteByte(',')
			}
			key := n.Content[i].Value
			if err := writeString(w, key); err != nil {
				return err
			}
			w.WriteByte(':')
			if err := writeNode(w, path+"."+key, n.Content[i+1]); err != nil {
				return err
			}
		}
		w.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		w.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				w.WriteByte(',')
			}
			if err := writeNode(w, fmt.Sprintf("%s[%d]", path, i), item); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		return writeScalar(w, path, n)
	default:
		return fmt.Errorf("%s: unexpected node", path)
	}
}

func writeScalar(w *bytes.Buffer, path string, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if json.Valid([]byte(n.Value)) { // as it came: 1.0 stays 1.0
			w.WriteString(n.Value)
			return nil
		}
		// An overlay may spell it the YAML way: True, ~, 0x10.
		var value any
		err := n.Decode(&value)
		if err == nil {
			var text []byte
			if text, err = json.Marshal(value); err == nil {
				w.Write(text)
				return nil
			}
		}
		return fmt.Errorf("%s: %q has no JSON form: %w", path, n.Value, err)
	default:
		return writeString(w, n.Value)
	}
}

func writeString(w *bytes.Buffer, s string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	w.Truncate(w.Len() - 1) // Encode ends with a newline
	return nil
}

// canonical is the JSON of a node with keys sorted: equal nodes, equal text.
func canonical(n *yaml.Node) (string, error) {
	text, err := encodeJSON(n)
	if err != nil {
		return "", err
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return "", err
	}
	text, err = json.Marshal(value)
	return string(text), err
}

func clone(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		out.Content[i] = clone(item)
	}
	return &out
}

// child returns the value of key in a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	for k, value := range pairs(n) {
		if k == key {
			return value
		}
	}
	return nil
}

// pairs yields the keys and values of a mapping, and nothing for other nodes.
func pairs(n *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if n != nil && n.Kind == yaml.DocumentNode {
			n = n.Content[0]
		}
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}
