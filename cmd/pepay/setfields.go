package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// withFields changes fields of a JSON object as texts of the form PATH=VALUE say,
// one after the other. A path has dots between its names and may begin with
// data.object, where an event has its resource.
func withFields(object json.RawMessage, sets []string) (json.RawMessage, error) {
	if len(sets) == 0 {
		return object, nil
	}
	decoded, err := decodeJSON(object)
	if err != nil {
		return nil, err
	}
	root := asObject(decoded)
	for _, set := range sets {
		path, value, ok := strings.Cut(set, "=")
		if !ok {
			return nil, usagef("--set: write PATH=VALUE, such as status=paid")
		}
		path = strings.TrimPrefix(path, "data.object.")
		fields, name := root, path
		for {
			first, rest, nested := strings.Cut(name, ".")
			if !nested {
				break
			}
			fields, name = asObject(fields[first]), rest
		}
		existing, ok := fields[name]
		if !ok {
			return nil, usagef("--set: there is no %s; there are %s", plainPath(path), strings.Join(paths("", root), ", "))
		}
		fields[name] = valueLike(existing, value)
	}
	return json.Marshal(root)
}

// decodeJSON keeps numbers as they are written.
func decodeJSON(data []byte) (value any, err error) {
	if !json.Valid(data) { // the decoder would stop after a value
		return nil, errors.New("not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// asObject is nil, in which nothing is found, for what is no object.
func asObject(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

// valueLike reads text as JSON if that gives the type there is, as which null
// counts on either side, and takes it as it stands otherwise.
func valueLike(existing any, text string) any {
	value, err := decodeJSON([]byte(text))
	if err != nil {
		return text
	}
	if value == nil || existing == nil || fmt.Sprintf("%T", value) == fmt.Sprintf("%T", existing) {
		return value
	}
	return text
}

// paths lists what can be set, nested fields after the object they are in.
func paths(prefix string, fields map[string]any) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		all = append(all, prefix+name)
		all = append(all, paths(prefix+name+".", asObject(fields[name]))...)
	}
	return all
}

// plainPath is a path or type of event as people write it, and "[hidden]" for
// anything else: it may be a key.
func plainPath(path string) string {
	const longest = 40
	if path == "" || len(path) > longest || strings.Trim(path, "abcdefghijklmnopqrstuvwxyz._") != "" {
		return "[hidden]"
	}
	return path
}
