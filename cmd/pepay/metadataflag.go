package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/urfave/cli/v3"
)

// metadataFlag is a JSON object, or an object of the texts given as NAME=VALUE. A name that
// is given twice is refused: one of the values would be lost.
func metadataFlag(cmd *cli.Command) (json.RawMessage, error) {
	values := cmd.StringSlice("metadata")
	if len(values) == 1 && strings.HasPrefix(strings.TrimSpace(values[0]), "{") {
		object := json.RawMessage(values[0])
		if !json.Valid(object) {
			return nil, usagef("--metadata: is not a JSON object; write NAME=VALUE, or JSON such as '{\"order_id\":\"ORD-123\"}'")
		}
		if name, found := doubledName(object); found {
			return nil, givenTwice(name)
		}
		return object, nil
	}
	if len(values) == 0 {
		return nil, nil
	}
	members := map[string]string{}
	for _, text := range values {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || strings.HasPrefix(text, "{") {
			return nil, usagef("--metadata: write NAME=VALUE, once for each name, or a single JSON object")
		}
		if _, twice := members[name]; twice {
			return nil, givenTwice(name)
		}
		members[name] = value
	}
	return json.Marshal(members)
}

func givenTwice(name string) error {
	const longest = 40
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[:longest]) + "…"
	}
	return usagef("--metadata: the name %s is given twice", name)
}

// doubledName is a name that an object within valid JSON has twice, at any depth.
func doubledName(text json.RawMessage) (string, bool) {
	type open struct {
		names map[string]bool // nil in a list
		value bool            // the next token is a value
	}
	var stack []open
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if err != nil {
			return "", false
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if len(stack) > 0 && stack[len(stack)-1].names != nil {
			in := &stack[len(stack)-1]
			if in.value = !in.value; in.value {
				name, _ := token.(string)
				if in.names[name] {
					return name, true
				}
				in.names[name] = true
				continue
			}
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, open{names: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, open{})
		}
	}
}
