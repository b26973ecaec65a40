package server

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// member is a name of an object and its value, as it is written.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf lists the members of a valid object as they came. encoding/json's
// structs and maps would take SCOPE for scope, and the last of two.
func membersOf(at string, raw json.RawMessage) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("%s cannot be read", at)
	}
	var members []member
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		var m member
		if err == nil {
			m.name, _ = name.(string)
			err = decoder.Decode(&m.value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read", at)
		}
		if seen[m.name] {
			return nil, fmt.Errorf("%s has the member %s twice", at, quoted(m.name))
		}
		seen[m.name] = true
		members = append(members, m)
	}
	return members, nil
}

// itemsOf lists the items of a valid array.
func itemsOf(raw json.RawMessage) (items []json.RawMessage, err error) {
	err = json.Unmarshal(raw, &items)
	return items, err
}
