package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Redacted is what stands where a secret was.
const Redacted = "[redacted]"

// shortestSecret is the length from which a value is taken for a secret. Taking
// out a shorter one would tear words apart.
const shortestSecret = 8

// Redact takes secrets out of text in the forms in which the other side, or a
// library that quotes it, may repeat them: as they are, in any case, escaped for a
// URL, quoted, or in base64. Text that was cut inside of a secret loses the
// beginning of it.
func Redact(text string, secrets ...string) string {
	for _, form := range forms(secrets) {
		if len(form) <= len(text) {
			text = replaceFold(text, form)
		}
		text = trimBeginning(text, form)
	}
	return text
}

// forms returns how secrets may be spelled, longest first, so that a secret that
// contains another is taken out whole.
func forms(secrets []string) []string {
	var all []string
	for _, secret := range secrets {
		if len(secret) < shortestSecret {
			continue
		}
		quoted := strconv.Quote(secret)
		all = append(all, secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1:len(quoted)-1],
			base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

func replaceFold(text, secret string) string {
	lower, wanted := lowerASCII(text), lowerASCII(secret)
	var b strings.Builder
	for {
		at := strings.Index(lower, wanted)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at] + Redacted)
		text, lower = text[at+len(secret):], lower[at+len(secret):]
	}
}

// trimBeginning takes the beginning of secret off the end of text.
func trimBeginning(text, secret string) string {
	for n := min(len(text), len(secret)-1); n >= shortestSecret; n-- {
		if strings.HasSuffix(text, secret[:n]) {
			return text[:len(text)-n] + Redacted
		}
	}
	return text
}

// lowerASCII keeps the length of every character, as strings.ToLower does not.
func lowerASCII(s string) string {
	return string(lowered([]byte(s)))
}

func lowered(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + ('a' - 'A')
		}
	}
	return b
}

// RedactError returns err where neither its text nor that of an error it wraps
// has a secret, else an error with the text redacted. errors.Is finds the same in
// both. errors.As does so too, but for an error that has the secret in its text.
// No verb of package fmt gets to the original.
func RedactError(err error, secrets ...string) error {
	if err == nil || !leaks(err, secrets) {
		return err
	}
	return redactedError{
		text:  Redact(err.Error(), secrets...),
		cause: func() error { return err },
		leaks: func(err error) bool { return leaks(err, secrets) },
	}
}

// leaks reports whether err, or an error that it wraps, has a secret in its text.
func leaks(err error, secrets []string) bool {
	if text := err.Error(); Redact(text, secrets...) != text {
		return true
	}
	switch wrapping := err.(type) { //nolint:errorlint // every error of the chain is looked at
	case interface{ Unwrap() error }:
		inner := wrapping.Unwrap()
		return inner != nil && leaks(inner, secrets)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(wrapping.Unwrap(), func(inner error) bool { return inner != nil && leaks(inner, secrets) })
	}
	return false
}

// redactedError hides an error. It has it in a closure and no Unwrap, because fmt
// prints fields and a program may print what Unwrap returns.
type redactedError struct {
	text  string
	cause func() error
	leaks func(error) bool
}

func (e redactedError) Error() string              { return e.text }
func (e redactedError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text) }
func (e redactedError) Is(target error) bool       { return errors.Is(e.cause(), target) }

func (e redactedError) As(target any) bool {
	found := reflect.New(reflect.TypeOf(target).Elem())
	if !errors.As(e.cause(), found.Interface()) {
		return false
	}
	if err, ok := found.Elem().Interface().(error); ok && e.leaks(err) {
		return false
	}
	reflect.ValueOf(target).Elem().Set(found.Elem())
	return true
}

// RedactJSON takes secrets out of a JSON document, however JSON spells them. A
// document without any is returned as it is.
func RedactJSON(raw json.RawMessage, secrets ...string) json.RawMessage {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return json.RawMessage(Redact(string(raw), secrets...))
	}
	value, changed := redactValue(value, secrets)
	if !changed {
		return raw
	}
	clean, err := json.Marshal(value)
	if err != nil { // cannot happen to what was just decoded
		return nil
	}
	return clean
}

func redactValue(value any, secrets []string) (clean any, changed bool) {
	switch v := value.(type) {
	case string:
		text := Redact(v, secrets...)
		return text, text != v
	case []any:
		for i, item := range v {
			item, c := redactValue(item, secrets)
			v[i], changed = item, changed || c
		}
	case map[string]any:
		for name, item := range v {
			cleanName := Redact(name, secrets...)
			cleanItem, c := redactValue(item, secrets)
			if cleanName != name {
				delete(v, name)
			}
			v[cleanName], changed = cleanItem, changed || c || cleanName != name
		}
	}
	return value, changed
}

// RedactMembers takes the text out of every member of a JSON document, at any
// depth, that has one of the names. It works on bytes, so that it also does so in
// a document that is cut short or otherwise not JSON.
func RedactMembers(body []byte, names ...string) []byte {
	out := body
	lower := lowered(slices.Clone(body))
	offset := 0 // of out from lower
	for at := 0; at < len(lower); {
		start, end, ok := nextString(lower, at)
		if !ok {
			break
		}
		at = end
		if !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, string(body[start+1:end-1])) }) {
			continue
		}
		from, to, ok := valueAfter(lower, end)
		if !ok {
			continue
		}
		out = slices.Concat(out[:from+offset], []byte(Redacted), out[to+offset:])
		offset += len(Redacted) - (to - from)
		at = min(to+1, len(lower))
	}
	return out
}

// nextString finds the next JSON string at or after at: the index of its opening
// quote and the one after its closing quote.
func nextString(b []byte, at int) (start, end int, ok bool) {
	for start = at; start < len(b); start++ {
		if b[start] == '"' {
			if end = closing(b, start+1); end < len(b) {
				return start, end + 1, true
			}
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// closing returns the index of the quote that ends a string, or the end of b.
func closing(b []byte, at int) int {
	for ; at < len(b) && b[at] != '"'; at++ {
		if b[at] == '\\' {
			at++
		}
	}
	return min(at, len(b))
}

// valueAfter returns the inside of the string that follows a member's name.
func valueAfter(b []byte, at int) (from, to int, ok bool) {
	colon := false
	for ; at < len(b); at++ {
		switch c := b[at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == ':' && !colon:
			colon = true
		case c == '"' && colon:
			return at + 1, closing(b, at+1), true
		default:
			return 0, 0, false
		}
	}
	return 0, 0, false
}
