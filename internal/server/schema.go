package server

import "regexp"

// request is what the contract says about the requests of an operation.
type request struct {
	query, headers []parameter
	body           *schema // of application/json; nil where no body is documented
	bodyRequired   bool
}

// parameter is one of the query or a header.
type parameter struct {
	name     string
	required bool
	repeats  bool   // a list that is sent as several parameters of the name
	split    string // a list that is sent as one, with this between its items
	schema   *schema
}

// schema is what the contract says about a value. What is not set is not
// restricted. Bounds are text, so that they are compared exactly.
type schema struct {
	ref                string   // the name of another one, which says it all
	types              []string // as in JSON Schema, without null
	nullable           bool
	enum               []string
	format             string
	pattern            *regexp.Regexp
	min, max           string
	above, below       string // the bounds that are excluded
	minLength          string // of a string, in characters
	maxLength          string
	minItems, maxItems string
	items              *schema
	properties         map[string]*schema
	required           []string
	closed             bool    // there are no other properties
	others             *schema // what other properties hold
	all, anyOf, oneOf  []*schema
}

// resolve follows the name. A name that leads back to itself says nothing.
func (s *schema) resolve() *schema {
	for range 20 {
		if s == nil || s.ref == "" {
			return s
		}
		s = schemas[s.ref]
	}
	return nil
}

// kinds are the types that a value may have; none for any.
func (s *schema) kinds() []string { return s.kindsWithin(20) }

func (s *schema) kindsWithin(depth int) []string {
	s = s.resolve()
	if s == nil || depth == 0 {
		return nil
	}
	kinds := s.types
	for _, part := range s.all {
		if len(kinds) == 0 {
			kinds = part.kindsWithin(depth - 1)
		}
	}
	if len(kinds) > 0 {
		return kinds
	}
	for _, alternatives := range [][]*schema{s.anyOf, s.oneOf} {
		for _, alternative := range alternatives {
			of := alternative.kindsWithin(depth - 1)
			if len(of) == 0 {
				return nil
			}
			kinds = append(kinds, of...)
		}
	}
	return kinds
}
