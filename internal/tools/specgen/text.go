package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// isUnprintable tells whether a character would end a comment or a line of the
// generated text, is refused by the Go compiler, or hides what follows it:
// control characters, the separators U+2028 and U+2029, byte order marks and
// marks of the writing direction.
func isUnprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
}

// checkText refuses names that cannot stand in Go text: with control characters,
// invisible ones, or quotes where the generator puts a name between some.
func checkText(p place) []finding {
	var found []finding
	refuse := func(at path, value, what, quotes string) {
		for _, r := range value {
			if isUnprintable(r) || strings.ContainsRune(quotes, r) {
				found = append(found, finding{path: at, text: fmt.Sprintf("%s has the character %q, which generated code cannot hold", what, r)})
				return
			}
		}
	}
	for key, value := range pairs(p.node) {
		refuse(p.path.with(key), key, "the key", "")
		if !strings.HasPrefix(string(p.field(key)), "{}") {
			continue
		}
		quotes := ""
		if slices.Contains([]string{"paths", "webhooks", "properties", "headers", "callbacks"}, key) && p.kind != "components" {
			quotes = "\"`"
		}
		for name := range pairs(value) {
			refuse(p.path.with(key, name), name, "the name", quotes)
		}
	}
	words := map[kind][]string{
		"operation": {"operationId"}, "parameter": {"name", "in", "style"}, "security scheme": {"name", "in", "scheme"}, "discriminator": {"propertyName"},
	}
	for _, key := range words[p.kind] {
		quotes := "\"`"
		if key == "operationId" {
			quotes = ""
		}
		refuse(p.path.with(key), valueOf(child(p.node, key)), "the "+key, quotes)
	}
	return found
}
