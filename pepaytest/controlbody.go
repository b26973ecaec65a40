package pepaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// read is the JSON body of a request.
func (c *controlRequest) read() ([]byte, *problem) {
	if ct, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || ct != "application/json" {
		return nil, &problem{http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json"}
	}
	return readBody(c.Request)
}

// decode reads the body into a struct. A member that the struct does not have is refused
// with its name, so that a misspelt one is noticed. A request without a body leaves the
// struct as it is.
func (c *controlRequest) decode(into any) *problem {
	if c.ContentLength == 0 {
		return nil
	}
	body, bad := c.read()
	if bad != nil {
		return bad
	}
	if !isObject(body) {
		return invalidRequest("The body must be a JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed):
		return invalidRequest(typed.Field + " cannot be a JSON " + strings.TrimPrefix(typed.Value, "JSON "))
	case err != nil:
		return invalidRequest(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalidRequest("The body must be one JSON object")
	}
	return nil
}

// number is the number in the path.
func (c *controlRequest) number(what string) (int64, *problem) {
	n, err := strconv.ParseInt(c.param("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, &problem{http.StatusNotFound, "NOT_FOUND", "No such " + what + ": its number is a positive integer"}
	}
	return n, nil
}

const (
	defaultControlLimit = 50
	maxControlLimit     = 500
)

// controlPage is what a list is asked for.
type controlPage struct {
	limit  int
	before string // only what is older than this
	asked  string // what is searched for
	search string // the same in lower case
}

// page reads limit, before and search.
func (c *controlRequest) page() (controlPage, *problem) {
	query := c.URL.Query()
	p := controlPage{limit: defaultControlLimit, before: query.Get("before"), asked: strings.TrimSpace(query.Get("search"))}
	p.search = strings.ToLower(p.asked)
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxControlLimit {
			return p, invalidRequest("limit must be from 1 to " + strconv.Itoa(maxControlLimit))
		}
		p.limit = n
	}
	return p, nil
}

// beforeNumber is before as a number; without one it is more than any.
func (p controlPage) beforeNumber() (int64, *problem) {
	if p.before == "" {
		return 1 << 62, nil
	}
	n, err := strconv.ParseInt(p.before, 10, 64)
	if err != nil || n < 1 {
		return 0, invalidRequest("before must be a number of the list")
	}
	return n, nil
}

// finds says whether one of the texts has what is searched for.
func (p controlPage) finds(texts ...string) bool {
	if p.search == "" {
		return true
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), p.search) {
			return true
		}
	}
	return false
}

// controlList is a page of a list.
type controlList[T any] struct {
	Items []T  `json:"items"`
	More  bool `json:"more"`
}
