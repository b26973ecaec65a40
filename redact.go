package pepay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Redacted returns what v shows without its secrets, for a log or a message: every
// [Secret] in it, however deep, is "[redacted]", with fmt, log/slog and
// encoding/json alike. Models that hold a Secret do the same on their own, but
// slog's JSON handler and encoding/json encode a slice or a map of them as it goes
// over the wire, with the secrets; Redacted is for those.
//
//	logger.Info("keys", "keys", pepay.Redacted(keys))
//
// Fields that are unset are left out.
func Redacted(v any) any { return redactedValue(reflect.ValueOf(v)) }

// logValue is the LogValue of a model that holds a Secret.
func logValue(v any) slog.Value {
	switch shown := redactedValue(reflect.ValueOf(v)).(type) {
	case redactedObject:
		return shown.LogValue()
	default:
		return slog.AnyValue(shown)
	}
}

// format is the Format of a model that holds a Secret. All verbs look alike.
func format(f fmt.State, v any) {
	_, _ = fmt.Fprint(f, redactedValue(reflect.ValueOf(v)))
}

// redactedMember is a field of a struct or an entry of a map.
type redactedMember struct {
	name  string
	value any
}

// redactedObject is a struct or a map as it is shown.
type redactedObject []redactedMember

func (o redactedObject) String() string {
	var out strings.Builder
	for _, m := range o {
		fmt.Fprintf(&out, " %s:%v", m.name, m.value)
	}
	return "{" + strings.TrimPrefix(out.String(), " ") + "}"
}

// Format writes the members, whatever the verb.
func (o redactedObject) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// LogValue is a group of the members.
func (o redactedObject) LogValue() slog.Value {
	attrs := make([]slog.Attr, len(o))
	for i, m := range o {
		attrs[i] = slog.Any(m.name, m.value)
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON encodes the members in their order.
func (o redactedObject) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func redactedValue(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch value := v.Interface().(type) {
	case Secret:
		return redacted
	case Timestamp:
		return value.Time
	case time.Time, Decimal:
		return value
	case json.RawMessage:
		return string(value)
	case interface{ showsNoContent() }:
		return value
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return redactedValue(v.Elem())
	case reflect.Struct:
		return redactedStruct(v)
	case reflect.Map:
		return redactedMap(v)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("%d bytes", v.Len())
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = redactedValue(v.Index(i))
		}
		return list
	default:
		return v.Interface()
	}
}

// redactedStruct leaves out what is unset and optional. The alternative of a union
// is kept as JSON in a field that cannot be read from outside; it is not shown.
func redactedStruct(v reflect.Value) redactedObject {
	object := redactedObject{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous && v.Field(i).CanInterface() {
			if inner, ok := redactedValue(v.Field(i)).(redactedObject); ok {
				object = append(object, inner...)
				continue
			}
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			name = field.Name
		}
		switch value := v.Field(i); {
		case !field.IsExported():
			if !value.IsZero() {
				object = append(object, redactedMember{name, redacted})
			}
		case (name == field.Name || strings.Contains(options, "omit")) && value.IsZero():
		default:
			object = append(object, redactedMember{name, redactedValue(value)})
		}
	}
	return object
}

func redactedMap(v reflect.Value) redactedObject {
	object := make(redactedObject, 0, v.Len())
	for key, value := range v.Seq2() {
		object = append(object, redactedMember{fmt.Sprint(redactedValue(key)), redactedValue(value)})
	}
	slices.SortFunc(object, func(a, b redactedMember) int { return strings.Compare(a.name, b.name) })
	return object
}
