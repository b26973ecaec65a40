// Package pages goes through the lists of an API whose answers say how they go on: by
// cursor (has_more) or by offset (pagination).
package pages

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"strconv"
)

// ErrRepeated is the error for a page that came before: such a list has no end.
var ErrRepeated = errors.New("the list does not end: a page came a second time")

// Fetch asks for a page.
type Fetch func(query url.Values) (json.RawMessage, error)

// All goes through the elements of a list, as they came, and asks for a page when it is
// needed. It begins where the query says. An error is the last thing it yields: an answer
// without a list is [ErrNoList], and a list without an end [ErrRepeated].
//
// A list that does not say how it goes on is one page, unless the query has a limit: it is
// walked by offset then.
func All(query url.Values, fetch Fetch) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		w := walk{query: clone(query), seen: map[string]bool{}}
		for more := true; more; {
			answer, err := fetch(w.query)
			var p page
			if err == nil {
				p, err = parse(answer)
			}
			if err == nil && w.repeated(p) {
				err = ErrRepeated
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range p.items {
				if !yield(item, nil) {
					return
				}
			}
			if more, err = w.next(p); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

type walk struct {
	query url.Values
	seen  map[string]bool // pages, by what is in them
}

// repeated reports whether a page with elements came before.
func (w *walk) repeated(p page) bool {
	if len(p.items) == 0 {
		return false
	}
	content := sha256.New()
	for _, item := range p.items {
		_, _ = content.Write(item)
		_, _ = content.Write([]byte{'\n'})
	}
	key := string(content.Sum(nil))
	again := w.seen[key]
	w.seen[key] = true
	return again
}

// next makes the query the one for the page behind p, and reports whether there is one.
func (w *walk) next(p page) (bool, error) {
	switch p.form {
	case byCursor:
		return w.behindCursor(p)
	case byOffset:
		return w.behindOffset(p, p.limit), nil
	}
	asked, _ := strconv.ParseInt(w.query.Get("limit"), 10, 64)
	return asked > 0 && w.behindOffset(p, asked), nil
}

func (w *walk) behindCursor(p page) (bool, error) {
	if !p.more {
		return false, nil
	}
	last := p.lastID()
	if last == "" {
		return false, errors.New("the list says that there is more, but its last element has no id")
	}
	if last == w.query.Get("starting_after") {
		return false, ErrRepeated
	}
	w.query.Set("starting_after", last)
	return true, nil
}

// behindOffset ends at a page that is empty or shorter than the limit, and at the total.
func (w *walk) behindOffset(p page, limit int64) bool {
	offset := p.offset
	if offset < 0 {
		offset, _ = strconv.ParseInt(w.query.Get("offset"), 10, 64)
	}
	count := int64(len(p.items))
	offset += count
	if count == 0 || count < limit || p.total > 0 && offset >= p.total {
		return false
	}
	w.query.Set("offset", strconv.FormatInt(offset, 10))
	return true
}

func clone(query url.Values) url.Values {
	copied := url.Values{}
	for name, values := range query {
		copied[name] = append([]string(nil), values...)
	}
	return copied
}
