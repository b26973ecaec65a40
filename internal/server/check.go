package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// CheckQuery compares a query with what the contract says about the operation. A
// parameter that the contract does not know, that is empty or that comes twice is
// an error. Errors are for people and name the parameter.
func CheckQuery(operationID, rawQuery string) error {
	r, err := requestOf(operationID)
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return errors.New("the query cannot be read: a % begins an escape such as %20, and parameters are separated by &")
	}
	var unknown, documented []string
	for _, p := range r.query {
		documented = append(documented, p.name)
	}
	for name := range query {
		if !slices.Contains(documented, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		if len(documented) == 0 {
			documented = []string{"none"}
		}
		return fmt.Errorf("the query has no parameter %s; there are %s", quoted(slices.Min(unknown)), strings.Join(documented, ", "))
	}
	for _, p := range r.query {
		if err := p.check(query[p.name]); err != nil {
			return err
		}
	}
	return nil
}

// CheckHeaders compares the headers of a request with those that the contract
// documents for the operation. Others are of no concern.
func CheckHeaders(operationID string, h http.Header) error {
	r, err := requestOf(operationID)
	if err != nil {
		return err
	}
	for _, p := range r.headers {
		if err := p.check(h.Values(p.name)); err != nil {
			return err
		}
	}
	return nil
}

// CheckBody compares the body of a request with the schema of the operation. It
// is empty where the contract does not require one. Members that the contract does
// not know are accepted; one that comes twice in an object is not. Names are
// compared exactly, and so are numbers.
func CheckBody(operationID, contentType string, body []byte) error {
	r, err := requestOf(operationID)
	if err != nil || r.body == nil {
		return err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if r.bodyRequired {
			return errors.New("the request needs a body in JSON")
		}
		return nil
	}
	if ct, _, err := mime.ParseMediaType(contentType); err != nil || ct != "application/json" {
		return errors.New("Content-Type must be application/json")
	}
	if !utf8.Valid(body) {
		return errors.New("the request body is not UTF-8")
	}
	if !json.Valid(body) {
		return errors.New("the request body is not valid JSON")
	}
	return r.body.check(wholeBody, body)
}

func requestOf(operationID string) (request, error) {
	r, ok := requests[operationID]
	if !ok {
		return r, fmt.Errorf("the contract has no operation %s", quoted(operationID))
	}
	return r, nil
}

// check compares the values of a parameter, in text.
func (p parameter) check(values []string) error {
	switch {
	case len(values) == 0 && p.required:
		return fmt.Errorf("%s is required", p.name)
	case len(values) == 0:
		return nil
	case len(values) > 1 && !p.repeats:
		return fmt.Errorf("%s is given twice", p.name)
	case slices.Contains(values, ""):
		return fmt.Errorf("%s is empty", p.name)
	case p.repeats:
		return p.schema.checkList(p.name, values)
	case p.split != "":
		return p.schema.checkList(p.name, strings.Split(values[0], p.split))
	}
	return p.schema.check(p.name, p.schema.literal(values[0]))
}

// checkList compares the items of a list that came as text.
func (s *schema) checkList(name string, values []string) error {
	s = s.resolve()
	items := make([]json.RawMessage, len(values))
	for i, value := range values {
		items[i] = s.items.literal(value)
	}
	list, err := json.Marshal(items)
	if err != nil {
		return fmt.Errorf("%s cannot be read", name)
	}
	return s.check(name, list)
}

// literal is the JSON of a value that came as text: a number or a boolean where
// the schema has such values, else a string.
func (s *schema) literal(value string) []byte {
	kinds := s.kinds()
	kind := kindOf([]byte(value))
	if (kind == "number" || kind == "boolean") && json.Valid([]byte(value)) &&
		(slices.Contains(kinds, kind) || kind == "number" && slices.Contains(kinds, "integer")) {
		return []byte(value)
	}
	literal, err := json.Marshal(value)
	if err != nil { // it cannot fail for a string
		return []byte("null")
	}
	return literal
}

// quoted is a name from a request, fit for a message.
func quoted(name string) string {
	if runes := []rune(name); len(runes) > 40 {
		name = string(runes[:40]) + "…"
	}
	return fmt.Sprintf("%q", name)
}
