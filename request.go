package pepay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/runtime"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// request is a call of the generated client before it is sent. Its methods keep
// the first error, which build returns.
type request struct {
	operation string // method and path as documented
	method    string
	path      string // with the values in place of their braces, escaped
	query     []string
	header    http.Header
	cookies   []*http.Cookie
	body      io.Reader
	err       error
}

// parameter is what the document says about one parameter.
type parameter struct {
	name string
	// style is one of OpenAPI's styles, or "json" or "text" where the document
	// gives the parameter a media type.
	style         string
	explode       bool
	allowReserved bool
	kind, format  string // of the schema
}

// newRequest begins a request of an operation, named as [OperationOf] returns it.
// accept lists the media types of its documented successes.
func newRequest(operation string, accept ...string) *request {
	method, path, _ := strings.Cut(operation, " ")
	r := &request{operation: operation, method: method, path: path, header: http.Header{}}
	if len(accept) > 0 {
		slices.Sort(accept)
		r.header["Accept"] = []string{strings.Join(slices.Compact(accept), ", ")}
	}
	return r
}

func (r *request) fail(p parameter, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: %s: %s %w", ErrInvalidArgument, r.operation, p.name, err)
	}
}

// requireParams fails where a parameter is needed and there are none at all.
func (r *request) requireParams(name string) {
	r.fail(parameter{name: name}, fmt.Errorf("is required, and params is nil"))
}

// inPath puts a value in place of its name in braces. A value that would change
// which path is asked for is refused.
func (r *request) inPath(p parameter, value any) {
	text, err := p.text(value, runtime.ParamLocationPath)
	if err == nil {
		err = checkSegment(p, text)
	}
	if err != nil {
		r.fail(p, err)
		return
	}
	r.path = strings.ReplaceAll(r.path, "{"+p.name+"}", text)
}

// checkSegment refuses a value of the path that is empty, a dot segment or has
// control characters, with what its style puts before it and without.
func checkSegment(p parameter, escaped string) error {
	text, err := url.PathUnescape(escaped)
	if err != nil {
		return err
	}
	if err := wire.CheckSegment(text); err != nil {
		return err
	}
	switch p.style {
	case "label":
		return wire.CheckSegment(strings.TrimPrefix(text, "."))
	case "matrix":
		return wire.CheckSegment(strings.TrimPrefix(strings.TrimPrefix(text, ";"+p.name), "="))
	}
	return nil
}

// inQuery appends a value to the query.
func (r *request) inQuery(p parameter, value any) {
	text, err := p.text(value, runtime.ParamLocationQuery)
	if err != nil {
		r.fail(p, err)
		return
	}
	if p.style == "json" || p.style == "text" {
		text = url.QueryEscape(p.name) + "=" + url.QueryEscape(text)
	}
	if text != "" {
		r.query = append(r.query, wire.EscapeQuery(text))
	}
}

// inHeader sets a header.
func (r *request) inHeader(p parameter, value any) {
	text, err := p.text(value, runtime.ParamLocationHeader)
	if err == nil && strings.ContainsFunc(text, isControl) {
		err = fmt.Errorf("has a control character")
	}
	if err != nil {
		r.fail(p, err)
		return
	}
	r.header.Set(p.name, text)
}

// inCookie appends a cookie.
func (r *request) inCookie(p parameter, value any) {
	json := p.style == "json"
	if !json && p.style != "text" {
		p.style = "simple" // the others put the name into the value
	}
	text, err := p.text(value, runtime.ParamLocationCookie)
	if err != nil {
		r.fail(p, err)
		return
	}
	if json {
		text = url.QueryEscape(text)
	}
	cookie := &http.Cookie{Name: p.name, Value: text}
	if err := cookie.Valid(); err != nil {
		r.fail(p, fmt.Errorf("the value cannot be a cookie"))
		return
	}
	r.cookies = append(r.cookies, cookie)
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

// text is a value in the style of its parameter, escaped for its place. A point in
// time is RFC 3339 there; the runtime would take a Timestamp for a date. An object
// is what its JSON has: the runtime would send the fields that are not set.
func (p parameter) text(value any, location runtime.ParamLocation) (string, error) {
	switch v := value.(type) {
	case Timestamp:
		value = v.Time
	case []Timestamp:
		times := make([]time.Time, len(v))
		for i := range v {
			times[i] = v[i].Time
		}
		value = times
	}
	switch p.style {
	case "json":
		text, err := json.Marshal(value)
		if location == runtime.ParamLocationPath {
			return url.PathEscape(string(text)), err
		}
		return string(text), err
	case "text":
		text, err := runtime.StyleParamWithOptions("simple", false, p.name, value, runtime.StyleParamOptions{Type: p.kind, Format: p.format})
		if location == runtime.ParamLocationPath {
			return url.PathEscape(text), err
		}
		return text, err
	default:
		return p.styled(value, location)
	}
}

func (p parameter) styled(value any, location runtime.ParamLocation) (string, error) {
	switch reflect.ValueOf(value).Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice:
		decoded, err := throughJSON(value)
		if err != nil {
			return "", err
		}
		if value, err = withoutNull(decoded); err != nil {
			return "", err
		}
		switch value.(type) {
		case map[string]any, []any:
		default:
			if p.style == "deepObject" { // one alternative of several, which is no object
				p.style = "form"
			}
		}
	}
	return runtime.StyleParamWithOptions(p.style, p.explode, p.name, value, runtime.StyleParamOptions{
		ParamLocation: location, Type: p.kind, Format: p.format, AllowReserved: p.allowReserved,
	})
}

// throughJSON is a value as its JSON decodes, with numbers as they are written.
func throughJSON(value any) (any, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var decoded any
	err = decoder.Decode(&decoded)
	return decoded, err
}

// withoutNull leaves out members that are null: the styles have no null, and the
// runtime panics.
func withoutNull(value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, errors.New("has no value")
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
			} else if _, err := withoutNull(member); err != nil {
				return nil, fmt.Errorf("%s %w", name, err)
			}
		}
	case []any:
		for i, item := range v {
			if _, err := withoutNull(item); err != nil {
				return nil, fmt.Errorf("item %d %w", i, err)
			}
		}
	}
	return value, nil
}

// setBody sets the body and its media type. Without a body nothing is set.
func (r *request) setBody(contentType string, body io.Reader) {
	if body == nil {
		return
	}
	r.body = body
	r.header["Content-Type"] = []string{contentType}
}

// build returns the request, with the base URL parsed once.
func (r *request) build(ctx context.Context, server string) (*http.Request, error) {
	if r.err != nil {
		return nil, r.err
	}
	base, err := parseServer(server)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.method, "", r.body)
	if err != nil {
		return nil, err
	}
	escaped := base.Path + r.path
	if base.Path, err = url.PathUnescape(escaped); err != nil {
		return nil, err
	}
	base.RawPath, base.RawQuery, base.Fragment = escaped, strings.Join(r.query, "&"), ""
	req.URL, req.Host, req.Header = base, base.Host, r.header
	for _, cookie := range r.cookies {
		req.AddCookie(cookie)
	}
	return req, nil
}
