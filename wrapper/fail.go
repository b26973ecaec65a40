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
)

// fail turns everything that is not a success into an *Error: a failed
// transport, a status outside 2xx, an explicit success:false, and an answer
// that is not JSON where the contract promises JSON.
type fail struct{ next pepay.HttpRequestDoer }

func (f *fail) Do(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	resp, err := f.next.Do(req)
	c.response = resp
	if resp != nil && c.capture != nil {
		*c.capture = resp
	}
	if err == nil {
		err = c.verdict(resp)
	}
	if err != nil {
		if resp != nil {
			content := bodyOf(resp)
			resp.Body = http.NoBody
			return nil, c.failedWith(err, content)
		}
		return nil, c.failed(err)
	}
	return resp, nil
}

// errAnswer stands for an answer that says itself that the call failed.
var errAnswer = errors.New("pepay answered with an error")

func (c *call) verdict(resp *http.Response) error {
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return ErrRedirect
	case resp.StatusCode < 200 || resp.StatusCode >= 400:
		return errAnswer
	}
	promised := c.op != nil && c.method != http.MethodHead && promisesJSON(c.op, resp.StatusCode)
	isJSON := isJSONType(resp.Header.Get("Content-Type"))
	if !promised && !isJSON {
		return nil
	}
	content := bodyOf(resp)
	if promised && len(content) == 0 {
		return fmt.Errorf("%w: the answer is empty", ErrMalformedResponse)
	}
	if promised && !isJSON {
		return fmt.Errorf("%w: the answer is not JSON but %q", ErrMalformedResponse, clean(c.redact(resp.Header.Get("Content-Type")), 60))
	}
	if len(content) == 0 {
		return nil
	}
	// An answer without the word cannot say success:false, and is not decoded twice.
	if (c.decodes || json.Valid(content)) && !bytes.Contains(content, []byte("false")) {
		return nil
	}
	var envelope struct {
		Success *bool `json:"success"`
	}
	if err := json.Unmarshal(content, &envelope); err != nil {
		// A type error only says that this is not such an envelope.
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			return fmt.Errorf("%w: %w", ErrMalformedResponse, err)
		}
		return nil
	}
	if envelope.Success != nil && !*envelope.Success {
		return errAnswer
	}
	return nil
}

func promisesJSON(op *pepay.Operation, status int) bool {
	for _, documented := range op.Success {
		if strings.EqualFold(documented.Status, "2XX") || documented.Status == strconv.Itoa(status) {
			return slices.ContainsFunc(documented.MediaTypes, isJSONType)
		}
	}
	return false
}

func isJSONType(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.TrimSpace(mediaType)
	return strings.EqualFold(mediaType, "application/json") || strings.HasSuffix(strings.ToLower(mediaType), "+json")
}
