package wrapper

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// envelope is the data form of an answer. Data is a pointer, or a null would pass
// for a value.
type envelope[T any] struct {
	Data *T `json:"data"`
}

// decode takes what was asked for out of an answer in the form that the contract
// documents.
func decode[T any](body []byte, form pepay.AnswerForm, lacks func(*T) string) (*T, error) {
	if len(body) == 0 {
		return nil, malformed("the answer is empty")
	}
	var answer envelope[T]
	var err error
	prefix := ""
	if form == pepay.AnswerInData {
		prefix = "data."
		err = json.Unmarshal(body, &answer)
	} else {
		err = json.Unmarshal(openEnvelope(body), &answer.Data)
	}
	switch {
	case err != nil:
		return nil, decodeError(err)
	case answer.Data == nil && prefix == "":
		return nil, malformed("the answer is null")
	case answer.Data == nil:
		return nil, malformed("data is missing")
	}
	if lacks != nil {
		if reason := lacks(answer.Data); reason != "" {
			return nil, malformed(prefix + reason)
		}
	}
	return answer.Data, nil
}

// openEnvelope returns what was asked for in an answer that may or may not be an
// envelope: the data of {success, data} with whatever else it has, of {ok, data}
// and of {status, data}, else the whole answer.
func openEnvelope(body []byte) []byte {
	var data []byte
	var success, other bool
	members := wire.NewMembers(body)
	for n := 0; members.Next(); n++ {
		switch string(members.Key()) {
		case "data":
			data = members.Value()
		case "success":
			success = true
		case "ok", "status":
		default:
			other = true
		}
	}
	if members.Close() != nil || data == nil || !success && other {
		return body
	}
	return data
}

// missing is what a function for lacks returns about one member of an answer.
func missing(is bool, name string) string {
	if is {
		return name + " is missing"
	}
	return ""
}

// malformed makes the cause of an answer that cannot be used.
func malformed(reason string) error { return fmt.Errorf("%w: %s", ErrMalformedResponse, reason) }

// mismatchError says which member of an answer does not fit. It stands in for
// the decoder's own text, which has the names of Go types in it.
type mismatchError struct{ cause *json.UnmarshalTypeError }

func (e mismatchError) Error() string {
	member := e.cause.Field
	if member == "" {
		member = "the answer"
	}
	want := jsonKind(e.cause.Type)
	if want == "an integer" && strings.HasPrefix(e.cause.Value, "number") {
		want = "an integer that fits"
	}
	got := e.cause.Value
	if got == "bool" {
		got = "boolean"
	}
	return fmt.Sprintf("%s is a JSON %s, not %s", member, got, want)
}

func (e mismatchError) Unwrap() error { return e.cause }

func decodeError(err error) error {
	if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) && mismatch.Type != nil {
		err = mismatchError{mismatch}
	}
	return fmt.Errorf("%w: %w", ErrMalformedResponse, err)
}

// jsonKind says in JSON's words what would have fitted.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "a boolean"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Pointer:
		return jsonKind(t.Elem())
	}
	return "an integer"
}
