package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/webhook"
)

func TestWebhookSign(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1734780000123)
	const body = "{\"id\": 1}\r\n\x00"
	want := webhook.Sign(signingCanary, at, []byte(body))
	text := fmt.Sprintf("X-Pepay-Signature: %s\nX-Pepay-Timestamp: 1734780000123\n", want.Get("X-Pepay-Signature"))
	file := writeFile(t, body)
	for name, args := range map[string][]string{"file": {file}, "dash": {"-"}, "standard input": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pepayWith(t, strings.NewReader(body), signing(nil), append([]string{"webhook", "sign", "--timestamp", "1734780000123"}, args...)...)
			r.wantDone(t)
			if r.stdout != text || r.stderr != "" {
				t.Errorf("%+v, want %s", r, text)
			}
		})
	}
	r := pepayRun(t, signing(nil), "webhook", "sign", "--json", file)
	r.wantDone(t)
	var flat map[string]string
	if err := json.Unmarshal([]byte(r.stdout), &flat); err != nil || len(flat) != 2 {
		t.Fatalf("%v: %s", err, r.stdout)
	}
	verifier, err := webhook.NewVerifier(signingCanary)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	for name, value := range flat {
		header.Set(name, value)
	}
	if err := verifier.Verify(header, []byte(body)); err != nil {
		t.Error(err) // the time is now
	}
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// signatures are of one body, by the secret of the tests now and an hour ago, and by the previous secret.
type signatures struct{ now, old, previous http.Header }

func signatureOf(h http.Header) string { return h.Get("X-Pepay-Signature") }
func timestampOf(h http.Header) string { return h.Get("X-Pepay-Timestamp") }

// flagsOf are the flags for a delivery's headers, before others.
func flagsOf(h http.Header, more ...string) []string {
	return append([]string{"--signature", signatureOf(h), "--timestamp", timestampOf(h)}, more...)
}

