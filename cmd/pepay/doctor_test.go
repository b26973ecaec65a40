package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// doctorLines are the objects that --json prints, by "group check".
func doctorLines(t *testing.T, r result) (byCheck map[string]map[string]any, summary map[string]any) {
	t.Helper()
	byCheck = map[string]map[string]any{}
	all := lines(r.stdout)
	for i, line := range all {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if i == len(all)-1 {
			return byCheck, object
		}
		for _, member := range []string{"group", "check", "status", "finding"} {
			if text, ok := object[member].(string); !ok || text == "" {
				t.Errorf("no %s: %s", member, line)
			}
		}
		_, advised := object["advice"].([]any)
		if want := object["status"] == "failed" || object["status"] == "warning"; advised != want {
			t.Errorf("advice: %v, want %v: %s", advised, want, line)
		}
		byCheck[fmt.Sprint(object["group"], " ", object["check"])] = object
	}
	t.Fatalf("nothing was printed: %+v", r)
	return nil, nil
}

// doctorFound is how one check ended.
func doctorFound(t *testing.T, r result, check, status, text string) {
	t.Helper()
	byCheck, _ := doctorLines(t, r)
	got := fmt.Sprint(byCheck[check]["finding"], " ", byCheck[check]["advice"])
	if byCheck[check]["status"] != status || !strings.Contains(got, text) {
		t.Errorf("%s is %v: %s, want %s: %s\n%s%s", check, byCheck[check]["status"], got, status, text, r.stdout, r.stderr)
	}
}

func TestDoctorExitCodes(t *testing.T) {
	t.Parallel()
	server := account(t, pepaytest.WithKey("pk_revoked_"+canary, pepaytest.Key{Revoked: true}))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	unknown := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(unknown.Close)
	for _, c := range []struct {
		name string
		env  []string
		args []string
		code int

		check, status, text string
	}{
		{"all is well", nil, nil, exitDone, "PEPAY_API_KEY stream", "ok", "answered a ping"},
		{"a wrong key", []string{"PEPAY_API_KEY=pk_wrong_" + canary}, nil, exitRefused, "PEPAY_API_KEY events", "failed", "does not accept the key: 401"},
		{"a revoked key", []string{"PEPAY_API_KEY=pk_revoked_" + canary}, nil, exitRefused, "PEPAY_API_KEY events", "failed", "does not accept the key: 401"},
		{"no key", []string{"PEPAY_API_KEY="}, nil, exitRefused, "Key key", "failed", "no API key is set"},
		{"a key that cannot be one", []string{"PEPAY_API_KEY=" + canary + " "}, nil, exitFailed, "PEPAY_API_KEY key", "failed", "has space around it"},
		{"a clock an hour off", at(shifted(t, server.URL(), time.Hour)), nil, exitFailed, "network clock", "failed", "1 h behind"},
		{"a clock half a minute off", at(shifted(t, server.URL(), 30*time.Second)), nil, exitDone, "network clock", "warning", "behind"},
		{"a proxy that strips Upgrade", at(withoutUpgrade(t, server.URL())), nil, exitFailed, "PEPAY_API_KEY stream", "failed", "proxy_set_header Upgrade $http_upgrade;"},
		{"nothing listens", at(closed.URL), nil, exitFailed, "network connection", "failed", "nothing listens there"},
		{"nothing listens, by flag", nil, []string{"--base-url", closed.URL}, exitFailed, "network connection", "failed", "check the port in --base-url"},
		{"an unknown certificate", at(unknown.URL), nil, exitFailed, "network tls", "failed", "was issued by Acme Co, whom this machine does not know"},
		{"no such name", at("https://pepay.invalid"), nil, exitFailed, "network dns", "failed", "pepay.invalid"},
		{"no address", at("http://pepay.example"), nil, exitFailed, "settings api-address", "failed", "PEPAY_API_URL: must use https"},
		{"no address of streams", []string{"PEPAY_WS_URL=https://pepay.example"}, nil, exitFailed, "settings stream-address", "failed", "PEPAY_WS_URL: must start with wss"},
		{"no proxy", append(at("https://pepay.example"), "HTTPS_PROXY=user:"+canary+"@%zz"), nil, exitFailed, "settings proxy", "failed", "HTTPS_PROXY is not the address of a proxy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := append(at(server.URL()), c.env...)
			r := pepayRun(t, env, append([]string{"doctor", "--json"}, c.args...)...)
			if r.code != c.code || r.stderr != "" {
				t.Errorf("exit code %d, want %d: %s", r.code, c.code, r.stderr)
			}
			doctorFound(t, r, c.check, c.status, c.text)
			if _, summary := doctorLines(t, r); summary["check"] != "summary" || summary["exit_code"] != float64(c.code) {
				t.Errorf("%v", summary)
			}
		})
	}
}

