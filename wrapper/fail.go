package wrapper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
)

// fail turns everything that is not a success into an *Error: a failed transport,
// a status outside 2xx, an explicit success:false, and an answer without the
// content that the contract promises.
type fail struct{ next pepay.HttpRequestDoer }

func (f *fail) Do(req *http.Request) (*http.Response, error) {
	if req == nil {
		return nil, invalid("the request", "a middleware passed on nil")
	}
	c := callOf(req)
	if c == nil {
		return nil, invalid("the request's context", "a middleware replaced it; derive the new one from req.Context()")
	}
	resp, err := f.next.Do(req)
	c.response = resp
	if resp != nil && c.capture != nil {
		*c.capture = resp
	}
	if err == nil {
		err = c.failureOf(resp)
	}
	if err != nil {
		return nil, c.failedWith(err, resp)
	}
	return resp, nil
}

// check looks at the answer that came through the user's middleware, which may
// have answered by itself.
func (c *call) check(resp *http.Response) error {
	switch resp {
	case nil:
		return c.failed(errors.New("a middleware returned neither an answer nor an error"))
	case c.response:
		return nil
	}
	c.response = resp
	if c.capture != nil {
		*c.capture = resp
	}
	if err := c.failureOf(resp); err != nil {
		return c.failedWith(err, resp)
	}
	return nil
}

// errAnswer stands for an answer that says itself that the call failed.
var errAnswer = errors.New("pepay answered with an error")

// failureOf says why an answer is not a success, nil if it is one.
func (c *call) failureOf(resp *http.Response) error {
	compressed := compression(resp)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return ErrRedirect
	case !isSuccess(resp.StatusCode) && compressed != nil:
		return compressed
	case !isSuccess(resp.StatusCode):
		return errAnswer
	case compressed != nil:
		return fmt.Errorf("%w: %w", ErrMalformedResponse, compressed)
	}
	content, contentType := peek(resp), resp.Header.Get("Content-Type")
	promised := c.promised(resp.StatusCode)
	switch {
	case len(content) == 0 && c.mayBeEmpty:
		return nil
	case len(content) == 0 && len(promised) > 0 && (isJSONType(contentType) || !fits(promised, contentType)):
		return malformed("the answer is empty") // which a CSV file may be
	case len(content) == 0:
		return nil
	case len(promised) > 0 && !fits(promised, contentType):
		return malformed(fmt.Sprintf("the answer is not %s but %q", inWords(promised), wire.OneLine(c.redact(contentType), 60)))
	case isJSONType(contentType):
		return c.failureIn(content)
	}
	return nil
}

// compression is an error where an answer is still compressed: net/http
// decompresses only what it has asked for itself.
func compression(resp *http.Response) error {
	encoding := resp.Header.Get("Content-Encoding")
	if encoding == "" || strings.EqualFold(encoding, "identity") {
		return nil
	}
	return fmt.Errorf("the answer is still compressed with %s; leave decompressing to the http.Transport", wire.OneLine(encoding, 20))
}

// promised lists the media types of which an answer must be one; none where it may
// be empty. A status that the contract does not list is held to those it does.
func (c *call) promised(status int) []string {
	if c.op == nil || c.method == http.MethodHead {
		return nil
	}
	var all, wildcard []string
	empty, any2XX := false, false
	for _, answer := range c.op.Success {
		if answer.Status == strconv.Itoa(status) {
			return answer.MediaTypes
		}
		if strings.EqualFold(answer.Status, "2XX") {
			wildcard, any2XX = answer.MediaTypes, true
		}
		all = append(all, answer.MediaTypes...)
		empty = empty || len(answer.MediaTypes) == 0
	}
	switch {
	case any2XX:
		return wildcard
	case empty:
		return nil
	}
	return all
}

// fits reports whether a content type is one of those promised. One kind of JSON
// is as good as another.
func fits(promised []string, contentType string) bool {
	kind := essence(contentType)
	return slices.ContainsFunc(promised, func(want string) bool {
		family, wildcard := strings.CutSuffix(want, "/*")
		return want == kind || want == "*/*" || isJSONType(want) && isJSONType(kind) ||
			wildcard && strings.HasPrefix(kind, family+"/")
	})
}

func inWords(promised []string) string {
	if slices.ContainsFunc(promised, isJSONType) {
		return "JSON"
	}
	return strings.Join(promised, " or ")
}

// essence is a media type without parameters, in lower case.
func essence(contentType string) string {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

func isJSONType(contentType string) bool {
	mediaType := essence(contentType)
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// failureIn looks for a failure inside of a JSON answer. What is decoded later is
// not decoded here: an answer without the word false cannot say success:false.
func (c *call) failureIn(content []byte) error {
	if !c.decodes {
		if err := json.Unmarshal(content, new(json.RawMessage)); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformedResponse, err)
		}
	}
	if !bytes.Contains(content, []byte("false")) {
		return nil
	}
	failed := false
	members := wire.NewMembers(content)
	for members.Next() {
		if string(members.Key()) == "success" {
			failed = string(members.Value()) == "false"
		}
	}
	if failed {
		return errAnswer
	}
	return nil
}
