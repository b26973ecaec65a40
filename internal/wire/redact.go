package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
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

// RedactError returns err, or where its text repeats a secret an error with the
// text redacted. errors.Is and errors.As find the same in both, and no verb of
// package fmt gets to the original.
func RedactError(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := Redact(text, secrets...)
	if clean == text {
		return err
	}
	return redactedError{clean, func() error { return err }}
}

// redactedError hides an error. It has it in a closure and no Unwrap, because fmt
// prints fields and a program may print what Unwrap returns.
type redactedError struct {
	text  string
	cause func() error
}

func (e redactedError) Error() string              { return e.text }
func (e redactedError) Is(target error) bool       { return errors.Is(e.cause(), target) }
func (e redactedError) As(target any) bool         { return errors.As(e.cause(), target) }
func (e redactedError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text) }

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
