package pepay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// withAdditional encodes a value whose JSON is an object and adds members to it,
// by name. One that the object has already is an error: nobody can tell which of
// the two is meant.
func withAdditional[T any](value any, members map[string]T) ([]byte, error) {
	object, err := json.Marshal(value)
	if err != nil || len(members) == 0 {
		return object, err
	}
	more := make(map[string]json.RawMessage, len(members))
	for name, member := range members {
		if more[name], err = json.Marshal(member); err != nil {
			return nil, fmt.Errorf("pepay: %q: %w", name, err)
		}
	}
	has, err := membersOf(object)
	if err != nil {
		return nil, err
	}
	for name := range more {
		if _, taken := has[name]; taken {
			return nil, fmt.Errorf("%w: the additional property %q has a field of its own, which is set", ErrInvalidArgument, name)
		}
	}
	return appendMembers(object, more)
}

// withUnion encodes the properties of a value and adds the members of its
// alternative. A property that is set counts where both have it. Without
// properties the alternative may be anything: a text, a list.
func withUnion(value any, union json.RawMessage) ([]byte, error) {
	object, err := json.Marshal(value)
	if err != nil || union == nil {
		return object, err
	}
	has, err := membersOf(object)
	if err != nil {
		return nil, err
	}
	if len(has) == 0 {
		return union, nil
	}
	more, err := membersOf(union)
	if err != nil {
		return nil, fmt.Errorf("%w: properties are set, and the alternative is no object that could have them", ErrInvalidArgument)
	}
	maps.DeleteFunc(more, func(name string, _ json.RawMessage) bool { _, taken := has[name]; return taken })
	return appendMembers(object, more)
}

// additional decodes the members of an object but those with the given names.
func additional[T any](data []byte, members *map[string]T, named ...string) error {
	all, err := membersOf(data)
	if err != nil {
		return err
	}
	*members = nil
	for name, content := range all {
		if slices.Contains(named, name) {
			continue
		}
		var value T
		if err := json.Unmarshal(content, &value); err != nil {
			return fmt.Errorf("pepay: %q: %w", name, err)
		}
		if *members == nil {
			*members = map[string]T{}
		}
		(*members)[name] = value
	}
	return nil
}

// alternative encodes one alternative of a union, with the members that tell which
// it is, over what the union has already.
func alternative(union json.RawMessage, value any, stamps ...string) (json.RawMessage, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if union == nil && len(stamps) == 0 {
		return content, nil
	}
	object := map[string]json.RawMessage{}
	for _, part := range append([]string{string(union), string(content)}, stamps...) {
		if part == "" {
			continue
		}
		members, err := membersOf([]byte(part))
		if err != nil {
			return nil, fmt.Errorf("%w: %T is no object, whose members could be merged", ErrInvalidArgument, value)
		}
		maps.Copy(object, members)
	}
	return json.Marshal(object)
}

var errNoObject = errors.New("pepay: not a JSON object")

func membersOf(object []byte) (map[string]json.RawMessage, error) {
	if object = bytes.TrimSpace(object); string(object) == "null" {
		return nil, nil //nolint:nilnil // null has no members, and a nil map can be read
	}
	if len(object) == 0 || object[0] != '{' {
		return nil, errNoObject
	}
	var members map[string]json.RawMessage
	err := json.Unmarshal(object, &members)
	return members, err
}

// appendMembers puts members behind those of an object, in the order of their
// names.
func appendMembers(object []byte, members map[string]json.RawMessage) ([]byte, error) {
	if len(members) == 0 {
		return object, nil
	}
	more, err := json.Marshal(members) // sorts
	if err != nil {
		return nil, err
	}
	if len(object) <= len("{}") || object[0] != '{' {
		return more, nil
	}
	return slices.Concat(object[:len(object)-1], []byte{','}, more[1:]), nil
}
