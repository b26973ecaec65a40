//go:build !windows

package main

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// consoleAnswer is the answer to a request that the mock gets.
func consoleAnswer(t *testing.T, method, url, host string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

var consoleToken = regexp.MustCompile(`<meta name="pepaytest-token" content="([A-Z0-9]{20,})">`)

func TestMockServesConsole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		args   []string
		served bool
	}{
		{"loopback", nil, true},
		{"not wanted", []string{"--no-console"}, false},
		{"others can reach it", []string{"--addr", "0.0.0.0:0"}, false},
		{"wanted all the same", []string{"--addr", "0.0.0.0:0", "--console"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := startMock(t, c.args...)
			resp, body := consoleAnswer(t, http.MethodGet, m.URL+"/console/", "")
			if !c.served {
				if resp.StatusCode != http.StatusNotFound || m.ConsoleURL != "" {
					t.Errorf("%s, console_url %q", resp.Status, m.ConsoleURL)
				}
				return
			}
			if m.ConsoleURL != m.URL+"/console/" || resp.StatusCode != http.StatusOK || !consoleToken.MatchString(body) {
				t.Errorf("console_url %q: %s %s", m.ConsoleURL, resp.Status, body)
			}
			http.DefaultClient.CloseIdleConnections()
			if rest := m.end(t, os.Interrupt); rest != "" {
				t.Errorf("stderr: %s", rest)
			}
		})
	}
}

// The page is for pages of this origin and requests to this host; its token opens the control endpoints
// of this start, and nothing of the API.
func TestMockGuardsConsole(t *testing.T) {
	t.Parallel()
	m, other := startMock(t), startMock(t)
	token := func(m *mockProcess) string {
		_, body := consoleAnswer(t, http.MethodGet, m.ConsoleURL, "")
		return consoleToken.FindStringSubmatch(body)[1]
	}
	own, others := token(m), token(other)
	for _, c := range []struct {
		name, method, path, host string
		header                   []string
		status                   int
	}{
		{"page", "GET", "/console/", "", nil, 200},
		{"page without the slash", "GET", "/console", "", nil, 200}, // after a redirect
		{"page by another name", "GET", "/console/", "evil.example", nil, 421},
		{"post", "POST", "/console/", "", nil, 405},
		{"control", "GET", "/_pepaytest/state", "", []string{"x-pepaytest-token", own}, 200},
		{"control by another name", "GET", "/_pepaytest/state", "evil.example", []string{"x-pepaytest-token", own}, 421},
		{"control from another origin", "GET", "/_pepaytest/state", "", []string{"x-pepaytest-token", own, "Origin", "https://evil.example"}, 403},
		{"control from another port", "GET", "/_pepaytest/state", "", []string{"x-pepaytest-token", own, "Origin", "http://127.0.0.1:1"}, 403},
		{"control without the token", "GET", "/_pepaytest/state", "", nil, 401},
		{"control with the token of another start", "GET", "/_pepaytest/state", "", []string{"x-pepaytest-token", others}, 401},
		{"control with the token in the address", "GET", "/_pepaytest/state?token=" + own, "", nil, 401},
		{"API with the token", "GET", "/api/v1/invoices", "", []string{"x-pepaytest-token", own}, 401},
		{"API with the token as key", "GET", "/api/v1/invoices", "", []string{"x-api-key", own}, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			if resp, body := consoleAnswer(t, c.method, m.URL+c.path, c.host, c.header...); resp.StatusCode != c.status || strings.Contains(c.path, "_") && strings.Contains(body, own) {
				t.Errorf("%s: %s", resp.Status, body)
			}
		})
	}
}

func TestMockConsoleForPeople(t *testing.T) {
	t.Parallel()
	text := mockForPeople(t, "--addr", "127.0.0.1:0")
	if !regexp.MustCompile(`(?m)^  console  http://127\.0\.0\.1:\d+/console/$`).MatchString(text) || strings.Contains(text, "The console is off") {
		t.Errorf("%s", text)
	}
}

func TestMockConsoleFlagsContradict(t *testing.T) {
	t.Parallel()
	pepayRun(t, nil, "mock", "--console", "--no-console").wantError(t, exitUsage, "--no-console: not together with --console")
}
