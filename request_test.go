package pepay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	text := func(name string) parameter {
		return parameter{name: name, style: "form", explode: true, kind: "string"}
	}
	segment := parameter{name: "id", style: "simple", kind: "string"}
	for name, tc := range map[string]struct {
		operation string
		fill      func(r *request)
		server    string
		want      string // the URL
		refused   string // part of the error
	}{
		"path":                      {"GET /a", nil, "", "https://x.example/a", ""},
		"base path":                 {"GET /a", nil, "https://x.example/base/", "https://x.example/base/a", ""},
		"base path with an escape":  {"GET /a", nil, "https://x.example/b%2Fc", "https://x.example/b%2Fc/a", ""},
		"query and fragment of the": {"GET /a", nil, "https://x.example/?a=b#c", "https://x.example/a", ""},
		"no host":                   {"GET /a", nil, "x.example", "", "base URL"},
		"not a URL":                 {"GET /a", nil, "https://us er:pass@x", "", "base URL"},
		"value":                     {"GET /a/{id}", func(r *request) { r.inPath(segment, "1") }, "", "https://x.example/a/1", ""},
		"value twice":               {"GET /{id}/{id}", func(r *request) { r.inPath(segment, "1") }, "", "https://x.example/1/1", ""},
		"value with braces":         {"GET /{id}/{b}", func(r *request) { r.inPath(segment, "{b}"); r.inPath(parameter{name: "b", style: "simple"}, "2") }, "", "https://x.example/%7Bb%7D/2", ""},
		"slash":                     {"GET /a/{id}", func(r *request) { r.inPath(segment, "1/2 3?4#5%6") }, "", "https://x.example/a/1%2F2%203%3F4%235%256", ""},
		"verb":                      {"POST /a/{id}:cancel", func(r *request) { r.inPath(segment, "1") }, "", "https://x.example/a/1:cancel", ""},
		"extension":                 {"GET /a/{id}.json", func(r *request) { r.inPath(segment, "1") }, "", "https://x.example/a/1.json", ""},
		"slash at the end":          {"GET /a/{id}/", func(r *request) { r.inPath(segment, "1") }, "", "https://x.example/a/1/", ""},
		"number":                    {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "simple", kind: "integer"}, int64(7)) }, "", "https://x.example/a/7", ""},
		"list":                      {"GET /a/{id}", func(r *request) { r.inPath(segment, []string{"1", "2"}) }, "", "https://x.example/a/1,2", ""},
		"label":                     {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "label"}, "1") }, "", "https://x.example/a/.1", ""},
		"matrix":                    {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "matrix"}, "1") }, "", "https://x.example/a/;id=1", ""},
		"secret":                    {"GET /a/{id}", func(r *request) { r.inPath(segment, Secret("s3cret")) }, "", "https://x.example/a/s3cret", ""},
		"JSON":                      {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "json"}, []int{1}) }, "", "https://x.example/a/%5B1%5D", ""},
		"empty":                     {"GET /a/{id}", func(r *request) { r.inPath(segment, "") }, "", "", "id is empty"},
		"empty list":                {"GET /a/{id}", func(r *request) { r.inPath(segment, []string{}) }, "", "", "id is empty"},
		"dot":                       {"GET /a/{id}", func(r *request) { r.inPath(segment, ".") }, "", "", "GET /a/{id}: id has"},
		"two dots":                  {"GET /a/{id}", func(r *request) { r.inPath(segment, "..") }, "", "", "id has"},
		"dots before a slash":       {"GET /a/{id}", func(r *request) { r.inPath(segment, "../x") }, "", "", "id has"},
		"two dots as a label":       {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "label"}, "..") }, "", "", "id has"},
		"empty label":               {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "label"}, "") }, "", "", "id has"},
		"empty matrix":              {"GET /a/{id}", func(r *request) { r.inPath(parameter{name: "id", style: "matrix"}, "") }, "", "", "id is empty"},
		"control character":         {"GET /a/{id}", func(r *request) { r.inPath(segment, "a\nb") }, "", "", "control"},

		"query":              {"GET /a", func(r *request) { r.inQuery(text("q"), "a b&c=d/é+") }, "", "https://x.example/a?q=a+b%26c%3Dd%2F%C3%A9%2B", ""},
		"order of the query": {"GET /a", func(r *request) { r.inQuery(text("z"), "1"); r.inQuery(text("a"), "2") }, "", "https://x.example/a?z=1&a=2", ""},
		"brackets":           {"GET /a", func(r *request) { r.inQuery(text("created[gte]"), int64(1)) }, "", "https://x.example/a?created%5Bgte%5D=1", ""},
		"exploded":           {"GET /a", func(r *request) { r.inQuery(text("q"), []string{"a b", "c"}) }, "", "https://x.example/a?q=a+b&q=c", ""},
		"spaces":             {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "spaceDelimited"}, []string{"a", "b c"}) }, "", "https://x.example/a?q=a%20b+c", ""},
		"pipes":              {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "pipeDelimited"}, []string{"a", "b|c"}) }, "", "https://x.example/a?q=a%7Cb%7Cc", ""},
		"deep object": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "deepObject", explode: true}, map[string]string{"a b": "c d"})
		}, "", "https://x.example/a?q%5Ba+b%5D=c+d", ""},
		"reserved":          {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "form", allowReserved: true}, "a/b c#d%e") }, "", "https://x.example/a?q=a/b%20c%23d%25e", ""},
		"JSON in the query": {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "json"}, map[string]int{"a": 1}) }, "", "https://x.example/a?q=%7B%22a%22%3A1%7D", ""},
		"text in the query": {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "text"}, "a b") }, "", "https://x.example/a?q=a+b", ""},
		"decimal":           {"GET /a", func(r *request) { r.inQuery(text("q"), DecimalFromMillis(9000)) }, "", "https://x.example/a?q=9.000", ""},
		"date-time": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "form", kind: "string", format: "date-time"}, Timestamp{time.Unix(0, 0).UTC()})
		}, "", "https://x.example/a?q=1970-01-01T00%3A00%3A00Z", ""},
		"object": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "form", explode: true}, WSToken{Scope: "merchant", WSURL: "a b"})
		}, "", "https://x.example/a?scope=merchant&token=&ws_url=a+b", ""},
		"object of unset": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "deepObject", explode: true}, EventRequest{ID: "1"})
		}, "", "https://x.example/a?q%5Bid%5D=1", ""},
		"no value":          {"GET /a", func(r *request) { r.inQuery(text("q"), Timestamp{}) }, "", "https://x.example/a?q=0001-01-01T00%3A00%3A00Z", ""},
		"unset alternative": {"GET /a", func(r *request) { r.inQuery(text("q"), holderOfNull{}) }, "", "", "q has no value"},
		"null in a list":    {"GET /a", func(r *request) { r.inQuery(text("q"), []*string{nil}) }, "", "", "q item 0 has no value"},
		"null in a map":     {"GET /a", func(r *request) { r.inQuery(text("q"), map[string]any{"a": nil, "b": "1"}) }, "", "https://x.example/a?b=1", ""},
		"null deep inside": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "deepObject", explode: true}, map[string]any{"a": map[string]any{"b": nil, "c": 1}})
		}, "", "https://x.example/a?q%5Ba%5D%5Bc%5D=1", ""},
		"list of times": {"GET /a", func(r *request) { r.inQuery(text("q"), []Timestamp{{time.Unix(0, 0).UTC()}}) }, "", "https://x.example/a?q=1970-01-01T00%3A00%3A00Z", ""},
		"bytes": {"GET /a", func(r *request) {
			r.inQuery(parameter{name: "q", style: "form", kind: "string", format: "byte"}, []byte{1, 2})
		}, "", "https://x.example/a?q=AQI%3D", ""},
		"secrets":             {"GET /a", func(r *request) { r.inQuery(text("q"), []Secret{"a", "b"}) }, "", "https://x.example/a?q=a&q=b", ""},
		"object in a list":    {"GET /a", func(r *request) { r.inQuery(text("q"), []any{map[string]any{"a": 1}}) }, "", "", "q "},
		"empty list in the q": {"GET /a", func(r *request) { r.inQuery(text("q"), []string{}) }, "", "https://x.example/a?q=", ""},
		"not a style":         {"GET /a", func(r *request) { r.inQuery(parameter{name: "q", style: "odd"}, "a") }, "", "", "q unsupported style"},
		"required":            {"GET /a", func(r *request) { r.requireParams("q") }, "", "", "q is required"},
		"header":              {"GET /a", func(r *request) { r.inHeader(parameter{name: "H", style: "simple"}, "a\r\nb") }, "", "", "H has a control character"},
		"cookie":              {"GET /a", func(r *request) { r.inCookie(parameter{name: "C", style: "form"}, "a;b") }, "", "", "C "},
		"first error":         {"GET /a/{id}", func(r *request) { r.inPath(segment, ""); r.requireParams("q") }, "", "", "id is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(tc.operation)
			if tc.fill != nil {
				tc.fill(r)
			}
			server := tc.server
			if server == "" {
				server = "https://x.example"
			}
			req, err := r.build(t.Context(), server)
			if tc.refused != "" {
				if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), tc.refused) {
					t.Errorf("error is %v, want ErrInvalidArgument with %q", err, tc.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := req.URL.String(); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if _, err := url.ParseRequestURI(req.URL.RequestURI()); err != nil || strings.ContainsAny(req.URL.RequestURI(), " |\"<>") {
				t.Errorf("the request line has %q (%v)", req.URL.RequestURI(), err)
			}
		})
	}
}

