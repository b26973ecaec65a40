package pepaytest

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// requestItem is a request in the list. Nothing in it is secret.
type requestItem struct {
	Number     int64     `json:"number"`
	At         time.Time `json:"at"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Query      string    `json:"query"`
	Status     int       `json:"status"` // 0 while there is none, and where the connection was cut
	DurationUS int64     `json:"duration_us"`
	Operation  string    `json:"operation"` // empty where the contract has none
	KeyLast4   string    `json:"key_last4"`
	Credential string    `json:"credential"` // merchant, commerce, bearer, session, token or none
}

// requestAnswer is a request with both sides.
type requestAnswer struct {
	requestItem
	Request  requestSide     `json:"request"`
	Answer   requestSide     `json:"answer"`
	About    requestAbout    `json:"about"`
	Snippets requestSnippets `json:"snippets"`
}

type requestSide struct {
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
	Cut     bool        `json:"cut,omitempty"` // there was more
}

func (s *Server) requestItem(r *Request) requestItem {
	d := s.newRedactor(r)
	credential, key := s.credentialOf(r)
	return requestItem{
		Number: r.number, At: r.At.UTC(), Method: d.text(r.Method), Path: d.text(r.Path), Query: d.query(r.Query), Status: r.Status,
		DurationUS: r.Duration.Microseconds(), Operation: r.Operation, KeyLast4: last4(key), Credential: credential,
	}
}

// last4 lets a person tell keys apart. A short key would be half shown by it.
func last4(key string) string {
	const shortest = 12
	if len(key) < shortest {
		return ""
	}
	return strings.ToValidUTF8(key[len(key)-4:], "")
}

// credentialOf says which kind of credential a request sent, and its key where it is one.
func (s *Server) credentialOf(r *Request) (kind, key string) {
	if key := r.Header.Get("x-api-key"); key != "" {
		if r.who.scope == pepay.WSTokenScopeCommerce || s.cfg.keys[key].Scope == pepay.WSTokenScopeCommerce {
			return "commerce", key
		}
		return "merchant", key
	}
	switch {
	case r.Header.Get("x-commerce-api-key") != "":
		return "commerce", r.Header.Get("x-commerce-api-key")
	case r.Header.Get("Authorization") != "":
		return "bearer", ""
	case r.Header.Get("x-session-token") != "":
		return "session", ""
	case r.Query.Has("token"):
		return "token", ""
	}
	return "none", ""
}

// controlListRequests lists them, the newest first.
func controlListRequests(c *controlRequest) (any, *problem) {
	page, bad := c.page()
	if bad != nil {
		return nil, bad
	}
	before, bad := page.beforeNumber()
	if bad != nil {
		return nil, bad
	}
	list := controlList[requestItem]{Items: []requestItem{}}
	kept := c.server.log.kept()
	for i := len(kept) - 1; i >= 0; i-- {
		r := kept[i]
		if r.number >= before || !r.found(page) {
			continue
		}
		if list.More = len(list.Items) == page.limit; list.More {
			break
		}
		list.Items = append(list.Items, c.server.requestItem(r))
	}
	return list, nil
}

// found says whether a search finds the request: in its line, its id, its status and,
// in the letters as they are, in both bodies.
func (r *Request) found(page controlPage) bool {
	if page.finds(r.Method+" "+r.Path, r.Operation, strconv.Itoa(r.Status), requestID(r.number), unescaped(r.Query)) {
		return true
	}
	return bytes.Contains(r.Body, []byte(page.asked)) || bytes.Contains(r.AnswerBody, []byte(page.asked))
}

func unescaped(query url.Values) string {
	var text strings.Builder
	for name, values := range query {
		if !isSecretName(name) {
			text.WriteString(" " + name + "=" + strings.Join(values, ","))
		}
	}
	return text.String()
}

func controlGetRequest(c *controlRequest) (any, *problem) {
	number, bad := c.number("request")
	if bad != nil {
		return nil, bad
	}
	r := c.server.log.get(number)
	if r == nil {
		return nil, &problem{http.StatusNotFound, "NOT_FOUND", "No request " + strconv.FormatInt(number, 10) + " is kept"}
	}
	d := c.server.newRedactor(r)
	return requestAnswer{
		requestItem: c.server.requestItem(r),
		Request:     requestSide{Headers: d.header(r.Header), Body: d.body(r.Body), Cut: len(r.Body) == maxBodyBytes},
		Answer:      requestSide{Headers: d.header(r.AnswerHeader), Body: d.body(r.AnswerBody), Cut: r.cut},
		About:       c.server.about(r),
		Snippets:    c.server.snippets(r, d),
	}, nil
}
