package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// decoders are the types of package pepay with an UnmarshalJSON of their own. A member
// that is read into the field of another has that member's name; "[]" is the field
// that an array in place of the object goes into, and "data" the member that the object
// may stand in.
var decoders = map[reflect.Type]map[string]string{
	reflect.TypeFor[pepay.Event]():               {},
	reflect.TypeFor[pepay.ProductSearchResult](): {"[]": "products"},
	reflect.TypeFor[pepay.Order]():               {"id": "orderId", "invoice_id": "invoiceId"},
	reflect.TypeFor[pepay.EstimateItemInput]():   {"product_id": "productId"},
	reflect.TypeFor[pepay.PaymentSession]():      {"data": ""},
	reflect.TypeFor[pepay.Order]():               {"id": "orderId", "invoice_id": "invoiceId"},
	reflect.TypeFor[pepay.EstimateItemInput]():   {"product_id": "productId"},
}

// losses decodes JSON into a new value of a Go type and encodes that again. It returns
// what is wrong, by the path of the value: a member without a field, or a value that
// comes back as another. Zeros may stay away.
func losses(content []byte, goType reflect.Type) (map[string]string, error) {
	original, err := exactly(content)
	if err != nil {
		return nil, err
	}
	value := reflect.New(goType)
	if err := json.Unmarshal(content, value.Interface()); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value.Interface())
	if err != nil {
		return nil, err
	}
	again, err := exactly(encoded)
	if err != nil {
		return nil, err
	}
	c := comparison{}
	c.compare("$", original, again, goType)
	return c, nil
}

// exactly decodes JSON with numbers as they are written.
func exactly(content []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	return value, err
}

// comparison is what differs, by path.
type comparison map[string]string

var (
	rawMessage  = reflect.TypeFor[json.RawMessage]()
	decimal     = reflect.TypeFor[pepay.Decimal]()
	timestamp   = reflect.TypeFor[pepay.Timestamp]()
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
)

// compare holds what was decoded into a type against what it encodes as; again is nil
// where that has nothing.
func (c comparison) compare(path string, original, again any, goType reflect.Type) {
	for goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	aliases, known := decoders[goType]
	switch {
	case goType == rawMessage || goType.Kind() == reflect.Interface:
		c.wantSame(path, original, again, exact)
	case goType == decimal:
		c.wantSame(path, original, again, sameNumber)
	case goType == reflect.TypeFor[time.Time](): // RFC 3339, in requests
		c.wantSame(path, original, again, exact)
	case goType == timestamp:
		c.wantSame(path, original, again, sameTime)
	case reflect.PointerTo(goType).Implements(unmarshaler) && !known && !isGeneratedDecoder(goType):
		c[path] = fmt.Sprintf("is decoded by %v.UnmarshalJSON: add the type to decoders, with the names that it reads", goType)
	case goType.Kind() == reflect.Struct:
		if list, ok := original.([]any); ok && aliases["[]"] != "" {
			original = map[string]any{aliases["[]"]: list}
		}
		if _, inData := aliases["data"]; inData {
			if members, ok := original.(map[string]any); ok && members["data"] != nil {
				original = members["data"]
			}
		}
		c.compareObject(path, original, again, goType, aliases)
	case goType.Kind() == reflect.Slice:
		c.compareList(path, original, again, goType.Elem())
	case goType.Kind() == reflect.Map:
		members, _ := original.(map[string]any)
		encoded, _ := again.(map[string]any)
		for name, member := range members {
			c.compare(path+"."+name, member, encoded[name], goType.Elem())
		}
	default:
		c.wantSame(path, original, again, exact)
	}
}

func (c comparison) compareObject(path string, original, again any, goType reflect.Type, aliases map[string]string) {
	members, ok := original.(map[string]any)
	if !ok {
		c.wantSame(path, original, again, exact)
		return
	}
	encoded, _ := again.(map[string]any)
	for name, member := range members {
		at := path + "." + name
		field, ok := fieldFor(goType, name)
		if !ok && aliases[name] != "" {
			name = aliases[name]
			field, ok = fieldFor(goType, name)
		}
		if !ok {
			c[at] = fmt.Sprintf("has no field in %v", goType)
			continue
		}
		c.compare(at, member, encoded[name], field)
	}
}

func (c comparison) compareList(path string, original, again any, item reflect.Type) {
	list, ok := original.([]any)
	if !ok {
		c.wantSame(path, original, again, exact)
		return
	}
	encoded, _ := again.([]any)
	if len(encoded) != len(list) {
		c[path] = fmt.Sprintf("has %d items and comes back with %d", len(list), len(encoded))
		return
	}
	for i := range list {
		c.compare(fmt.Sprintf("%s[%d]", path, i), list[i], encoded[i], item)
	}
}

func (c comparison) wantSame(path string, original, again any, same func(a, b any) bool) {
	if isZero(original) && isZero(again) || same(original, again) {
		return
	}
	c[path] = fmt.Sprintf("is %v and comes back as %v", original, again)
}

// fieldFor is the type of the field that takes a member: the one with its exact name,
// or the map of additional properties.
func fieldFor(goType reflect.Type, name string) (reflect.Type, bool) {
	for i := range goType.NumField() {
		tag, _, _ := strings.Cut(goType.Field(i).Tag.Get("json"), ",")
		if tag == name {
			return goType.Field(i).Type, true
		}
	}
	if more, ok := goType.FieldByName("AdditionalProperties"); ok {
		return more.Type.Elem(), true
	}
	return nil, false
}

// isGeneratedDecoder tells whether the generator wrote the UnmarshalJSON of a type:
// that of an object with additional properties.
func isGeneratedDecoder(goType reflect.Type) bool {
	if goType.Kind() != reflect.Struct {
		return false
	}
	_, ok := goType.FieldByName("AdditionalProperties")
	return ok
}

// isZero tells whether a value may stay away when it is encoded again: nothing, false,
// 0, "", and lists and objects that have nothing else.
func isZero(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		n, ok := new(big.Rat).SetString(v.String())
		return ok && n.Sign() == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, member := range v {
			if !isZero(member) {
				return false
			}
		}
		return true
	}
	return false
}

// exact compares numbers as decimals, whatever their spelling, and the rest as it is.
func exact(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a, b)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !exact(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name := range a {
			if !exact(a[name], b[name]) {
				return false
			}
		}
		return true
	default:
		return a == b
	}
}

// sameNumber compares numbers that may be text.
func sameNumber(a, b any) bool {
	x, ok := new(big.Rat).SetString(fmt.Sprint(a))
	y, okToo := new(big.Rat).SetString(fmt.Sprint(b))
	return ok && okToo && x.Cmp(y) == 0
}

// sameTime compares points in time to the second, which is what a Timestamp encodes.
func sameTime(original, again any) bool {
	want := fmt.Sprint(original)
	if at, err := time.Parse(time.RFC3339, want); err == nil {
		want = fmt.Sprint(at.Unix())
	}
	return sameNumber(json.Number(want), again)
}
