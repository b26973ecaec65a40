package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// normalise turns a published document, JSON or YAML, into the form openapi.json
// has, and refuses what is not an OpenAPI 3 document with paths.
func normalise(content []byte) ([]byte, error) {
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	if !utf8.Valid(content) {
		return nil, errors.New("it is not UTF-8")
	}
	if len(content) == 0 {
		return nil, errors.New("it is empty")
	}
	if content[0] != '{' {
		var err error
		if content, err = yamlToJSON(content); err != nil {
			return nil, err
		}
	}
	document, err := normalForm(content)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read as JSON: %w", err)
	}
	return document, checkOpenAPI(document)
}

func checkOpenAPI(document []byte) error {
	var doc map[string]any
	if err := json.Unmarshal(document, &doc); err != nil {
		return errors.New("it is not an object")
	}
	version, _ := doc["openapi"].(string)
	if !strings.HasPrefix(version, "3.") {
		return fmt.Errorf("it is not an OpenAPI 3 document (openapi: %.20q)", version)
	}
	if paths, _ := doc["paths"].(map[string]any); len(paths) == 0 {
		return errors.New("it has no paths")
	}
	return nil
}

// normalForm prints JSON the way `jq .` does: two spaces, keys in the order they
// came, strings in UTF-8 with only those characters escaped that have to be. The
// document is then the same text whatever program published it. Numbers keep
// their spelling.
func normalForm(content []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var compact bytes.Buffer
	if err := copyValue(&compact, decoder, 0); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// maxDepth is many times what a document needs. It stops at YAML anchors that contain
// themselves and at documents of nothing but brackets.
const maxDepth = 200

func copyValue(w *bytes.Buffer, decoder *json.Decoder, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it has more than %d levels", maxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch value := token.(type) {
	case json.Delim:
		w.WriteRune(rune(value))
		keys := map[string]bool{}
		for first := true; decoder.More(); first = false {
			if !first {
				w.WriteByte(',')
			}
			if value == '{' {
				if err := copyKey(w, decoder, keys); err != nil {
					return err
				}
			}
			if err := copyValue(w, decoder, depth+1); err != nil {
				return err
			}
		}
		if _, err := decoder.Token(); err != nil { // the matching end
			return err
		}
		w.WriteRune(rune(value) + 2) // ] is two after [, and } two after {
		return nil
	case json.Number:
		w.WriteString(value.String())
	case string:
		writeString(w, value)
	case bool:
		fmt.Fprint(w, value)
	case nil:
		w.WriteString("null")
	}
	return nil
}

// copyKey refuses a key that comes twice: programs differ in which of them holds.
func copyKey(w *bytes.Buffer, decoder *json.Decoder, seen map[string]bool) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	key, ok := token.(string)
	if !ok || seen[key] {
		return fmt.Errorf("the key %.40q comes twice in one object", fmt.Sprint(token))
	}
	seen[key] = true
	writeString(w, key)
	w.WriteByte(':')
	return nil
}

func writeString(w *bytes.Buffer, s string) {
	const short = "\b\f\n\r\t\"\\"
	w.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune(short, r); {
		case i >= 0:
			w.WriteByte('\\')
			w.WriteByte(`bfnrt"\`[i])
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(w, `\u%04x`, r)
		default:
			w.WriteRune(r)
		}
	}
	w.WriteByte('"')
}
