package pepaytest

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// requestSnippets make a request again: on a command line, in a program and in a test. No
// credential stands in them. One that cannot be written is empty.
type requestSnippets struct {
	Curl   string `json:"curl"`
	Go     string `json:"go"`
	GoTest string `json:"go_test"`
}

// A longer body is not written into a snippet.
const maxSnippetBody = 64 << 10

// snippet is a request as snippets write it: redacted.
type snippet struct {
	server         string // its URL
	operation      string
	method         string
	path           string // escaped
	query          url.Values
	body           string
	contentType    string
	idempotencyKey string
	credential     snippetCredential
	status         int
}

// snippetCredential is where a request takes its credential from.
type snippetCredential struct {
	header   string // with the environment variable behind it
	variable string
	option   string // of the wrapper, in a program
	inTest   string // and in a test
}

func (s *Server) snippets(r *Request, d redactor) requestSnippets {
	if len(r.Body) > maxSnippetBody {
		return requestSnippets{}
	}
	kind, _ := s.credentialOf(r)
	in := snippet{
		server: s.url, operation: r.Operation, method: r.Method, path: d.text(r.escapedPath), query: url.Values{}, body: d.body(r.Body),
		contentType: r.Header.Get("Content-Type"), idempotencyKey: d.text(r.Header.Get("Idempotency-Key")),
		credential: credentialForSnippet(kind, r.Header.Get("x-commerce-api-key") != ""), status: r.Status,
	}
	for name, values := range r.Query {
		for _, value := range values {
			if !isSecretName(name) {
				in.query.Add(d.text(name), d.text(value))
			}
		}
	}
	if isStream(r.Method, r.escapedPath) {
		return requestSnippets{Curl: in.curlStream(kind == "token"), Go: in.goStream()}
	}
	return requestSnippets{Curl: in.curl(), Go: in.goProgram(), GoTest: in.goTest()}
}

func credentialForSnippet(kind string, commerceHeader bool) snippetCredential {
	switch kind {
	case "merchant":
		return snippetCredential{"x-api-key: $PEPAY_API_KEY", "PEPAY_API_KEY", "wrapper.WithAPIKey(%s)", "server.APIKey()"}
	case "commerce":
		header := "x-api-key: $PEPAY_COMMERCE_API_KEY"
		if commerceHeader {
			header = "x-commerce-api-key: $PEPAY_COMMERCE_API_KEY"
		}
		return snippetCredential{header, "PEPAY_COMMERCE_API_KEY", "wrapper.WithCommerceAPIKey(%s)", "server.CommerceAPIKey()"}
	case "bearer":
		return snippetCredential{"Authorization: Bearer $PEPAY_JWT", "PEPAY_JWT", "wrapper.WithBearerToken(%s)", "server.BearerToken()"}
	case "session":
		return snippetCredential{header: "x-session-token: $PEPAY_SESSION_TOKEN", variable: "PEPAY_SESSION_TOKEN"}
	}
	return snippetCredential{}
}

// target is the path with its query.
func (in *snippet) target() string {
	if len(in.query) == 0 {
		return in.path
	}
	return in.path + "?" + in.query.Encode()
}

// isPlain says whether text can be pasted into a terminal and an editor as it is.
func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0 || isInvisible(r))
	})
}

// isInvisible finds what makes text look like other text: characters that change the
// direction of writing, and those without width.
func isInvisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
