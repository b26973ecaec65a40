package pepay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// jsonBody encodes a body as JSON. net/http knows the type of the reader, so that
// it can send the body again.
func jsonBody(body any) (io.Reader, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%w: the body: %w", ErrInvalidArgument, err)
	}
	return bytes.NewReader(content), nil
}

// textBody is a body of text/plain, which only a text, a number or a boolean can
// be.
func textBody(body any) (io.Reader, error) {
	switch v := reflect.ValueOf(body); v.Kind() { // by kind: fmt would not print a Secret
	case reflect.String:
		return strings.NewReader(v.String()), nil
	case reflect.Bool, reflect.Int64, reflect.Float64:
		return strings.NewReader(fmt.Sprint(v.Interface())), nil
	}
	if text, ok := body.(fmt.Stringer); ok {
		return strings.NewReader(text.String()), nil
	}
	return nil, fmt.Errorf("%w: the body is a %T, which is no text", ErrInvalidArgument, body)
}

// formBody encodes a body as application/x-www-form-urlencoded: the members of its
// JSON, a list as its elements one by one, an object as name[member]. The lists of
// deepObjects are indexed: name[0].
func formBody(body any, deepObjects ...string) (io.Reader, error) {
	decoded, err := throughJSON(body)
	if err != nil {
		return nil, fmt.Errorf("%w: the body: %w", ErrInvalidArgument, err)
	}
	members, ok := decoded.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: the body is a %T, and a form is an object", ErrInvalidArgument, body)
	}
	form := url.Values{}
	var errs []error
	for name, value := range members {
		errs = append(errs, addToForm(form, name, value, slices.Contains(deepObjects, name)))
	}
	return strings.NewReader(form.Encode()), errors.Join(errs...)
}

func addToForm(form url.Values, name string, value any, indexed bool) error {
	switch value := value.(type) {
	case nil: // what is null is sent empty: a form has no null
		form.Add(name, "")
	case map[string]any:
		for member, v := range value {
			if err := addToForm(form, name+"["+member+"]", v, indexed); err != nil {
				return err
			}
		}
	case []any:
		for i, v := range value {
			_, nested := v.(map[string]any)
			element := name
			if indexed || nested {
				element = fmt.Sprintf("%s[%d]", name, i)
			}
			if err := addToForm(form, element, v, indexed); err != nil {
				return err
			}
		}
	default: // text, a number, a boolean
		form.Add(name, fmt.Sprint(value))
	}
	return nil
}
