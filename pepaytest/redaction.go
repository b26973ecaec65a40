package pepaytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What stands in the place of a secret.
const redacted = "[redacted]"

// isSecretName says whether a header, a JSON member or a query parameter of this name
// holds a secret where its value is text. It is the one table of them.
func isSecretName(name string) bool {
	switch strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "-", ""), "_", "") {
	case "xapikey", "xcommerceapikey", "authorization", "proxyauthorization", "cookie", "setcookie",
		"xsessiontoken", "xsignature", "xpepaytesttoken", "xpepaysignature", "xpepaysignatureprevious",
		"apikey", "token", "wstoken", "accesstoken", "refreshtoken", "bearer", "jwt", "session", "sessiontoken", "signature",
		"secret", "webhooksecret", "signingsecret", "clientsecret", "password", "paymenturl", "invoiceurl":
		return true
	}
	return false
}

var tokenSymbol = regexp.MustCompile(`^[A-Z0-9]{1,10}$`)

// isSymbol says whether a member named token has the symbol of one, which is no secret:
// USDC.
func isSymbol(name, value string) bool {
	return strings.EqualFold(name, "token") && tokenSymbol.MatchString(value)
}

// Secrets that are known by their form, wherever they stand: JWTs, payment sessions, and
// credentials in the query of an address.
var secretForms = []struct {
	form *regexp.Regexp
	kept string
}{
	{regexp.MustCompile(`eyJ[\w-]+\.[\w-]+(\.[\w-]*)?`), redacted},
	{regexp.MustCompile(`\bpst_[0-9A-Za-z]{8,}`), redacted},
	{regexp.MustCompile(`\b[0-9a-f]{64}\.[0-9]{10,}`), redacted}, // a session's signature
	{regexp.MustCompile(`(?i)([?&](?:token|session|session_token|signature)=)[^&#\s"'\\]+`), "${1}" + redacted},
}

// redactor takes secrets out of what is shown.
type redactor struct {
	known *strings.Replacer // values that are secret wherever they stand
}

// newRedactor knows the server's keys, and the credentials that a request sent.
func (s *Server) newRedactor(r *Request) redactor {
	values := s.secrets()
	for name, list := range r.Header {
		if isSecretName(name) {
			for _, value := range list {
				_, bearer, _ := strings.Cut(value, " ")
				values = append(values, value, bearer)
			}
		}
	}
	for name, list := range r.Query {
		if isSecretName(name) {
			values = append(values, list...)
		}
	}
	const shortest = 8 // a shorter one would take words out of the text
	values = slices.DeleteFunc(values, func(v string) bool { return len(v) < shortest })
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, value, redacted)
	}
	return redactor{known: strings.NewReplacer(pairs...)}
}

// secrets are the values that only this server knows to be secret.
func (s *Server) secrets() []string {
	var values []string
	for key := range s.cfg.keys {
		values = append(values, key)
	}
	for _, e := range s.webhooks.list() {
		e.mu.Lock()
		values = append(values, e.secret.Reveal(), e.previous.Reveal())
		e.mu.Unlock()
	}
	return append(values, s.cfg.consoleToken.Reveal())
}

// text takes out what is known to be secret, by value or by form.
func (d redactor) text(s string) string {
	s = d.known.Replace(s)
	for _, secret := range secretForms {
		s = secret.form.ReplaceAllString(s, secret.kept)
	}
	return s
}

// header is a copy without secrets.
func (d redactor) header(h http.Header) http.Header {
	shown := http.Header{}
	for name, values := range h {
		for _, value := range values {
			if isSecretName(name) {
				value = redacted
			}
			shown[name] = append(shown[name], d.text(value))
		}
	}
	return shown
}

// query is the query as it is shown, in the order of its names.
func (d redactor) query(q url.Values) string {
	var pairs []string
	for _, name := range sortedKeys(q) {
		for _, value := range q[name] {
			shown := redacted
			if !isSecretName(name) {
				shown = url.QueryEscape(d.text(value))
			}
			pairs = append(pairs, url.QueryEscape(d.text(name))+"="+shown)
		}
	}
	return strings.Join(pairs, "&")
}

// body is a body as it is shown. JSON keeps its form.
func (d redactor) body(body []byte) string {
	shown, rest := redactMembers(body)
	shown = append(shown, secretMember.ReplaceAllFunc(rest, func(member []byte) []byte {
		parts := secretMember.FindSubmatch(member)
		if !isSecretName(string(parts[2])) {
			return member
		}
		return slices.Concat(parts[1], []byte(`"`+redacted+`"`))
	})...)
	return d.text(strings.ToValidUTF8(string(shown), "\uFFFD"))
}

// secretMember is a member with text in what is not JSON, or is cut off. The text may lack
// its end.
var secretMember = regexp.MustCompile(`("([^"\\]+)"\s*:\s*)"(?:[^"\\]|\\.)*"?`)

// redactMembers copies JSON without the text of members that are secret, as far as it is
// JSON, and returns what comes after that.
func redactMembers(body []byte) (shown, rest []byte) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var levels []level
	done := int64(0) // what has been copied
	for {
		token, err := d.Token()
		if err != nil {
			if top := len(levels) - 1; top >= 0 && isSecretName(levels[top].name) && done < int64(len(body)) {
				return append(shown, redacted...), nil // the text of a secret that is cut off
			}
			return shown, body[done:]
		}
		end := d.InputOffset()
		text := body[done:end]
		top := len(levels) - 1
		value, isText := token.(string)
		switch {
		case token == json.Delim('{'), token == json.Delim('['):
			next := level{object: token == json.Delim('{')}
			if !next.object && top >= 0 { // what is in a list has the list's name
				next.name = levels[top].name
			}
			levels = append(levels, next)
		case token == json.Delim('}'), token == json.Delim(']'):
			levels = levels[:top]
			top--
		case top >= 0 && levels[top].object && !levels[top].named:
			levels[top].named, levels[top].name = true, value
			shown, done = append(shown, text...), end
			continue
		case top >= 0 && isText && isSecretName(levels[top].name) && !isSymbol(levels[top].name, value):
			before := bytes.IndexByte(text, '"')
			text = slices.Concat(text[:before], []byte(`"`+redacted+`"`))
		}
		if opened := len(levels) > top+1; !opened && top >= 0 && levels[top].object {
			levels[top] = level{object: true} // the value has been read
		}
		shown, done = append(shown, text...), end
	}
}

// level is an object or an array that is not closed.
type level struct {
	object bool
	named  bool   // the name of a member was read, and its value was not
	name   string // of the member
}
