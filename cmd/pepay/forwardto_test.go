package main

import (
	"slices"
	"testing"
)

func TestForwardTarget(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3000":                               "http://localhost:3000",
		"3000/webhook":                       "http://localhost:3000/webhook",
		":3000/webhook":                      "http://localhost:3000/webhook",
		"/webhook":                           "http://localhost/webhook",
		"localhost":                          "http://localhost",
		"localhost:3000/webhook?a=b":         "http://localhost:3000/webhook?a=b",
		"127.0.0.1:3000":                     "http://127.0.0.1:3000",
		"[::1]:3000/w":                       "http://[::1]:3000/w",
		"app:8080":                           "http://app:8080",
		"192.168.1.2:8080":                   "http://192.168.1.2:8080",
		"http://host.docker.internal:3000/w": "http://host.docker.internal:3000/w",
		"HTTP://shop.test/w":                 "http://shop.test/w",
		"https://localhost:3000/w":           "https://localhost:3000/w",
		"https://example.com/w":              "https://example.com/w",
		"0.0.0.0:3000":                       "http://0.0.0.0:3000",
	} {
		if got, err := forwardTarget(text, "--forward-to"); err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "0", "65536", "//", "//example.com/w", ":", ":x", "localhost:", "localhost:x", "localhost:70000", "http://", "http:///w", "ftp://localhost",
		"ws://localhost:3000", "file:///etc/passwd", "http://user:password@localhost", "localhost:3000/w#f", "example.com", "http://example.com/w",
		"http://8.8.8.8/w", "local host:3000", "http://localhost:3000/\x7f", "mailto:a@example.com", "localhost.example.com",
	} {
		if got, err := forwardTarget(text, "--forward-to"); err == nil || exitCode(err) != exitUsage {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

func TestForwardHeaders(t *testing.T) {
	t.Parallel()
	header, err := forwardHeaders([]string{"x-a: 1", "X-A:2, 3", "X-Empty:"}, "forward-header")
	if err != nil || !slices.Equal(header["X-A"], []string{"1", "2, 3"}) || !slices.Equal(header["X-Empty"], []string{""}) {
		t.Errorf("%v, %v", header, err)
	}
	for _, text := range []string{
		"", "X-A", ": 1", "X A: 1", "X-A : 1", "X-A: 1\r\nX-B: 2", "X-Ä: 1",
		"x-pepay-signature: 1", "X-Pepay-New: 1", "content-type: text/plain", "Content-Length: 1", "host: a", "Transfer-Encoding: chunked", "connection: close",
	} {
		if _, err := forwardHeaders([]string{"X-Good: 1", text}, "forward-header"); exitCode(err) != exitUsage {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestForwardWrongUsage(t *testing.T) {
	t.Parallel()
	server := account(t)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"not an address", []string{"--forward-to", canary + "://x"}, "--forward-to: write a port, a path, HOST:PORT/PATH or a URL"},
		{"empty", []string{"--forward-to="}, "--forward-to: write a port"},
		{"password", []string{"--forward-to", "https://u:" + canary + "@localhost"}, "--forward-to: must not contain a user"},
		{"http on the internet", []string{"--forward-to", "example.com"}, "--forward-to: must use https"},
		{"header of the delivery", []string{"--forward-to", "3000", "--forward-header", "X-Pepay-Signature: " + canary}, "--forward-header: X-Pepay-Signature is set by the delivery itself"},
		{"no header", []string{"--forward-to", "3000", "--forward-header", canary}, "--forward-header: write 'Name: value'"},
		{"negative retry", []string{"--forward-to", "3000", "--retry", "-1"}, "--retry: write a number from 0 up"},
		{"retry that is none", []string{"--forward-to", "3000", "--retry", canary}, "--retry: write a number from 0 up"},
		{"no backoff", []string{"--forward-to", "3000", "--retry-backoff", "0s"}, "--retry-backoff: write a duration above 0"},
		{"no timeout", []string{"--forward-to", "3000", "--forward-timeout", "0s"}, "--forward-timeout: write a duration above 0"},
		{"skip-verify over http", []string{"--forward-to", "3000", "--skip-verify"}, "--skip-verify: is for an https address"},
		{"skip-verify on the internet", []string{"--forward-to", "https://example.com", "--skip-verify"}, "--skip-verify: is for addresses of this machine"},
		{"secret as file", []string{"--forward-to", "3000", "--secret-file", canary}, "; it takes the name of a file that holds the secret"},
		{"secret as flag", []string{"--forward-to", "3000", "--secret", canary}, "use --secret-file"},
		{"two from standard input", []string{"--forward-to", "3000", "--secret-file", "-", "--api-key-file", "-"}, "--secret-file: --api-key-file reads standard input already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, signing(at(server.URL())), append([]string{"listen"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
	for _, flag := range []string{"--retry=1", "--print-secret", "--skip-verify", "--forward-header=a: b", "--secret-file=x"} {
		pepayRun(t, nil, "listen", flag).wantError(t, exitUsage, ": use it with --forward-to")
	}
}
