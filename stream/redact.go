package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
)

const (
	redacted = "[redacted]"
	// shortestSecret keeps a value that is too short to be a secret from tearing
	// other words apart.
	shortestSecret = 8
	// keptSecrets is how many credentials are remembered: a token is replaced now and
	// then, and only the last ones can still be repeated.
	keptSecrets = 16
)

// redactor takes the credentials that a stream has sent out of what it hands to the
// program: errors, states, control frames and log records. It is safe for
// concurrent use.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

func (r *redactor) add(secret string) {
	if len(secret) < shortestSecret {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	if len(r.secrets) == keptSecrets {
		r.secrets = slices.Delete(r.secrets, 0, 1)
	}
	r.secrets = append(r.secrets, secret)
}

// redact replaces the secrets in text, also as they look in a URL.
func (r *redactor) redact(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range r.secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, form, redacted)
		}
	}
	return text
}

// redactJSON replaces the secrets in a frame, however JSON spells them. A frame
// without any stays as it came.
func (r *redactor) redactJSON(raw json.RawMessage) json.RawMessage {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return json.RawMessage(r.redact(string(raw)))
	}
	value, changed := r.redactValue(value)
	if !changed {
		return raw
	}
	clean, err := json.Marshal(value)
	if err != nil { // cannot happen to what was just decoded
		return nil
	}
	return clean
}

func (r *redactor) redactValue(value any) (clean any, changed bool) {
	switch v := value.(type) {
	case string:
		text := r.redact(v)
		return text, text != v
	case []any:
		for i, item := range v {
			item, c := r.redactValue(item)
			v[i], changed = item, changed || c
		}
	case map[string]any:
		for name, item := range v {
			cleanName := r.redact(name)
			cleanItem, c := r.redactValue(item)
			if cleanName != name {
				delete(v, name)
			}
			v[cleanName], changed = cleanItem, changed || c || cleanName != name
		}
	}
	return value, changed
}

// redactError returns an error whose text, and the text of everything that
// errors.As finds in it, has no secret. errors.Is and errors.As find what they
// found before.
func (r *redactor) redactError(err error) error {
	if err == nil || !r.leaks(err) {
		return err
	}
	return &redactedError{text: r.redact(err.Error()), cause: func() error { return err }, redactor: r}
}

// leaks reports whether err, or an error that it wraps, has a secret in its text.
func (r *redactor) leaks(err error) bool {
	if text := err.Error(); r.redact(text) != text {
		return true
	}
	switch wrapping := err.(type) { //nolint:errorlint // every error of the chain is looked at
	case interface{ Unwrap() error }:
		inner := wrapping.Unwrap()
		return inner != nil && r.leaks(inner)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(wrapping.Unwrap(), r.leaks)
	}
	return false
}

// redactedError stands for an error that has a secret in its text. It has no Unwrap,
// which would hand that text out; the cause is in a function, where fmt does not
// look.
type redactedError struct {
	text     string
	cause    func() error
	redactor *redactor
}

func (e *redactedError) Error() string { return e.text }

// GoString is Error, so that %#v prints no field.
func (e *redactedError) GoString() string { return e.text }

func (e *redactedError) Is(target error) bool { return errors.Is(e.cause(), target) }

// As finds what the cause has, unless that would repeat the secret.
func (e *redactedError) As(target any) bool {
	found := reflect.New(reflect.TypeOf(target).Elem())
	if !errors.As(e.cause(), found.Interface()) {
		return false
	}
	if err, ok := found.Elem().Interface().(error); ok && e.redactor.leaks(err) {
		return false
	}
	reflect.ValueOf(target).Elem().Set(found.Elem())
	return true
}
