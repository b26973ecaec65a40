package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check compares a JSON value with the schema. at is its path for messages. Of an
// object and a list it looks only into what the schema knows, so that the rest
// costs no memory.
func (s *schema) check(at string, raw json.RawMessage) error {
	s = s.resolve()
	if s == nil {
		return nil
	}
	kind := kindOf(raw)
	if kind == "null" && s.nullable {
		return nil
	}
	if !s.hasKind(kind) {
		return fmt.Errorf("%s must be %s", at, describe(s.types, s.nullable))
	}
	if len(s.enum) > 0 && !s.lists(kind, raw) {
		return fmt.Errorf("%s must be %s%s", at, choice(s.enum), insteadOf(kind, raw))
	}
	var err error
	switch kind {
	case "number":
		err = s.checkNumber(at, string(bytes.TrimSpace(raw)))
	case "string":
		err = s.checkString(at, textOf(raw))
	case "array":
		err = s.checkArray(at, raw)
	case "object":
		err = s.checkObject(at, raw)
	}
	if err != nil {
		return err
	}
	return s.checkParts(at, raw)
}

// kindOf is the type of a valid JSON value.
func kindOf(raw []byte) string {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func (s *schema) hasKind(kind string) bool {
	return len(s.types) == 0 || slices.Contains(s.types, kind) || kind == "number" && slices.Contains(s.types, "integer")
}

func (s *schema) lists(kind string, raw json.RawMessage) bool {
	value := scalar(kind, raw)
	return slices.ContainsFunc(s.enum, func(allowed string) bool {
		return value == allowed || kind == "number" && isNumber(allowed) && compare(value, allowed) == 0
	})
}

// scalar is a string without its quotes and any other value as it is written.
func scalar(kind string, raw json.RawMessage) string {
	if kind == "string" {
		return textOf(raw)
	}
	return string(bytes.TrimSpace(raw))
}

// textOf is the text of a valid JSON string.
func textOf(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // raw is valid
	return text
}

func (s *schema) checkNumber(at, number string) error {
	whole := slices.Contains(s.types, "integer") && !slices.Contains(s.types, "number")
	if whole && strings.ContainsAny(number, ".eE") {
		return fmt.Errorf("%s must be an integer", at)
	}
	if err := s.checkBounds(at, number, whole); err != nil {
		return err
	}
	if whole {
		if _, err := strconv.ParseInt(number, 10, 64); err != nil {
			return fmt.Errorf("%s is out of range", at)
		}
	}
	return nil
}

func (s *schema) checkBounds(at, number string, whole bool) error {
	low, high := s.min != "" && compare(number, s.min) < 0, s.max != "" && compare(number, s.max) > 0
	switch {
	case whole && (low || high) && s.min != "" && s.max != "":
		return fmt.Errorf("%s must be from %s to %s", at, s.min, s.max)
	case low:
		return fmt.Errorf("%s must be at least %s", at, s.min)
	case high:
		return fmt.Errorf("%s must be at most %s", at, s.max)
	case s.above != "" && compare(number, s.above) <= 0:
		return fmt.Errorf("%s must be more than %s", at, s.above)
	case s.below != "" && compare(number, s.below) >= 0:
		return fmt.Errorf("%s must be less than %s", at, s.below)
	}
	return nil
}

func (s *schema) checkString(at, text string) error {
	if err := checkCount(at, utf8.RuneCountInString(text), s.minLength, s.maxLength, "character"); err != nil {
		return err
	}
	form := formats[s.format]
	if form.holds != nil && !form.holds(text) {
		return fmt.Errorf("%s must be %s", at, s.form())
	}
	if s.pattern != nil && !s.pattern.MatchString(text) {
		return fmt.Errorf("%s must be %s", at, s.form())
	}
	return nil
}

// form says in words what a string looks like.
func (s *schema) form() string {
	if s.pattern == nil {
		return formats[s.format].name
	}
	if s.format == "uuid" && !s.pattern.MatchString(uuidV1) && s.pattern.MatchString(uuidV4) {
		return "a UUID v4 in small letters, such as " + uuidV4
	}
	return "text that matches " + s.pattern.String()
}

func (s *schema) checkArray(at string, raw json.RawMessage) error {
	if s.items == nil && s.minItems == "" && s.maxItems == "" {
		return nil
	}
	items, err := itemsOf(raw)
	if err != nil {
		return fmt.Errorf("%s cannot be read", at)
	}
	if err := checkCount(at, len(items), s.minItems, s.maxItems, "item"); err != nil {
		return err
	}
	for i, item := range items {
		if err := s.items.check(at+"["+strconv.Itoa(i)+"]", item); err != nil {
			return err
		}
	}
	return nil
}

// checkCount compares a length, given its bounds in text.
func checkCount(at string, n int, low, high, what string) error {
	count := strconv.Itoa(n)
	switch {
	case low == "1" && n == 0:
		return fmt.Errorf("%s is empty", at)
	case low != "" && compare(count, low) < 0:
		return fmt.Errorf("%s must have at least %s", at, several(low, what))
	case high != "" && compare(count, high) > 0:
		return fmt.Errorf("%s must have at most %s", at, several(high, what))
	}
	return nil
}

func several(n, what string) string {
	if n == "1" {
		return n + " " + what
	}
	return n + " " + what + "s"
}

func (s *schema) checkObject(at string, raw json.RawMessage) error {
	if s.properties == nil && s.required == nil && s.others == nil && !s.closed {
		return nil
	}
	members, err := membersOf(at, raw)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, m := range members {
		has[m.name] = true
		property := s.properties[m.name]
		switch {
		case property == nil && s.closed:
			return fmt.Errorf("%s has no member %s", at, quoted(m.name))
		case property == nil:
			property = s.others
		}
		if property == nil {
			continue
		}
		if err := property.check(below(at, m.name), m.value); err != nil {
			return err
		}
	}
	for _, name := range s.required {
		if !has[name] {
			return fmt.Errorf("%s is required", below(at, name))
		}
	}
	return nil
}

// wholeBody is the path of the body itself. It is not part of other paths.
const wholeBody = "the request body"

// below is the path of a member.
func below(at, name string) string {
	if at == wholeBody {
		return name
	}
	return at + "." + name
}

// checkParts compares the value with the schemas that this one is composed of.
func (s *schema) checkParts(at string, raw json.RawMessage) error {
	for _, part := range s.all {
		if err := part.check(at, raw); err != nil {
			return err
		}
	}
	if err := checkAlternatives(at, raw, s.anyOf, false); err != nil {
		return err
	}
	return checkAlternatives(at, raw, s.oneOf, true)
}

// checkAlternatives reports the error of the alternative that has the type of the
// value, if there is one such.
func checkAlternatives(at string, raw json.RawMessage, alternatives []*schema, exactlyOne bool) error {
	if len(alternatives) == 0 {
		return nil
	}
	var ofKind []error
	var kinds []string
	holds := 0
	for _, alternative := range alternatives {
		err := alternative.check(at, raw)
		if err == nil {
			holds++
			continue
		}
		of := alternative.kinds()
		if (&schema{types: of}).hasKind(kindOf(raw)) {
			ofKind = append(ofKind, err)
		}
		kinds = append(kinds, of...)
	}
	switch {
	case holds == 1, holds > 1 && !exactlyOne:
		return nil
	case holds > 1:
		return fmt.Errorf("%s has more than one of the documented forms", at)
	case len(ofKind) == 1:
		return ofKind[0]
	case len(ofKind) == 0:
		return fmt.Errorf("%s must be %s", at, describe(kinds, false))
	}
	return fmt.Errorf("%s has none of the documented forms: %w", at, ofKind[0])
}
