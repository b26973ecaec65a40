package main

import (
	"net/http"
	"strings"
)

// forwardHeaders reads what the flag of this name says. Values are not repeated in
// errors, they may be credentials.
func forwardHeaders(texts []string, flag string) (http.Header, error) {
	headers := http.Header{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		if !ok || !isToken(name) || strings.ContainsFunc(value, isControl) {
			return nil, usagef("--%s: write 'Name: value'", flag)
		}
		name = http.CanonicalHeaderKey(name)
		if isReservedHeader(name) {
			return nil, usagef("--%s: %s is set by the delivery itself", flag, name)
		}
		headers.Add(name, value)
	}
	return headers, nil
}

// isReservedHeader reports whether a header belongs to the delivery itself, or says how
// its body is sent.
func isReservedHeader(name string) bool {
	switch name {
	case "Host", "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive",
		"Proxy-Connection", "Te", "Trailer", "Upgrade", "Expect":
		return true
	}
	return strings.HasPrefix(name, "X-Pepay-")
}

// isToken reports whether name can be the name of a header, by RFC 9110.
func isToken(name string) bool {
	const others = "!#$%&'*+-.^_`|~"
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		alphanumeric := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !alphanumeric && !strings.ContainsRune(others, r)
	})
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