func TestRequestHeadersCookiesAndBody(t *testing.T) {
	t.Parallel()
	r := newRequest("PUT /a", "text/csv", "application/json", "text/csv")
	r.inHeader(parameter{name: "X-Count", style: "simple", kind: "integer"}, int64(3))
	r.inCookie(parameter{name: "theme", style: "form", explode: true}, "dark")
	r.inCookie(parameter{name: "filter", style: "json"}, []string{"a"})
	r.setBody("application/json", strings.NewReader("{}"))
	req, err := r.build(t.Context(), "https://x.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Accept": "application/json, text/csv", "X-Count": "3", "Cookie": `theme=dark; filter=%5B%22a%22%5D`, "Content-Type": "application/json",
	} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if body, err := io.ReadAll(req.Body); string(body) != "{}" || err != nil || req.ContentLength != 2 || req.GetBody == nil {
		t.Errorf("body %q, %v, length %d", body, err, req.ContentLength)
	}
	if req.Method != http.MethodPut || req.Host != "x.example" {
		t.Errorf("%s %s", req.Method, req.Host)
	}

	r = newRequest("POST /a")
	r.setBody("application/json", nil)
	if req, err = r.build(t.Context(), "https://x.example"); err != nil || req.Body != nil || len(req.Header) != 0 {
		t.Errorf("without a body: %v, %v, %v", req.Body, req.Header, err)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	type address struct {
		City string `json:"city,omitzero"`
	}
	type form struct {
		Amount  Decimal   `json:"amount,omitzero"`
		At      Timestamp `json:"at,omitzero"`
		Key     Secret    `json:"key,omitzero"`
		Tags    []string  `json:"tags,omitzero"`
		Address address   `json:"address,omitzero"`
		Lines   []address `json:"lines,omitzero"`
		Off     *bool     `json:"off,omitzero"`
	}
	off := false
	full := form{DecimalFromMillis(9000), Timestamp{time.Unix(60, 0)}, "s3cret", []string{"a", "b&c"}, address{"Oslo"}, []address{{"A"}, {"B"}}, &off}
	for name, tc := range map[string]struct {
		body    func() (io.Reader, error)
		want    string
		refused bool
	}{
		"form":              {func() (io.Reader, error) { return formBody(full) }, "address[city]=Oslo&amount=9.000&at=60&key=s3cret&lines[0][city]=A&lines[1][city]=B&off=false&tags=a&tags=b%26c", false},
		"form, indexed":     {func() (io.Reader, error) { return formBody(form{Tags: []string{"a", "b"}}, "tags") }, "tags[0]=a&tags[1]=b", false},
		"form, nothing set": {func() (io.Reader, error) { return formBody(form{}) }, "", false},
		"form of a list":    {func() (io.Reader, error) { return formBody([]int{1}) }, "", true},
		"text":              {func() (io.Reader, error) { return textBody("a b") }, "a b", false},
		"text of a secret":  {func() (io.Reader, error) { return textBody(Secret("s3cret")) }, "s3cret", false},
		"text of a number":  {func() (io.Reader, error) { return textBody(int64(7)) }, "7", false},
		"text of a decimal": {func() (io.Reader, error) { return textBody(DecimalFromMillis(1)) }, "0.001", false},
		"text of an object": {func() (io.Reader, error) { return textBody(address{}) }, "", true},
		"JSON":              {func() (io.Reader, error) { return jsonBody(address{"Oslo"}) }, `{"city":"Oslo"}`, false},
		"not JSON":          {func() (io.Reader, error) { return jsonBody(func() {}) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := tc.body()
			if tc.refused {
				if !errors.Is(err, ErrInvalidArgument) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(body)
			got := strings.NewReplacer("%5B", "[", "%5D", "]").Replace(string(content))
			if err != nil || got != tc.want {
				t.Errorf("got %s (%v), want %s", got, err, tc.want)
			}
		})
	}
}

// What the caller gives never makes a request line that is not one.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "a b", "é", "%", "%2", "%zz", "#", "\x00", "a=b&c", "|[]{}^`\\\"<>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, p := range []parameter{
			{name: "q", style: "form", explode: true},
			{name: "q", style: "form", allowReserved: true},
			{name: value, style: "form"},
			{name: "q", style: "json"},
		} {
			r := newRequest("GET /a")
			r.inQuery(p, value)
			req, err := r.build(context.Background(), "https://x.example")
			if err != nil {
				continue
			}
			for i := range len(req.URL.RawQuery) {
				if c := req.URL.RawQuery[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("#\"<>|[]{}^`\\", c) >= 0 {
					t.Fatalf("%q is in the query %q", c, req.URL.RawQuery)
				}
			}
			if _, err := url.ParseQuery(req.URL.RawQuery); err != nil && !p.allowReserved { // reserved: a semicolon is the caller's
				t.Fatalf("%q: %v", req.URL.RawQuery, err)
			}
			if p.name == "q" && !p.allowReserved && p.style == "form" && req.URL.Query().Get("q") != value {
				t.Fatalf("%q arrives as %q", value, req.URL.Query().Get("q"))
			}
		}
	})
}

// holderOfNull is a union that nobody has set.
type holderOfNull struct{}

func (holderOfNull) MarshalJSON() ([]byte, error) { return []byte("null"), nil }
