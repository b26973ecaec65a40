package pepay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// testAnswer has a field for each kind of content that testForms documents.
type testAnswer struct {
	Answer
	JSON200, JSON201, JSON400, JSONDefault *struct {
		ID string `json:"id"`
	}
}

func (a *testAnswer) forms(names ...string) []documented {
	all := map[string]documented{
		"200 json":     {status: "200", mediaType: "application/json", decode: into(&a.JSON200)},
		"200 vendor":   {status: "200", mediaType: "application/vnd.pepay.v2+json; charset=utf-8", decode: into(&a.JSON200)},
		"200 csv":      {status: "200", mediaType: "text/csv"},
		"200 text/*":   {status: "200", mediaType: "text/*"},
		"200 */*":      {status: "200", mediaType: "*/*"},
		"200 nothing":  {status: "200"},
		"201 json":     {status: "201", mediaType: "application/json", decode: into(&a.JSON201)},
		"204":          {status: "204"},
		"2XX json":     {status: "2XX", mediaType: "application/json", decode: into(&a.JSON200)},
		"400 json":     {status: "400", mediaType: "application/json", decode: into(&a.JSON400)},
		"default":      {status: "default"},
		"default json": {status: "default", mediaType: "application/json", decode: into(&a.JSONDefault)},
	}
	var forms []documented
	for _, name := range names {
		form, ok := all[name]
		if !ok {
			panic(name)
		}
		forms = append(forms, form)
	}
	return forms
}

func response(status int, contentType, body string) *http.Response {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	const id = `{"id":"a"}`
	json200 := func(a testAnswer) bool { return a.JSON200 != nil && a.JSON200.ID == "a" }
	body := func(a testAnswer) bool { return a.JSON200 == nil && a.Body != nil }
	for name, tc := range map[string]struct {
		forms   string // separated by commas
		answer  *http.Response
		holds   func(testAnswer) bool
		refused string // part of the error
	}{
		"documented":                    {"200 json", response(200, "application/json", id), json200, ""},
		"upper case":                    {"200 json", response(200, "APPLICATION/JSON", id), json200, ""},
		"parameters":                    {"200 json", response(200, "Application/Json; charset=UTF-8", id), json200, ""},
		"wrong parameters":              {"200 json", response(200, "application/json; charset", id), json200, ""},
		"no media type":                 {"200 json", response(200, "", id), json200, ""},
		"another name for JSON":         {"200 json", response(200, "application/problem+json", id), json200, ""},
		"vendor's JSON":                 {"200 vendor", response(200, "application/vnd.pepay.v2+json", id), json200, ""},
		"JSON for the vendor's":         {"200 vendor", response(200, "application/json", id), json200, ""},
		"second media type":             {"200 json,200 csv", response(200, "text/csv; header=present", "id\n1\n"), body, ""},
		"first of two":                  {"200 json,200 csv", response(200, "application/json", id), json200, ""},
		"a range":                       {"200 text/*", response(200, "text/plain", "hello"), body, ""},
		"any":                           {"200 */*", response(200, "image/png", "\x89PNG"), body, ""},
		"empty text":                    {"200 csv", response(200, "text/csv", ""), body, ""},
		"other success":                 {"200 json", response(201, "application/json", id), json200, ""},
		"a proxy's 203":                 {"200 json,default", response(203, "application/json", id), json200, ""},
		"documented 201":                {"200 json,201 json", response(201, "application/json", id), func(a testAnswer) bool { return a.JSON200 == nil && a.JSON201 != nil }, ""},
		"class":                         {"2XX json", response(202, "application/json", id), json200, ""},
		"documented 204":                {"200 json,204", response(204, "", ""), func(a testAnswer) bool { return a.JSON200 == nil }, ""},
		"no content documented":         {"200 nothing", response(200, "text/html", "<p>ok"), body, ""},
		"another success without":       {"200 json,204", response(205, "", ""), func(a testAnswer) bool { return a.JSON200 == nil }, ""},
		"only default":                  {"default json", response(200, "application/json", id), func(a testAnswer) bool { return a.JSONDefault != nil }, ""},
		"nothing documented":            {"", response(200, "application/json", id), body, ""},
		"documented failure":            {"200 json,400 json", response(400, "application/json", id), func(a testAnswer) bool { return a.JSON400 != nil && a.JSON200 == nil }, ""},
		"default failure":               {"200 json,default json", response(502, "application/json", id), func(a testAnswer) bool { return a.JSONDefault != nil && a.JSON200 == nil }, ""},
		"failure that does not decode":  {"200 json,400 json", response(400, "application/json", "<html>"), func(a testAnswer) bool { return a.StatusCode() == 400 && a.JSON400 == nil }, ""},
		"failure without content":       {"200 json,default json", response(502, "", ""), func(a testAnswer) bool { return a.StatusCode() == 502 }, ""},
		"failure of another media type": {"200 json,default json", response(502, "text/html", "<html>"), func(a testAnswer) bool { return string(a.Body) == "<html>" }, ""},

		"empty":                  {"200 json", response(200, "application/json", ""), nil, "200 has no content"},
		"204 where 200 is":       {"200 json", response(204, "", ""), nil, "204 has no content"},
		"empty without a type":   {"200 csv", response(200, "", ""), nil, "no content"},
		"empty of another type":  {"200 json", response(200, "text/html", ""), nil, "no content"},
		"another type":           {"200 json", response(200, "text/html", "<html>"), nil, `is "text/html", and the contract documents application/json`},
		"a type that begins so":  {"200 json", response(200, "application/jsonp", id), nil, "application/jsonp"},
		"not a type":             {"200 json", response(200, "json", id), nil, "json"},
		"does not decode":        {"200 json", response(200, "application/json", `{"id":1}`), nil, "does not decode"},
		"truncated":              {"200 json", response(200, "application/json", `{"id":"a"`), nil, "does not decode"},
		"trailing":               {"200 json", response(200, "application/json", id+"x"), nil, "does not decode"},
		"203 that does not":      {"200 json", response(203, "application/json", `[]`), nil, "does not decode"},
		"outside of the range":   {"200 text/*", response(200, "image/png", "x"), nil, "image/png"},
		"compressed":             {"200 json", compressed(response(200, "application/json", "\x1f\x8b")), nil, `compressed ("gzip")`},
		"compressed second type": {"200 json,200 csv", compressed(response(200, "text/csv", "\x1f\x8b")), nil, "gzip"},
		"long type":              {"200 json", response(200, strings.Repeat("x", 500), id), nil, "xxx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got testAnswer
			var names []string
			if tc.forms != "" {
				names = strings.Split(tc.forms, ",")
			}
			err := got.read(tc.answer, got.forms(names...))
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) || len(err.Error()) > 300 {
					t.Errorf("error is %v, want %q in it", err, tc.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !tc.holds(got) || got.HTTPResponse != tc.answer {
				t.Errorf("got %s", got.Body)
			}
		})
	}
}

