package pepaytest

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// curl is a command line for a POSIX shell.
func (in *snippet) curl() string {
	parts := []string{"curl --silent --show-error --globoff --path-as-is"}
	switch in.method {
	case http.MethodGet:
	case http.MethodHead:
		parts[0] += " --head"
	default:
		parts[0] += " --request " + shellWord(in.method)
	}
	parts[0] += " " + shellQuoted(in.server+in.target())
	parts = append(parts, in.curlHeaders()...)
	before := ""
	switch {
	case in.body == "":
	case isPlain(in.body):
		parts = append(parts, "--data-raw "+shellQuoted(in.body))
	default:
		before = "printf %s " + shellQuoted(base64.StdEncoding.EncodeToString([]byte(in.body))) + " | base64 -d |\n"
		parts = append(parts, "--data-binary @-")
	}
	return before + strings.Join(parts, " \\\n  ") + "\n"
}

func (in *snippet) curlHeaders() []string {
	var options []string
	if c := in.credential; c.header != "" {
		options = append(options, `--header "`+c.header+`"`) // a constant
	}
	if in.credential.variable == "PEPAY_SESSION_TOKEN" {
		options = append(options, `--header "x-signature: $PEPAY_SESSION_SIGNATURE"`)
	}
	if in.body != "" && isPlain(in.contentType) { // without one, curl sends one of its own
		options = append(options, "--header "+shellQuoted("Content-Type: "+in.contentType))
	}
	if in.idempotencyKey != "" && isPlain(in.idempotencyKey) {
		options = append(options, "--header "+shellQuoted("Idempotency-Key: "+in.idempotencyKey))
	}
	return options
}

// curlStream shows what a stream sends for ten seconds: curl knows no WebSockets, but
// frames with text are readable.
func (in *snippet) curlStream(token bool) string {
	address := shellQuoted(in.server + in.target())
	if token {
		separator := "?"
		if len(in.query) > 0 {
			separator = "&"
		}
		address = shellQuoted(in.server+in.target()+separator+"token=") + `"$PEPAY_WS_TOKEN"`
	}
	parts := append([]string{"curl --silent --show-error --globoff --include --no-buffer --output - --max-time 10 " + address}, in.curlHeaders()...)
	for _, header := range []string{
		"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: cGVwYXl0ZXN0LWNvbnNvbA==",
	} {
		parts = append(parts, "--header "+shellQuoted(header))
	}
	return strings.Join(parts, " \\\n  ") + "\n"
}

// shellQuoted is text that a POSIX shell takes as it is, whatever is in it.
func shellQuoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// shellWord leaves out quotes that nobody needs.
func shellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return text
	}
	return shellQuoted(text)
}
