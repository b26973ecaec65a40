//go:build !windows

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type mockProcess struct {
	cmd            *exec.Cmd
	stdout, stderr *bufio.Reader
	URL            string `json:"url"`
	APIKey         string `json:"api_key"`
	CommerceAPIKey string `json:"commerce_api_key"`
	ConsoleURL     string `json:"console_url"`
	JWT            string `json:"jwt"`
}

// startMock starts "pepay mock --json" and reads its ready line.
func startMock(t *testing.T, args ...string) *mockProcess {
	t.Helper()
	m := &mockProcess{cmd: command(nil, append([]string{"mock", "--json", "--addr", "127.0.0.1:0"}, args...)...)}
	stdout, err := m.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := m.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.stdout, m.stderr = bufio.NewReader(stdout), bufio.NewReader(stderr)
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.cmd.Process.Kill() })
	line, err := m.stdout.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, m)
	}
	if err != nil || m.URL == "" || m.APIKey == "" || m.CommerceAPIKey == "" {
		t.Fatalf("ready line %q: %v", line, err)
	}
	return m
}

// end sends the signal and returns the rest of stderr.
func (m *mockProcess) end(t *testing.T, signal os.Signal) string {
	t.Helper()
	if err := m.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(m.stderr)
	if err != nil {
		t.Fatal(err)
	}
	if more, _ := io.ReadAll(m.stdout); len(more) > 0 {
		t.Errorf("more on stdout than the ready line: %s", more)
	}
	if err := m.cmd.Wait(); err != nil {
		t.Errorf("did not end cleanly: %v", err)
	}
	return string(rest)
}

func (m *mockProcess) env() []string {
	return []string{"PEPAY_API_URL=" + m.URL, "PEPAY_API_KEY=" + m.APIKey, "PEPAY_COMMERCE_API_KEY=" + m.CommerceAPIKey, "PEPAY_JWT=" + m.JWT}
}

func TestMockServesAndEnds(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"SIGINT": os.Interrupt, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startMock(t)
			pepayRun(t, m.env(), "token", "--scope", "merchant").wantDone(t)
			pepayRun(t, m.env(), "token", "--scope", "commerce").wantDone(t)
			if rest := m.end(t, signal); rest != "" {
				t.Errorf("stderr: %s", rest)
			}
			u, err := url.Parse(m.URL)
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", u.Host)
			if err != nil {
				t.Fatalf("the port is still taken: %v", err)
			}
			_ = l.Close()
		})
	}
}

func TestMockEndsWhileAnswering(t *testing.T) {
	t.Parallel()
	m := startMock(t, "--fault", "*:latency=1h")
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	m.end(t, os.Interrupt)
}

func TestMockFaults(t *testing.T) {
	t.Parallel()
	m := startMock(t, "--verbose",
		"--fault", "mintWsToken:status=429,retry-after=1s,next=1",
		"--fault", `mintWsToken:status=403,next=1,body={"success":false,"error":{"code":"A,B","message":"said so"}}`)
	// 429 is waited for and tried again, and 403 is final: the commas did not split the rules.
	started := time.Now()
	pepayRun(t, m.env(), "token").wantError(t, exitRefused, "403 A,B: said so")
	if waited := time.Since(started); waited < time.Second {
		t.Errorf("Retry-After: 1 was waited for %s", waited)
	}
	pepayRun(t, m.env(), "token").wantDone(t)
	resp, err := http.Get(m.URL + "/nothing%0ahere")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	log := m.end(t, os.Interrupt)
	for i, want := range []string{
		"429 POST /api/v1/ws/token (mintWsToken)", "403 POST /api/v1/ws/token (mintWsToken)",
		"200 POST /api/v1/ws/token (mintWsToken)", "404 GET /nothing here (not documented)",
	} {
		if lines := strings.Split(log, "\n"); len(lines) != 5 || !strings.HasSuffix(lines[i], want) {
			t.Errorf("line %d is not %q:\n%s", i+1, want, log)
		}
	}
}

