package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

var jwtLine = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+\n$`)

// simulator knows the canary as a merchant key.
func simulator(t *testing.T) *pepaytest.Server {
	return pepaytest.NewServer(t, pepaytest.WithKey(canary, pepaytest.Key{MerchantID: 77}))
}

func at(url string) []string { return []string{"PEPAY_API_URL=" + url} }

func decodeToken(t *testing.T, line string) map[string]any {
	t.Helper()
	var token map[string]any
	if err := json.Unmarshal([]byte(line), &token); err != nil || strings.Count(line, "\n") != 1 {
		t.Fatalf("not one JSON object in one line: %v: %s", err, line)
	}
	return token
}

func TestTokenIsBare(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, at(simulator(t).URL()), "token")
	r.wantDone(t)
	if !jwtLine.MatchString(r.stdout) || r.stderr != "" {
		t.Errorf("%+v", r)
	}
}

func TestTokenVerbose(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	r := pepayRun(t, at(server.URL()), "token", "--verbose", "--ttl", "90s")
	r.wantDone(t)
	want := regexp.MustCompile(`^scope        merchant
merchant     77
environment  none
expires      \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(in (90|89|88)s\)
stream       ws://` + strings.TrimPrefix(server.URL(), "http://") + `/ws/merchant/events
$`)
	if !jwtLine.MatchString(r.stdout) || !want.MatchString(r.stderr) {
		t.Errorf("%+v", r)
	}
	if strings.Contains(r.stderr, strings.TrimSpace(r.stdout)) {
		t.Error("the token is on stderr")
	}
}

func TestTokenJSON(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	before := time.Now().Unix()
	r := pepayRun(t, at(server.URL()), "token", "--json")
	after := time.Now().Unix()
	r.wantDone(t)
	token := decodeToken(t, r.stdout)
	if !jwtLine.MatchString(fmt.Sprintln(token["token"])) {
		t.Errorf("token: %v", token["token"])
	}
	if expires := int64(token["expires_at"].(float64)); expires < before+60 || expires > after+61 {
		t.Errorf("expires_at is %d, for a token of 60 s minted between %d and %d", expires, before, after)
	}
	delete(token, "token")
	delete(token, "expires_at")
	want := map[string]any{
		"scope": "merchant", "merchant_id": 77.0, "network_environment": nil,
		"ws_url": "ws" + strings.TrimPrefix(server.URL(), "http") + "/ws/merchant/events",
	}
	if fmt.Sprint(token) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", token, want)
	}
}

func TestTokenScopeCommerce(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	env := append(at(server.URL()), "PEPAY_COMMERCE_API_KEY="+server.CommerceAPIKey())
	r := pepayRun(t, env, "token", "--scope", "commerce", "--json")
	r.wantDone(t)
	if token := decodeToken(t, r.stdout); token["scope"] != "commerce" || token["network_environment"] != "devnet" {
		t.Errorf("%v", token)
	}
}

// Written from the document alone, without the simulator.
func TestTokenAgainstPlainServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method != http.MethodPost || r.URL.Path != "/api/v1/ws/token":
			t.Errorf("%s %s", r.Method, r.URL)
		case r.Header.Get("x-api-key") != canary || r.Header.Get("x-commerce-api-key") != "":
			t.Errorf("header %v", r.Header)
		case string(body) != `{"scope":"merchant","ttl_seconds":120}`:
			t.Errorf("body %s", body)
		case !strings.Contains(r.UserAgent(), " pepay-cli/"):
			t.Errorf("user agent %s", r.UserAgent())
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true,"data":{"token":"a.b.c","scope":"merchant","merchant_id":123,"network_environment":null,`+
			`"expires_at":1893456000,"ws_url":"wss://api.example/ws/merchant/events?a=1&b=<2>"}}`)
	}))
	defer server.Close()
	r := pepayRun(t, at(server.URL), "token", "--json", "--scope=merchant", "--ttl=2m")
	r.wantDone(t)
	const want = `{"token":"a.b.c","scope":"merchant","merchant_id":123,"network_environment":null,"expires_at":1893456000,` +
		`"ws_url":"wss://api.example/ws/merchant/events?a=1&b=<2>"}` + "\n"
	if r.stdout != want {
		t.Errorf("got %s, want %s", r.stdout, want)
	}
}

func TestTokenFailures(t *testing.T) {
	t.Parallel()
	answer := func(status int, header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if name, value, ok := strings.Cut(header, ": "); ok {
				w.Header().Set(name, value)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const refused = `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key ` + canary + `\u001b[2J\npepay: done"}}`
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		code    int
		want    string
	}{
		{"401 that repeats the key", answer(401, "", refused), exitRefused, "401 API_KEY_INVALID: Invalid API key [redacted]"},
		{"403", answer(403, "", `{}`), exitRefused, "mintWsToken: 403"},
		{"400", answer(400, "", `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"scope"}}`), exitFailed, "400 VALIDATION_ERROR: scope"},
		{"404", answer(404, "", ``), exitFailed, "check the address"},
		{"429 to wait for long", answer(429, "Retry-After: 900", `{}`), exitFailed, "429 Too Many Requests; try again in 15m0s"},
		{"501", answer(501, "", ``), exitFailed, "501"},
		{"redirect", answer(307, "Location: https://elsewhere.example/?k="+canary, ``), exitFailed, "redirect refused"},
		{"not JSON", answer(200, "", `<html>`), exitFailed, "malformed response"},
		{"no token", answer(200, "", `{"success":true,"data":{"expires_at":1893456000}}`), exitFailed, "data.token is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			defer server.Close()
			pepayRun(t, at(server.URL), "token", "--verbose").wantError(t, c.code, c.want)
		})
	}
}

