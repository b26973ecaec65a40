package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// withFields changes and adds fields of a JSON object as texts of the form PATH=VALUE
// say, one after the other. A path has dots between its names and may begin with
// data.object, where an event has its resource.
func withFields(object json.RawMessage, sets, adds []string) (json.RawMessage, error) {
	if len(sets)+len(adds) == 0 {
		return object, nil
	}
	decoded, err := decodeJSON(object)
	if err != nil {
		return nil, err
	}
	root := asObject(decoded)
	for _, set := range sets {
		if err := setField(root, set); err != nil {
			return nil, err
		}
	}
	for _, add := range adds {
		if err := addField(root, add); err != nil {
			return nil, err
		}
	}
	return json.Marshal(root)
}

// setField changes a field that is there, or a member of metadata, which has the names
// that a merchant gives it.
func setField(root map[string]any, set string) error {
	path, value, ok := strings.Cut(set, "=")
	if !ok {
		return usagef("--set: write PATH=VALUE, such as status=paid")
	}
	path = strings.TrimPrefix(path, "data.object.")
	if strings.HasPrefix(path, "metadata.") {
		if fields, name := parent(root, path, true); fields != nil && name != "" && fields[name] == nil {
			fields[name] = jsonOrText(value)
			return nil
		}
	}
	fields, name := parent(root, path, false)
	existing, ok := fields[name]
	if !ok {
		return usagef("--set: there is no %s; there are %s; --add adds one", plainPath(path), strings.Join(paths("", root), ", "))
	}
	typed, want := typedAs(existing, value)
	if want != "" {
		return usagef("--set: %s is %s", plainPath(path), want)
	}
	fields[name] = typed
	return checkFields("--set", path, root)
}

// addField adds a field that is not there, with the objects that it is in.
func addField(root map[string]any, add string) error {
	path, value, ok := strings.Cut(add, "=")
	path = strings.TrimPrefix(path, "data.object.")
	if !ok || path == "" || slices.Contains(strings.Split(path, "."), "") {
		return usagef("--add: write PATH=VALUE, such as metadata.order=17")
	}
	fields, name := parent(root, path, true)
	if fields == nil {
		return usagef("--add: %s goes through a field that is not an object", plainPath(path))
	}
	if _, there := fields[name]; there {
		return usagef("--add: there is a %s already; --set changes it", plainPath(path))
	}
	fields[name] = jsonOrText(value)
	return checkFields("--add", path, root)
}

// parent is the object that a path ends in, and the last name of the path. Objects on
// the way that are missing or null are made where create is set; else, and where something
// else is there, the object is nil.
func parent(root map[string]any, path string, create bool) (fields map[string]any, name string) {
	fields, name = root, path
	for fields != nil {
		first, rest, nested := strings.Cut(name, ".")
		if !nested {
			break
		}
		if create && fields[first] == nil {
			fields[first] = map[string]any{}
		}
		fields, name = asObject(fields[first]), rest
	}
	return fields, name
}

// checkFields decodes a resource that Pepay documents as the SDK does: a field that is
// null in the sample has a type too.
func checkFields(flag, path string, root map[string]any) error {
	model := modelOf(root)
	object, err := json.Marshal(root)
	if err != nil || model == nil {
		return err
	}
	err = json.Unmarshal(object, model)
	if err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return usagef("%s: %s is %s", flag, plainPath(path), typeInWords(mismatch.Type.String()))
	}
	return usagef("%s: %s cannot have that value", flag, plainPath(path))
}

func modelOf(root map[string]any) any {
	switch root["object"] {
	case "invoice":
		return new(pepay.Invoice)
	case "invoice_payment":
		return new(pepay.InvoicePayment)
	case "commerce_order":
		return new(pepay.Order)
	case "payment_quote":
		return new(pepay.PaymentQuote)
	}
	return nil
}

// typeInWords is a type of Go for people who do not write Go.
func typeInWords(name string) string {
	switch {
	case strings.HasPrefix(name, "int"), strings.HasSuffix(name, "Decimal"):
		return "a number"
	case name == "bool":
		return "true or false"
	case name == "string":
		return "text"
	case strings.HasSuffix(name, "Timestamp"):
		return "a time, in seconds since 1970 or as RFC 3339"
	case strings.HasPrefix(name, "[]"):
		return "a JSON list"
	}
	return "of another type"
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

func jsonOrText(text string) any {
	value, err := decodeJSON([]byte(text))
	if err != nil {
		return text
	}
	return value
}

// asObject is nil, in which nothing is found, for what is not an object.
func asObject(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

// typedAs reads text as a value of the type there is; null is one of every type. For
// text of another type it says in want which type the field has.
func typedAs(existing any, text string) (value any, want string) {
	value = jsonOrText(text)
	if value == nil {
		return nil, ""
	}
	ok := true
	switch existing.(type) {
	case string:
		if _, quoted := value.(string); !quoted {
			value = text
		}
	case json.Number:
		_, ok = value.(json.Number)
		want = "a number"
	case bool:
		_, ok = value.(bool)
		want = "true or false"
	case map[string]any:
		_, ok = value.(map[string]any)
		want = "a JSON object"
	case []any:
		_, ok = value.([]any)
		want = "a JSON list"
	}
	if !ok {
		return nil, want
	}
	return value, ""
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
