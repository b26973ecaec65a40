package stream

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strings"
)

// Format prints what the stream follows and where it is, for every verb: no token,
// key or Source.
func (s *Stream) Format(f fmt.State, _ rune) {
	if s == nil {
		_, _ = io.WriteString(f, "stream(nil)")
		return
	}
	_, _ = fmt.Fprintf(f, "stream(%s, %s, cursor %q)", s.kind.name, s.State(), s.Cursor())
}

// LogValue is what Format prints, in groups.
func (s *Stream) LogValue() slog.Value {
	if s == nil {
		return slog.StringValue("nil")
	}
	return slog.GroupValue(slog.String("stream", s.kind.name), slog.String("state", s.State().String()), slog.String("cursor", s.Cursor()))
}

// Format prints the options that are set, for every verb. Of those that hold code
// or credentials it says only that they are set.
func (o Options) Format(f fmt.State, _ rune) {
	set := o.set()
	parts := make([]string, len(set))
	for i, attr := range set {
		parts[i] = attr.String()
	}
	_, _ = fmt.Fprintf(f, "stream.Options{%s}", strings.Join(parts, " "))
}

// LogValue is what Format prints, in groups.
func (o Options) LogValue() slog.Value { return slog.GroupValue(o.set()...) }

// set lists the options that are not zero.
func (o *Options) set() (set []slog.Attr) {
	options := reflect.ValueOf(*o)
	for i := range options.NumField() {
		name, value := options.Type().Field(i).Name, options.Field(i)
		_, isObserver := value.Interface().(Observer)
		switch kind := value.Kind(); {
		case value.IsZero():
		case isObserver, kind == reflect.Interface, kind == reflect.Pointer, kind == reflect.Func:
			set = append(set, slog.String(name, "set"))
		default:
			set = append(set, slog.Any(name, value.Interface()))
		}
	}
	return set
}
