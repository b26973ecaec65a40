package wrapper

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query builds the query of a request. A zero value is not sent, and the first
// argument that cannot be used is kept as the error.
type query struct {
	values url.Values
	err    error
}

func (q query) set(name, value string) query {
	if q.values == nil {
		q.values = url.Values{}
	}
	q.values.Set(name, value)
	return q
}

func (q query) text(name, value string) query {
	if value == "" {
		return q
	}
	return q.set(name, value)
}

// number sends a size or position, which field names; it must not be negative.
func (q query) number(name, field string, value int) query {
	if value == 0 {
		return q
	}
	return q.require(value > 0, field, "must not be negative").set(name, strconv.Itoa(value))
}

// list sends values as one, separated by commas.
func (q query) list(name, field string, values []string) query {
	odd := slices.ContainsFunc(values, func(v string) bool { return v == "" || strings.ContainsAny(v, ", ") })
	return q.require(!odd, field, "an element is empty or has a comma or a space").text(name, strings.Join(values, ","))
}

// time sends whole seconds since 1970.
func (q query) time(name string, t time.Time) query {
	if t.IsZero() {
		return q
	}
	return q.set(name, strconv.FormatInt(t.Unix(), 10))
}

// require makes an argument an error unless ok.
func (q query) require(ok bool, field, reason string) query {
	if !ok && q.err == nil {
		q.err = invalid(field, reason)
	}
	return q
}

// escapeQuery makes a query well-formed whatever was given: what may not stand in
// one is escaped, a percent sign that begins no escape and a semicolon, which Go's
// servers do not accept, among them. The rest stays as it is.
func escapeQuery(raw string) string {
	if !slices.ContainsFunc([]byte(raw), mustEscape) && !hasStrayPercent(raw) {
		return raw
	}
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; mustEscape(c) || c == '%' && !isEscape(raw[i:]) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// mustEscape holds for what RFC 3986, section 3.4 does not allow in a query.
func mustEscape(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("-._~!$&'()*+,=:@/?%", rune(c))
}

func hasStrayPercent(raw string) bool {
	for i := range len(raw) {
		if raw[i] == '%' && !isEscape(raw[i:]) {
			return true
		}
	}
	return false
}

// isEscape reports whether s begins with a percent escape.
func isEscape(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, err := strconv.ParseUint(s[1:3], 16, 8)
	return err == nil
}

// replaceInQuery sets one parameter of a raw query and leaves the others alone.
func replaceInQuery(raw, name, value string) string {
	var pairs []string
	for pair := range strings.SplitSeq(raw, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); pair != "" && (err != nil || plain != name) {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value)), "&")
}
