package wrapper

import (
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

// flag sends true or false; nil is not sent.
func (q query) flag(name string, value *bool) query {
	if value == nil {
		return q
	}
	return q.set(name, strconv.FormatBool(*value))
}

// texts gives the values of an enum as list takes them.
func texts[S ~string](values []S) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// require makes an argument an error unless ok.
func (q query) require(ok bool, field, reason string) query {
	if !ok && q.err == nil {
		q.err = invalid(field, reason)
	}
	return q
}

// needs makes a text argument that is empty an error.
func (q query) needs(field, value string) query {
	return q.require(value != "", field, "is missing")
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
