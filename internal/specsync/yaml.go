package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// yamlToJSON converts a document and keeps the order of its keys.
func yamlToJSON(content []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		return nil, fmt.Errorf("it is neither JSON nor YAML: %w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it is neither a JSON nor a YAML object")
	}
	var out bytes.Buffer
	if err := writeNode(&out, doc.Content[0], 0); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeNode(w *bytes.Buffer, n *yaml.Node, depth int) error {
	// Aliases multiply: a kilobyte of YAML can stand for gigabytes.
	if int64(w.Len()) > maxDocument {
		return fmt.Errorf("as JSON it is longer than %d bytes", maxDocument)
	}
	if depth > maxDepth {
		return fmt.Errorf("line %d: more than %d levels", n.Line, maxDepth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return writeNode(w, n.Alias, depth+1)
	case yaml.MappingNode:
		return writeList(w, "{}", n.Content, 2, depth)
	case yaml.SequenceNode:
		return writeList(w, "[]", n.Content, 1, depth)
	default:
		return writeScalar(w, n)
	}
}

// writeList writes the items of a sequence, or the keys and values of a mapping.
func writeList(w *bytes.Buffer, brackets string, items []*yaml.Node, stride, depth int) error {
	w.WriteByte(brackets[0])
	for i, item := range items {
		switch {
		case i%stride == 1:
			w.WriteByte(':')
		case i > 0:
			w.WriteByte(',')
		}
		if stride == 2 && i%2 == 0 {
			if item.Kind != yaml.ScalarNode || item.ShortTag() == "!!merge" {
				return fmt.Errorf("line %d: a key that JSON cannot have", item.Line)
			}
			writeString(w, item.Value) // 200: is a key too
			continue
		}
		if err := writeNode(w, item, depth+1); err != nil {
			return err
		}
	}
	w.WriteByte(brackets[1])
	return nil
}

func writeScalar(w *bytes.Buffer, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		w.WriteString("null")
	case "!!bool", "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		if json.Valid([]byte(n.Value)) {
			w.WriteString(n.Value) // as it is spelled: a large number keeps its digits
			return nil
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("line %d: %q has no JSON form", n.Line, n.Value)
		}
		w.Write(encoded)
	default:
		writeString(w, n.Value)
	}
	return nil
}
