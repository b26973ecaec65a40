package wrapper

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// pattern is a documented path, split at its slashes.
type pattern []segment

// segment is the static text of a path segment, split at its parameters:
// {"invoices"} has none, {"", ""} is {id}, and {"", ":cancel"} is {id}:cancel.
type segment []string

func newPattern(path string) pattern {
	var p pattern
	for text := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		var s segment
		for {
			before, rest, found := strings.Cut(text, "{")
			_, after, closed := strings.Cut(rest, "}")
			if !found || !closed {
				break
			}
			s, text = append(s, before), after
		}
		p = append(p, append(s, text))
	}
	return p
}

func (p pattern) parameters() int {
	n := 0
	for _, s := range p {
		n += len(s) - 1
	}
	return n
}

// splitPath returns the segments of an escaped path, each unescaped; nil for what
// is no absolute path.
func splitPath(path string) []string {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil
	}
	segments := strings.Split(rest, "/")
	for i, text := range segments {
		if plain, err := url.PathUnescape(text); err == nil {
			segments[i] = plain
		}
	}
	return segments
}

// pathBehind is the escaped path of u without the base URL's.
func pathBehind(base string, u *url.URL) string {
	path := u.EscapedPath()
	if rest, ok := strings.CutPrefix(path, base); ok && (rest == "" || rest[0] == '/') {
		path = rest
	}
	if path == "" {
		return "/"
	}
	return path
}

func (p pattern) matches(segments []string) bool {
	return slices.EqualFunc(p, segments, segment.matches)
}

// matches reports whether text is the static text with something in place of each
// parameter.
func (s segment) matches(text string) bool {
	if len(s) == 1 {
		return text == s[0]
	}
	rest, ok := strings.CutPrefix(text, s[0])
	return ok && matchParameters(s[1:], rest)
}

// matchParameters matches text that begins with a parameter; statics are the
// texts behind it and behind those that follow.
func matchParameters(statics []string, text string) bool {
	if len(statics) == 1 {
		return len(text) > len(statics[0]) && strings.HasSuffix(text, statics[0])
	}
	for i := 1; i < len(text); i++ {
		if rest, ok := strings.CutPrefix(text[i:], statics[0]); ok && matchParameters(statics[1:], rest) {
			return true
		}
	}
	return false
}

// compare puts the more specific of two patterns first. It is a total order: from
// the left, a segment without parameters comes before one with, then the one with
// more static text, then the one with fewer parameters; what is still equal goes
// by the text.
func (p pattern) compare(q pattern) int {
	return slices.CompareFunc(p, q, segment.compare)
}

func (s segment) compare(t segment) int {
	static := func(s segment) int { return len(strings.Join(s, "")) }
	fixed := func(s segment) int { return min(len(s), 2) }
	return cmp.Or(
		cmp.Compare(fixed(s), fixed(t)),
		cmp.Compare(static(t), static(s)),
		cmp.Compare(len(s), len(t)),
		slices.Compare(s, t),
	)
}

// expand puts values in place of the parameters. It returns the path and, where
// that differs, its escaped form.
func (op *operation) expand(values []string) (path, escaped string, err error) {
	if len(values) != op.pattern.parameters() {
		return "", "", invalid(op.ID, fmt.Sprintf("has %d path parameters, not %d", op.pattern.parameters(), len(values)))
	}
	if len(values) == 0 {
		return op.Path, "", nil
	}
	var plain, raw strings.Builder
	for _, s := range op.pattern {
		plain.WriteString("/" + s[0])
		raw.WriteString("/" + url.PathEscape(s[0]))
		for _, static := range s[1:] {
			if err := wire.CheckSegment(values[0]); err != nil {
				return "", "", invalid(op.parameter(len(values)), err.Error())
			}
			plain.WriteString(values[0] + static)
			raw.WriteString(url.PathEscape(values[0]) + url.PathEscape(static))
			values = values[1:]
		}
	}
	if path, escaped = plain.String(), raw.String(); path == escaped {
		escaped = ""
	}
	return path, escaped, nil
}

// parameter returns the name of a path parameter, counted from the last.
func (op *operation) parameter(fromLast int) string {
	parts := strings.Split(op.Path, "{")
	name, _, _ := strings.Cut(parts[len(parts)-fromLast], "}")
	return name
}

// checkPath refuses a path, escaped, with a segment that a wrong value has left
// behind. Its last segment may be empty: some paths end in a slash.
func checkPath(path string) error {
	if !strings.HasPrefix(path, "/") {
		return invalid("path", "must begin with a slash")
	}
	segments := splitPath(path)
	for i, text := range segments {
		if text == "" && i == len(segments)-1 {
			break
		}
		if err := wire.CheckSegment(text); err != nil {
			return invalid("path", "a segment "+err.Error())
		}
	}
	return nil
}