func TestTokenWithoutKey(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, []string{"PEPAY_API_KEY="}, "token")
	r.wantError(t, exitRefused, "no API key; set PEPAY_API_KEY")
}

func TestTokenBadEnvironment(t *testing.T) {
	t.Parallel()
	pepayRun(t, []string{"PEPAY_API_KEY=" + canary + "\n"}, "token").wantError(t, exitUsage, "PEPAY_API_KEY: has space around it")
	pepayRun(t, at("ftp://"+canary), "token").wantError(t, exitUsage, "PEPAY_API_URL: must start with https://")
}

func TestTokenUnreachable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	pepayRun(t, at(server.URL), "token").wantError(t, exitFailed, "check the address, PEPAY_API_URL or --base-url")
}

func TestTokenTimeout(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	server.Faults().On("mintWsToken", pepaytest.Latency(time.Hour), pepaytest.Always())
	pepayRun(t, at(server.URL()), "token", "--timeout", "200ms").wantError(t, exitTimeout, "--timeout gives it longer")
}

func TestTokenBaseURLWins(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, at("https://pepay.invalid"), "token", "--base-url", simulator(t).URL())
	r.wantDone(t)
}

func TestTokenKeyFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content string
		code          int
		want          string
	}{
		{"newline", canary + "\n", exitDone, ""},
		{"newline of Windows", canary + "\r\n", exitDone, ""},
		{"no newline", canary, exitDone, ""},
		{"two newlines", canary + "\n\n", exitUsage, "--api-key-file: has space around it"},
		{"empty", "", exitUsage, "--api-key-file: the file is empty"},
		{"only a newline", "\n", exitUsage, "--api-key-file: the file is empty"},
		{"too long", strings.Repeat(canary, 1000), exitUsage, "--api-key-file: the file is too long"},
	} {
		for _, from := range []string{"file", "stdin"} {
			t.Run(c.name+" from "+from, func(t *testing.T) {
				t.Parallel()
				server := simulator(t)
				env := append(at(server.URL()), "PEPAY_API_KEY=pk_wrong", "PEPAY_COMMERCE_API_KEY=ck_wrong")
				name, stdin := "-", io.Reader(strings.NewReader(c.content))
				if from == "file" {
					name, stdin = filepath.Join(t.TempDir(), "key"), nil
					if err := os.WriteFile(name, []byte(c.content), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				r := pepayWith(t, stdin, env, "token", "--api-key-file", name)
				if c.code != exitDone {
					r.wantError(t, c.code, c.want)
					return
				}
				r.wantDone(t)
				if sent := server.Requests()[0].Header["X-Api-Key"]; !slices.Equal(sent, []string{canary}) {
					t.Errorf("sent %q", sent)
				}
			})
		}
	}
}

// A result that could not be written is a failure.
func TestStdoutFull(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		skipUnlessCI(t, "there is no /dev/full on "+runtime.GOOS)
	}
	defer func() { _ = full.Close() }()
	for _, args := range [][]string{{"token"}, {"token", "--json"}, {"demo", "--once"}, {"version"}, {"mock", "--json", "--addr", "127.0.0.1:0"}, {"completion", "bash"}, {"completion", "zsh"}} {
		cmd := command(at(simulator(t).URL()), args...)
		var stderr strings.Builder
		cmd.Stdout, cmd.Stderr = full, &stderr
		r := finished(t, cmd.Run(), &strings.Builder{}, &stderr)
		r.wantError(t, exitFailed, "no space left on device")
	}
}

func TestTokenFieldsThatAreMissing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	token := &pepay.WSToken{ExpiresAt: pepay.Timestamp{Time: time.Unix(1893456000, 0)}}
	if err := terminal.WriteJSON(&out, tokenInJSON(token, "x")); err != nil {
		t.Fatal(err)
	}
	const want = `{"token":"x","scope":null,"merchant_id":null,"network_environment":null,"expires_at":1893456000,"ws_url":null}` + "\n"
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

func TestFactsHideToken(t *testing.T) {
	t.Parallel()
	token := &pepay.WSToken{Token: "a.b.c", WSURL: "wss://api.example/ws?token=a.b.c"}
	if fields := fmt.Sprint(tokenFields(token)); strings.Contains(fields, "a.b.c") || !strings.Contains(fields, "?token=[redacted]") {
		t.Error(fields)
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{
		-time.Second: "has passed", 0: "has passed", time.Millisecond: "in 1s", 59100 * time.Millisecond: "in 60s",
		2 * time.Minute: "in 120s", time.Hour: "in 1h0m0s",
	} {
		if got := relative(left); got != want {
			t.Errorf("%s: got %q, want %q", left, got, want)
		}
	}
}