// Any page in a browser can reach the simulator, and must not change anything.
func TestMockControlIsGuarded(t *testing.T) {
	t.Parallel()
	m := startMock(t)
	for _, c := range []struct {
		name, key, origin string
		status            int
	}{
		{"key", m.APIKey, "", http.StatusOK},
		{"commerce key", m.CommerceAPIKey, "", http.StatusOK},
		{"no key", "", "", http.StatusUnauthorized},
		{"wrong key", canary, "", http.StatusUnauthorized},
		{"page of another origin", m.APIKey, "https://elsewhere.example", http.StatusForbidden},
		{"page of another port", m.APIKey, "http://127.0.0.1:1", http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequest(http.MethodPost, m.URL+"/_pepaytest/events", strings.NewReader(`{"type":"test.ping","data":{"object":{}}}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("x-api-key", c.key)
			if c.origin != "" {
				req.Header.Set("Origin", c.origin)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Errorf("got %d, want %d", resp.StatusCode, c.status)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
	if rest := m.end(t, os.Interrupt); rest != "" {
		t.Errorf("stderr: %s", rest)
	}
}

func TestMockAllowsHosts(t *testing.T) {
	t.Parallel()
	m := startMock(t, "--allow-host", "mock", "--allow-host", "pepay.internal")
	for host, status := range map[string]int{"mock:3000": 200, "pepay.internal": 200, "evil.example:3000": http.StatusMisdirectedRequest} {
		req, err := http.NewRequest(http.MethodGet, m.URL+"/api/v1/events", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		req.Header.Set("x-api-key", m.APIKey)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%s: %d, want %d", host, resp.StatusCode, status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	m.end(t, os.Interrupt)
}

func TestMockAllowsRemoteWebhooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		args   []string
		status int
		body   string
	}{
		{"not", nil, http.StatusBadRequest, "'pepay mock --allow-remote-webhooks'"},
		{"with the flag", []string{"--allow-remote-webhooks"}, http.StatusOK, "https://shop.example.com/hook"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := startMock(t, c.args...)
			req, err := http.NewRequest(http.MethodPost, m.URL+"/_pepaytest/webhooks", strings.NewReader(`{"url":"https://shop.example.com/hook"}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("x-api-key", m.APIKey)
			req.Header.Set("Content-Type", "application/json")
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.body) {
				t.Errorf("%s %s %v", resp.Status, body, err)
			}
			m.end(t, os.Interrupt)
		})
	}
}

// mockForPeople is what the simulator says to a person as it starts. Nothing goes to
// standard output, and Ctrl-C ends it without an error.
func mockForPeople(t *testing.T, args ...string) string {
	t.Helper()
	cmd := command(nil, append([]string{"mock"}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stdout strings.Builder
	cmd.Stdout = &stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var text strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Ctrl-C") {
			break
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || stdout.String() != "" {
		t.Errorf("%v, stdout: %s", err, stdout.String())
	}
	return text.String()
}

func TestMockForPeople(t *testing.T) {
	t.Parallel()
	text := mockForPeople(t, "--addr", "0.0.0.0:0", "--fault", "*:latency=1ms")
	for _, want := range []string{
		"The simulator listens on http://127.0.0.1:", "  export PEPAY_API_URL=http://127.0.0.1:",
		"  export PEPAY_API_KEY=pk_", "  export PEPAY_COMMERCE_API_KEY=ck_", "  export PEPAY_JWT=ey", "  fault  *:latency=1ms\n",
		"Others can reach it too, and its keys are public.\nThe console is off for that reason; --console serves it.\n", "These keys work here only.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestAddressTaken(t *testing.T) {
	t.Parallel()
	addr := strings.TrimPrefix(startMock(t).URL, "http://")
	for _, name := range []string{"mock", "demo"} {
		pepayRun(t, nil, name, "--addr", addr).wantError(t, exitFailed, addr+" is taken by another program, give another address with --addr")
	}
}

func TestSignalDuringToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signal os.Signal
		code   int
	}{"SIGINT": {os.Interrupt, 130}, "SIGTERM": {syscall.SIGTERM, 143}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan struct{}, 1)
			server := pepaytest.NewServer(t, pepaytest.WithClock(func() time.Time {
				select {
				case arrived <- struct{}{}: // the clock is read when a request arrives
				default:
				}
				return time.Now()
			}))
			server.Faults().On("*", pepaytest.Latency(time.Hour), pepaytest.Always())
			<-arrived // it was read when the server started
			cmd := command(at(server.URL()), "token")
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-arrived
			if err := cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			finished(t, cmd.Wait(), &stdout, &stderr).wantError(t, c.code, "pepay: "+c.signal.String())
		})
	}
}

// A key that never comes must not keep Ctrl-C from working.
func TestSignalWhileWaitingForKey(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close(); _ = writer.Close() }()
	r := pepayWith(t, reader, nil, "token", "--api-key-file", "-", "--timeout", "200ms")
	r.wantError(t, exitTimeout, "")
}