func TestWebhookVerify(t *testing.T) {
	t.Parallel()
	const body = `{"id":"evt_1"}`
	secret := writeFile(t, signingCanary+"\n")
	file := func(name string) []string { return []string{"--headers-file", name} }
	for _, c := range []struct {
		name string
		body string
		env  []string
		args func(t *testing.T, s signatures) []string
		want string // the reason; "" for valid
	}{
		{"valid", body, nil, func(_ *testing.T, s signatures) []string { return flagsOf(s.now) }, ""},
		{"upper case", body, nil, func(_ *testing.T, s signatures) []string {
			return []string{"--signature", strings.ToUpper(signatureOf(s.now)), "--timestamp", timestampOf(s.now)}
		}, ""},
		{"previous header", body, nil, func(_ *testing.T, s signatures) []string {
			return []string{"--signature", strings.Repeat("0", 64), "--signature-previous", signatureOf(s.now), "--timestamp", timestampOf(s.now)}
		}, ""},
		{"previous secret", body, []string{"PEPAY_WEBHOOK_SECRET_PREVIOUS=whsec_previous"}, func(_ *testing.T, s signatures) []string { return flagsOf(s.previous) }, ""},
		{"previous secret beside a file", body, []string{"PEPAY_WEBHOOK_SECRET_PREVIOUS=whsec_previous"}, func(_ *testing.T, s signatures) []string {
			return flagsOf(s.previous, "--secret-file", secret)
		}, "bad signature"},
		{"secret file", body, []string{"PEPAY_WEBHOOK_SECRET=whsec_other"}, func(_ *testing.T, s signatures) []string { return flagsOf(s.now, "--secret-file", secret) }, ""},
		{"headers file", body, nil, func(t *testing.T, s signatures) []string {
			return file(writeFile(t, fmt.Sprintf("> POST /webhook HTTP/1.1\r\n> Host: localhost\r\n> x-pepay-signature: %s\r\n> X-PEPAY-TIMESTAMP:%s\r\n>\r\n* noise\r\n",
				signatureOf(s.now), timestampOf(s.now))))
		}, ""},
		{"tampered body", body + " ", nil, func(_ *testing.T, s signatures) []string { return flagsOf(s.now) }, "bad signature"},
		{"tampered signature", body, nil, func(_ *testing.T, s signatures) []string {
			first := "0"
			if signatureOf(s.now)[0] == '0' {
				first = "1"
			}
			return []string{"--signature", first + signatureOf(s.now)[1:], "--timestamp", timestampOf(s.now)}
		}, "bad signature"},
		{"tampered timestamp", body, nil, func(_ *testing.T, s signatures) []string {
			return []string{"--signature", signatureOf(s.now), "--timestamp", timestampOf(s.old)}
		}, "bad signature"},
		{"another secret", body, []string{"PEPAY_WEBHOOK_SECRET=whsec_other"}, func(_ *testing.T, s signatures) []string { return flagsOf(s.now) }, "bad signature"},
		{"no timestamp", body, nil, func(_ *testing.T, s signatures) []string { return []string{"--signature", signatureOf(s.now)} }, "bad timestamp"},
		{"seconds", body, nil, func(_ *testing.T, s signatures) []string {
			return []string{"--signature", signatureOf(s.now), "--timestamp", "1734780000"}
		}, "bad timestamp: it looks like seconds, Pepay signs milliseconds"},
		{"no signature", body, nil, func(_ *testing.T, s signatures) []string { return []string{"--timestamp", timestampOf(s.now)} }, "no signature"},
		{"empty headers file", body, nil, func(t *testing.T, _ signatures) []string { return file(writeFile(t, "")) }, "no signature"},
		{"old", body, nil, func(_ *testing.T, s signatures) []string { return flagsOf(s.old) }, "timestamp out of range"},
		{"old within a wide tolerance", body, nil, func(_ *testing.T, s signatures) []string { return flagsOf(s.old, "--tolerance", "24h") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// Signed here: a parallel subtest may begin after the tolerance.
			now := time.Now()
			args := c.args(t, signatures{
				now:      webhook.Sign(signingCanary, now, []byte(body)),
				old:      webhook.Sign(signingCanary, now.Add(-time.Hour), []byte(body)),
				previous: webhook.Sign("whsec_previous", now, []byte(body)),
			})
			r := pepayWith(t, strings.NewReader(c.body), append(signing(nil), c.env...), append([]string{"webhook", "verify"}, args...)...)
			if c.want != "" {
				r.wantError(t, exitFailed, "pepay: webhook: "+c.want+"\n")
				return
			}
			r.wantDone(t)
			if r.stdout != "valid\n" || r.stderr != "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// verify accepts what sign prints.
func TestWebhookRoundTrip(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "any\nbytes\x00")
	signed := pepayRun(t, signing(nil), "webhook", "sign", file)
	signed.wantDone(t)
	pepayWith(t, strings.NewReader(signed.stdout), signing(nil), "webhook", "verify", "--headers-file", "-", file).wantDone(t)
	pepayWith(t, strings.NewReader(signed.stdout), signing(nil), "webhook", "verify", "--headers-file", "-", writeFile(t, "any\nbytes")).
		wantError(t, exitFailed, "bad signature")
}

func TestWebhookWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no command", nil, "say which command; see 'pepay webhook --help'"},
		{"unknown command", []string{"sing"}, "unknown command sing; there are sign, verify, ping; did you mean sign?"},
		{"secret as command", []string{canary}, "unknown command; there are sign"},
		{"two files", []string{"sign", "a", "b"}, "'pepay webhook sign' takes one file"},
		{"no file", []string{"sign", canary}, "; 'pepay webhook sign' takes the name of a file"},
		{"time of sign in seconds", []string{"sign", "--timestamp", "1734780000"}, "--timestamp: it looks like seconds"},
		{"time of sign that is none", []string{"sign", "--timestamp", canary}, "--timestamp: write milliseconds"},
		{"empty time of sign", []string{"sign", "--timestamp="}, "--timestamp: write milliseconds"},
		{"secret as flag", []string{"sign", "--secret", canary}, "there is no flag for a secret"},
		{"secret and body from standard input", []string{"sign", "--secret-file", "-"}, "--secret-file: the body is read from standard input already"},
		{"nothing to verify", []string{"verify"}, "say what came with the body"},
		{"headers twice", []string{"verify", "--headers-file", "x", "--timestamp", "1"}, "--headers-file: excludes --signature"},
		{"no headers file", []string{"verify", "--headers-file", canary}, "; it takes the name of a file with a 'Name: value' per line"},
		{"headers and body from standard input", []string{"verify", "--headers-file", "-"}, "--headers-file: the body is read from standard input already"},
		{"headers and secret from standard input", []string{"verify", "--headers-file", "-", "--secret-file", "-", "x"}, "--secret-file: --headers-file reads standard input already"},
		{"no tolerance", []string{"verify", "--tolerance", "0s", "--signature", "x"}, "--tolerance: write a duration above 0"},
		{"unknown flag", []string{"verify", "--foo"}, "unknown flag --foo; see 'pepay webhook verify --help'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, signing(nil), append([]string{"webhook"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
	t.Run("no secret", func(t *testing.T) {
		t.Parallel()
		pepayRun(t, nil, "webhook", "sign").wantError(t, exitUsage, "no signing secret; set PEPAY_WEBHOOK_SECRET or use --secret-file")
		pepayRun(t, []string{"PEPAY_WEBHOOK_SECRET=" + signingCanary + "\n"}, "webhook", "sign").wantError(t, exitUsage, "PEPAY_WEBHOOK_SECRET: ")
		pepayRun(t, nil, "webhook", "sign", "--secret-file", writeFile(t, signingCanary+" \n")).wantError(t, exitUsage, "--secret-file: ")
		pepayRun(t, nil, "webhook", "verify", "--signature", "x").wantError(t, exitUsage, "no signing secret")
	})
}