// shifted answers with the Date of another clock.
func shifted(t *testing.T, address string, by time.Duration) string {
	return before(t, address, &httputil.ReverseProxy{ModifyResponse: func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		return nil
	}})
}

// withoutUpgrade passes on what a proxy does that knows no WebSockets.
func withoutUpgrade(t *testing.T, address string) string {
	return before(t, address, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.Header.Del("Connection")
		r.Out.Header.Del("Upgrade")
	}})
}

func before(t *testing.T, address string, proxy *httputil.ReverseProxy) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	rewrite, transport := proxy.Rewrite, &http.Transport{}
	proxy.Transport = transport
	proxy.Rewrite = func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if rewrite != nil {
			rewrite(r)
		}
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL
}

// Keys, tokens, the webhook secret, and the user and query of addresses are in no output,
// whatever the other side repeats.
func TestDoctorHidesSecrets(t *testing.T) {
	t.Parallel()
	// Everything that was sent comes back.
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := fmt.Sprint(r.Header, r.URL)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/v1/ws/token" {
			fmt.Fprintf(w, `{"success":true,"data":{"token":"token.%[1]s.x","scope":"token.%[1]s.x","expires_at":1,"ws_url":"wss://user:%[1]s@h/?t=%[1]s"}}`, canary)
			return
		}
		w.WriteHeader(http.StatusConflict)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": "ECHO", "message": sent}})
	}))
	t.Cleanup(echo.Close)
	env := signing([]string{
		"PEPAY_COMMERCE_API_KEY=" + commerceCanary, "PEPAY_JWT=jwt." + canary, "HTTPS_PROXY=http://user:" + canary + "@127.0.0.1:1",
	})
	for name, more := range map[string][]string{
		"echo":                        at(echo.URL),
		"through a proxy":             at("https://pepay.example"),
		"a password in the address":   at("https://user:" + canary + "@pepay.example"),
		"a key in the address":        at("https://pepay.example/?key=" + canary),
		"a password for streams":      append(at(echo.URL), "PEPAY_WS_URL=wss://user:"+canary+"@pepay.example"),
		"a key that cannot be one":    append(at(echo.URL), "PEPAY_API_KEY="+canary+"\n"),
		"a proxy that cannot be used": append(at("https://pepay.example"), "HTTPS_PROXY=user:"+canary+"@%zz"),
	} {
		for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}} {
			t.Run(name+" "+args[len(args)-1], func(t *testing.T) {
				t.Parallel()
				r := pepayRun(t, append(slices.Clone(env), more...), append(args, "--webhook", echo.URL+"/?token="+canary)...)
				if r.code != exitFailed || r.stderr != "" || r.stdout == "" {
					t.Errorf("%+v", r)
				}
				if out := strings.ToLower(r.stdout); strings.Contains(out, "canary") || strings.Contains(out, "5b1f") {
					t.Errorf("%s", r.stdout)
				}
			})
		}
	}
}

// The summary counts, and is the last object.
func TestDoctorSummary(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, append(at(account(t).URL()), "PEPAY_API_KEY=pk_wrong_"+canary), "doctor", "--json")
	_, summary := doctorLines(t, r)
	want := map[string]any{
		"check": "summary", "status": "failed", "finding": "1 check failed, 2 skipped.",
		"ok": 10.0, "warning": 0.0, "failed": 1.0, "skipped": 2.0, "exit_code": 3.0,
	}
	if fmt.Sprint(summary) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", summary, want)
	}
}

