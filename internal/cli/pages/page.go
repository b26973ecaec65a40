package pages

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// ErrNoList is the error for an answer in which there is no list.
var ErrNoList = errors.New("the answer has no list")

// Items are the elements of the list in an answer, as they came. An answer without a list
// is [ErrNoList].
func Items(answer json.RawMessage) ([]json.RawMessage, error) {
	p, err := parse(answer)
	return p.items, err
}

type form int

const (
	bare     form = iota // a list that does not say how it goes on
	byCursor             // has_more, and the id of the last element leads on
	byOffset             // pagination, or offset beside the list
)

// page is a page of a list.
type page struct {
	form         form
	items        []json.RawMessage
	more         bool  // by cursor
	offset       int64 // by offset; -1 where the answer does not say
	limit, total int64 // by offset; 0 where the answer does not say
}

// parse takes an answer apart: an array, or an object that has one array.
func parse(answer json.RawMessage) (page, error) {
	p := page{offset: -1}
	if answer = bytes.TrimSpace(answer); len(answer) > 0 && answer[0] == '[' {
		return p, json.Unmarshal(answer, &p.items)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(answer, &members) != nil {
		return p, ErrNoList
	}
	lists := 0
	for _, value := range members {
		if value[0] == '[' {
			lists++
			if err := json.Unmarshal(value, &p.items); err != nil {
				return p, err
			}
		}
	}
	if data, ok := members["data"]; lists > 1 && ok && data[0] == '[' {
		lists = 1
		if err := json.Unmarshal(data, &p.items); err != nil {
			return p, err
		}
	}
	if lists != 1 {
		return p, ErrNoList
	}
	if more, ok := members["has_more"]; ok {
		p.form, p.more = byCursor, string(more) == "true"
		return p, nil
	}
	var stated map[string]json.RawMessage
	if json.Unmarshal(members["pagination"], &stated) == nil && stated != nil {
		p.form = byOffset
	} else if _, ok := members["offset"]; ok {
		p.form, stated = byOffset, members
	}
	if p.form == byOffset {
		p.limit, p.total = number(stated["limit"]), number(stated["total"])
		if _, ok := stated["offset"]; ok {
			p.offset = number(stated["offset"])
		}
	}
	return p, nil
}

func number(raw json.RawMessage) int64 {
	n, _ := strconv.ParseInt(string(raw), 10, 64)
	return max(0, n)
}

// lastID is the id of the last element, "" where it has none.
func (p page) lastID() string {
	if len(p.items) == 0 {
		return ""
	}
	var element struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(p.items[len(p.items)-1], &element)
	return element.ID
}
