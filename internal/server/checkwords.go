package server

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// words are the types as a message names them.
var words = map[string]string{
	"string": "a string", "integer": "an integer", "number": "a number", "boolean": "true or false",
	"array": "a list", "object": "a JSON object",
}

// describe names the types that a value may have.
func describe(types []string, nullable bool) string {
	var names []string
	for _, t := range types {
		if name := words[t]; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "of a documented form"
	}
	if nullable {
		names = append(names, "null")
	}
	return strings.Join(names, " or ")
}

// choice names the values of an enum.
func choice(values []string) string {
	switch len(values) {
	case 1:
		return values[0]
	case 2:
		return values[0] + " or " + values[1]
	}
	return "one of " + strings.Join(values, ", ")
}

// insteadOf repeats a value that is a short word, which a secret is not.
func insteadOf(kind string, raw json.RawMessage) string {
	value := scalar(kind, raw)
	isOdd := func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if value == "" || len(value) > 24 || strings.ContainsFunc(value, isOdd) {
		return ""
	}
	return ", not " + value
}

const (
	uuidV1 = "123e4567-e89b-12d3-a456-426614174000"
	uuidV4 = "123e4567-e89b-42d3-a456-556642440000"
)

// formats are those that are checked.
var formats = map[string]struct {
	name  string
	holds func(string) bool
}{
	"uuid":      {"a UUID", isUUID},
	"date-time": {"a date and time such as 2026-12-31T23:59:59Z", isDateTime},
	"uri":       {"an address with its scheme, such as https://example.com/", isURI},
}

func isUUID(text string) bool {
	if len(text) != len(uuidV4) {
		return false
	}
	for i, r := range []byte(text) {
		isHex := '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !isHex {
			return false
		}
	}
	return true
}

func isDateTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func isURI(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.IsAbs()
}