// Without --webhook nothing changes but one token per key.
func TestDoctorRequests(t *testing.T) {
	t.Parallel()
	server := account(t, pepaytest.WithKey(commerceCanary, pepaytest.Key{Scope: "commerce"}))
	pepayRun(t, append(at(server.URL()), "PEPAY_COMMERCE_API_KEY="+commerceCanary), "doctor").wantDone(t)
	got := map[string]int{}
	for _, request := range server.Requests() {
		got[request.Operation]++
	}
	want := map[string]int{"listEvents": 3, "mintWsToken": 2, "openMerchantStream": 1, "openCommerceStream": 1}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDoctorWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"argument", nil, []string{canary}, "'pepay doctor' takes no arguments"},
		{"no time", nil, []string{"--timeout", "0s"}, "--timeout: write a duration above 0"},
		{"address of a flag", nil, []string{"--base-url", "http://pepay.example"}, "--base-url: must use https"},
		{"a file that is not there", nil, []string{"--api-key-file", "none-such"}, "--api-key-file: no such file"},
		{"a webhook elsewhere", signing(nil), []string{"--webhook", "https://shop.example/" + canary}, "--webhook: this runs the handler of an endpoint that is not on this machine; add --yes"},
		{"no secret", nil, []string{"--webhook", "3000"}, "no signing secret; set PEPAY_WEBHOOK_SECRET"},
		{"no webhook", nil, []string{"--yes"}, "--yes: is for --webhook"},
		{"no address of a webhook", signing(nil), []string{"--webhook", canary + "://x"}, "--webhook: write a port, a path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, append(at("http://127.0.0.1:1"), c.env...), append([]string{"doctor"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}

func TestDoctorWebhook(t *testing.T) {
	t.Parallel()
	server := account(t)
	run := func(address string, args ...string) result {
		t.Helper()
		return pepayRun(t, signing(at(server.URL())), append([]string{"doctor", "--json", "--webhook", address + "/hook?token=" + canary}, args...)...)
	}
	verifying := newReceiver(t, func(int) int { return http.StatusOK })
	r := run(verifying.URL)
	// This receiver notes what is wrong with a delivery, and accepts it.
	doctorFound(t, r, "webhook bad-signature", "failed", "anybody can forge a payment")
	doctorFound(t, r, "webhook good-signature", "ok", "your handler ran with test.ping evt_")
	if r.code != exitFailed {
		t.Errorf("exit code %d", r.code)
	}
	got := verifying.all()
	if len(got) != 2 || got[0].err == nil || got[1].err != nil || got[1].ev.Type != "test.ping" || got[1].header.Get("X-Pepay-Event-ID") != got[1].ev.ID {
		t.Errorf("%+v", got)
	}
	r = run(newReceiver(t, func(n int) int { return []int{400, 200}[n-1] }).URL)
	r.wantDone(t)
	doctorFound(t, r, "webhook bad-signature", "ok", "refused with 400")
	verifying.Close()
	doctorFound(t, run(verifying.URL), "webhook reachable", "failed", "nothing listens there")
}

func TestDoctorTimeout(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("mintWsToken", pepaytest.Latency(time.Hour), pepaytest.Always())
	r := pepayRun(t, at(server.URL()), "doctor", "--json", "--timeout", "2s")
	doctorFound(t, r, "PEPAY_API_KEY token", "failed", "no answer within 2s")
	if r.code != exitFailed {
		t.Errorf("exit code %d", r.code)
	}
}

// The screen of a person with a key that is wrong in one of two variables.
func TestDoctorScreen(t *testing.T) {
	t.Parallel()
	server := account(t)
	env := append(at(server.URL()), "PEPAY_COMMERCE_API_KEY=ck_wrong_"+canary)
	r := pepayRun(t, env, "doctor")
	if r.code != exitRefused || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	golden(t, "doctor.txt", steady(r.stdout, server.URL()))
}

// steady replaces what differs from run to run.
func steady(screen, address string) string {
	screen = strings.ReplaceAll(screen, strings.TrimPrefix(address, "http://"), "127.0.0.1:PORT")
	screen = strings.ReplaceAll(screen, wrapper.Version, "X.Y.Z")
	screen = strings.ReplaceAll(screen, runtime.Version(), "goX.Y")
	screen = strings.ReplaceAll(screen, runtime.GOOS+"/"+runtime.GOARCH, "OS/ARCH")
	screen = regexp.MustCompile(`in \d\d s`).ReplaceAllString(screen, "in 60 s")
	return regexp.MustCompile(`(under 1|\d+) ms`).ReplaceAllString(screen, "N ms")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s, go test -update writes it anew:\n%s", file, got)
	}
}