func compressed(resp *http.Response) *http.Response {
	resp.Header.Set("Content-Encoding", "gzip")
	return resp
}

func TestAnswerToHEADHasNoContent(t *testing.T) {
	t.Parallel()
	var got testAnswer
	resp := response(200, "application/json", "")
	resp.Request = &http.Request{Method: http.MethodHead}
	if err := got.read(resp, got.forms("200 json")); err != nil {
		t.Error(err)
	}
}

type brokenBody struct{ closed bool }

func (b *brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (b *brokenBody) Close() error             { b.closed = true; return nil }

func TestAnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	body := &brokenBody{}
	var got testAnswer
	err := got.read(&http.Response{StatusCode: 200, Body: body}, got.forms("200 json"))
	if !errors.Is(err, io.ErrUnexpectedEOF) || !body.closed {
		t.Errorf("error is %v, closed %t", err, body.closed)
	}
}

// An answer shows what kind it is and nothing of what is in it.
func TestAnswerPrintsNoContent(t *testing.T) {
	t.Parallel()
	const canary = "canary-5c1f"
	var answer testAnswer
	resp := response(200, "application/json", `{"id":"`+canary+`"}`)
	resp.Request = &http.Request{Header: http.Header{"X-Api-Key": {canary}}}
	if err := answer.read(resp, answer.forms("200 json")); err != nil || answer.JSON200.ID != canary {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(handler).Info("x", "answer", answer, "pointer", &answer, "list", []testAnswer{answer}, "in", struct{ A *testAnswer }{&answer})
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		for _, value := range []any{answer, &answer, []testAnswer{answer}, map[string]*testAnswer{"a": &answer}, struct{ A testAnswer }{answer}} {
			fmt.Fprintf(&log, verb+"\n", value)
		}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	log.Write(text)
	for _, hidden := range []string{canary, fmt.Sprintf("%x", canary), strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]")} {
		if strings.Contains(log.String(), hidden) {
			t.Errorf("%s is in\n%s", hidden, log.String())
		}
	}
	if !strings.Contains(log.String(), `[200 "application/json", 20 bytes]`) || !strings.Contains(log.String(), `"status":200`) {
		t.Errorf("status and media type are not in\n%s", log.String())
	}
	if got := fmt.Sprint(testAnswer{}); got != `[0 "", 0 bytes]` {
		t.Errorf("without an answer: %s", got)
	}
}
