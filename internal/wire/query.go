package wire

import (
	"fmt"
	"strings"
)

// EscapeQuery makes a raw query well-formed, whatever was given: it escapes what
// RFC 3986, section 3.4 does not allow in a query, a percent sign that begins no
// escape, and a semicolon, which Go's servers do not accept. net/http would send
// all of that as it is. The rest, escapes included, stays as it is.
func EscapeQuery(raw string) string {
	for i := range len(raw) {
		if !inQuery(raw, i) {
			return escapeFrom(raw, i)
		}
	}
	return raw
}

func escapeFrom(raw string, at int) string {
	var b strings.Builder
	b.WriteString(raw[:at])
	for i := at; i < len(raw); i++ {
		if inQuery(raw, i) {
			b.WriteByte(raw[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", raw[i])
		}
	}
	return b.String()
}

// inQuery reports whether the byte at i may stand in a query as it is.
func inQuery(raw string, i int) bool {
	switch c := raw[i]; {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	case c == '%':
		return i+2 < len(raw) && isHex(raw[i+1]) && isHex(raw[i+2])
	default:
		return strings.IndexByte("-._~!$&'()*+,=:@/?", c) >= 0
	}
}
