package pepay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
)

// Answer is what every typed answer of [ClientWithResponses] has beside its
// decoded content. It prints its status and media type and neither its body nor
// a secret, whatever the verb, in log/slog and as JSON.
type Answer struct {
	// Body is the content as it came.
	Body []byte
	// HTTPResponse is the answer; its body has been read and closed.
	HTTPResponse *http.Response
}

// Status returns the status line, "200 OK" for instance.
func (a Answer) Status() string {
	if a.HTTPResponse == nil {
		return ""
	}
	return a.HTTPResponse.Status
}

// StatusCode returns the status, 0 if there is no answer.
func (a Answer) StatusCode() int {
	if a.HTTPResponse == nil {
		return 0
	}
	return a.HTTPResponse.StatusCode
}

// ContentType returns the Content-Type header.
func (a Answer) ContentType() string {
	if a.HTTPResponse == nil {
		return ""
	}
	return a.HTTPResponse.Header.Get("Content-Type")
}

// Format writes status, media type and size, whatever the verb.
func (a Answer) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "[%d %q, %d bytes]", a.StatusCode(), a.ContentType(), len(a.Body))
}

// LogValue has status, media type and size.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("status", a.StatusCode()), slog.String("content_type", a.ContentType()), slog.Int("bytes", len(a.Body)))
}

// MarshalJSON encodes status, media type and size, so that an answer that is
// logged as JSON shows no content. Encode the decoded field, JSON200 for
// instance, to get the content.
func (a Answer) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Status      int    `json:"status"`
		ContentType string `json:"content_type"`
		Bytes       int    `json:"bytes"`
	}{a.StatusCode(), a.ContentType(), len(a.Body)})
}

// showsNoContent marks the types that embed an Answer, for [Redacted].
func (Answer) showsNoContent() {}

// documented is one form of answer that the document has: a status or a class of
// them ("2XX", "default") and a media type, which is empty where the status has no
// content. decode is nil for what is not JSON: Body has it.
type documented struct {
	status, mediaType string
	decode            func([]byte) error
}

// into decodes JSON into a field of an answer, which stays nil if that fails.
func into[T any](field **T) func([]byte) error {
	return func(body []byte) error {
		value := new(T)
		if err := json.Unmarshal(body, value); err != nil {
			return err
		}
		*field = value
		return nil
	}
}

// read reads the answer, closes it and decodes what is documented. A success
// whose documented content is missing or does not decode is an error; the content
// of a failure is decoded if it can be.
func (a *Answer) read(resp *http.Response, forms []documented) error {
	defer func() { _ = resp.Body.Close() }() // after the body has learned how it went
	return parsed(resp.Body, a.decode(resp, forms))
}

func (a *Answer) decode(resp *http.Response, forms []documented) error {
	body, err := io.ReadAll(resp.Body)
	a.Body, a.HTTPResponse = body, resp
	if err != nil {
		return err
	}
	success := resp.StatusCode/100 == 2
	forms, exact := formsOf(resp.StatusCode, forms)
	head := resp.Request != nil && resp.Request.Method == http.MethodHead
	if head || !promisesContent(forms) {
		return nil
	}
	if err := a.decodeContent(forms, exact); err != nil && success {
		return fmt.Errorf("pepay: the answer with status %d %w", resp.StatusCode, err)
	}
	return nil
}

// formsOf returns what the document says about a status: by its number, else by
// its class. A success that it does not mention may have the form of any other
// success, "default" is what it says about everything else.
func formsOf(status int, forms []documented) (found []documented, exact bool) {
	class := fmt.Sprintf("%dXX", status/100)
	for _, key := range []string{fmt.Sprint(status), class} {
		if found := formsWith(forms, func(s string) bool { return strings.EqualFold(s, key) }); len(found) > 0 {
			return found, true
		}
	}
	if status/100 == 2 {
		if found := formsWith(forms, func(s string) bool { return strings.HasPrefix(s, "2") }); len(found) > 0 {
			return found, false
		}
	}
	return formsWith(forms, func(s string) bool { return s == "default" }), true
}

func formsWith(forms []documented, wanted func(status string) bool) []documented {
	var found []documented
	for _, form := range forms {
		if wanted(form.status) {
			found = append(found, form)
		}
	}
	return found
}

func promisesContent(forms []documented) bool {
	for _, form := range forms {
		if form.mediaType != "" {
			return true
		}
	}
	return false
}

var errNoContent = errors.New("has no content, and the contract documents one")

// decodeContent decodes the body in the first form that has its media type. exact
// is false where the document does not mention the status: an answer without
// content may be one of the other successes then that have none.
func (a *Answer) decodeContent(forms []documented, exact bool) error {
	if len(a.Body) == 0 && !exact {
		for _, form := range forms {
			if form.mediaType == "" {
				return nil
			}
		}
	}
	sent := a.HTTPResponse.Header.Get("Content-Type")
	form := formFor(sent, forms)
	switch encoding := a.HTTPResponse.Header.Get("Content-Encoding"); {
	case len(a.Body) == 0 && (form == nil || form.decode != nil || sent == ""):
		return errNoContent
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return fmt.Errorf("is still compressed (%.20q): leave Accept-Encoding to net/http, which decompresses", encoding)
	case form == nil:
		return fmt.Errorf("is %.80q, and the contract documents %s", sent, mediaTypes(forms))
	case form.decode == nil:
		return nil
	}
	if err := form.decode(a.Body); err != nil {
		return fmt.Errorf("does not decode: %w", err)
	}
	return nil
}

// formFor finds the form with a media type: the whole of it counts, its case and
// its parameters do not. JSON under another name is JSON, and an answer that does
// not name its type has the first form.
func formFor(sent string, forms []documented) *documented {
	var content []documented
	for _, form := range forms {
		if form.mediaType != "" {
			content = append(content, form)
		}
	}
	if sent == "" {
		return &content[0]
	}
	got := mediaType(sent)
	for _, same := range []func(documented string) bool{
		func(documented string) bool { return documented == got },
		func(documented string) bool { return isJSON(documented) && isJSON(got) },
		func(documented string) bool { return isRange(documented, got) },
	} {
		for i := range content {
			if same(mediaType(content[i].mediaType)) {
				return &content[i]
			}
		}
	}
	return nil
}

// mediaType is a Content-Type without its parameters, in lower case.
func mediaType(contentType string) string {
	if parsed, _, err := mime.ParseMediaType(contentType); err == nil {
		return parsed
	}
	contentType, _, _ = strings.Cut(contentType, ";") // wrong parameters do not change the type
	return strings.ToLower(strings.TrimSpace(contentType))
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || mediaType == "text/json" || mediaType == "text/x-json" || strings.HasSuffix(mediaType, "+json")
}

// isRange says that a documented range such as text/* has a media type.
func isRange(documented, got string) bool {
	before, after, found := strings.Cut(documented, "*")
	return found && len(got) >= len(before)+len(after) && strings.HasPrefix(got, before) && (strings.HasSuffix(got, after) || after == "/*")
}

func mediaTypes(forms []documented) string {
	var names []string
	for _, form := range forms {
		if form.mediaType != "" {
			names = append(names, form.mediaType)
		}
	}
	return strings.Join(names, ", ")
}
