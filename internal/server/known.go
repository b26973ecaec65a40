package server

import (
	"bytes"
	"encoding/json"
)

// KnownBody is a body that CheckBody accepts, with only the members that the
// contract knows. encoding/json would also take SCOPE for scope.
func KnownBody(operationID string, body []byte) []byte {
	if len(bytes.TrimSpace(body)) == 0 {
		return body
	}
	return requests[operationID].body.known(body)
}

// known drops the members of objects that the schema does not name. What has
// alternatives, and what may have any members, stays as it is.
func (s *schema) known(raw json.RawMessage) json.RawMessage {
	s = s.resolve()
	switch kind := kindOf(raw); {
	case s == nil:
		return raw
	case kind == "array" && s.items != nil:
		return s.knownItems(raw)
	case kind == "object":
		if properties, open := s.allProperties(20); !open {
			return knownMembers(properties, raw)
		}
	}
	return raw
}

// allProperties are those of the schema and of its parts. open says that an object
// may have any others.
func (s *schema) allProperties(depth int) (properties map[string]*schema, open bool) {
	s = s.resolve()
	if s == nil || depth == 0 || len(s.anyOf)+len(s.oneOf) > 0 || s.others != nil {
		return nil, true
	}
	properties = map[string]*schema{}
	for name, property := range s.properties {
		properties[name] = property
	}
	for _, part := range s.all {
		more, open := part.allProperties(depth - 1)
		if open {
			return nil, true
		}
		for name, property := range more {
			properties[name] = property
		}
	}
	return properties, depth == 20 && len(properties) == 0
}

func (s *schema) knownItems(raw json.RawMessage) json.RawMessage {
	items, err := itemsOf(raw)
	if err != nil {
		return raw
	}
	var out bytes.Buffer
	out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(s.items.known(item))
	}
	out.WriteByte(']')
	return out.Bytes()
}

func knownMembers(properties map[string]*schema, raw json.RawMessage) json.RawMessage {
	members, err := membersOf("", raw)
	if err != nil {
		return raw
	}
	var out bytes.Buffer
	out.WriteByte('{')
	for _, m := range members {
		property, ok := properties[m.name]
		if !ok {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return raw
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(property.known(m.value))
	}
	out.WriteByte('}')
	return out.Bytes()
}
