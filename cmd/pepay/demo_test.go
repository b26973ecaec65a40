package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

const demoToken = `  scope        %s
  merchant     123
  environment  %s
  expires      \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(in (60|59|58)s\)
  stream       ws://127\.0\.0\.1:\d+/ws/%[1]s/events
  token        `

var demoOutput = regexp.MustCompile(strings.NewReplacer("%s", `\S+`, "%[1]s", `\S+`).Replace(
	`^A simulated Pepay at http://127\.0\.0\.1:\d+, two tokens minted over HTTP:

merchant token
` + demoToken + `(\S+)

commerce token
` + demoToken + `(\S+)

Two event streams, opened with these tokens:

` + demoEvents + `$`))

const (
	demoEvent  = `\d\d:\d\d:\d\d  `
	demoID     = `[0-9a-f-]{36}`
	demoEvents = `  merchant  ` + demoEvent + `invoice\.created          evt_\d+-1    invoice          ` + demoID + `    10\.000 usd  unpaid
  merchant  ` + demoEvent + `invoice\.updated          evt_\d+-4    invoice          ` + demoID + `    10\.000 usd  underpaid
  merchant  the connection was dropped
  merchant  ` + demoEvent + `invoice\.updated          evt_\d+-8    invoice          ` + demoID + `    10\.000 usd  paid
  merchant  resumed after evt_\d+-4 with 1 event that happened meanwhile, none is missing
  commerce  ` + demoEvent + `commerce\.order\.created   evt_\d+-\d+   commerce_order   ` + demoID + `    103\.99 usd  pending payment
  commerce  ` + demoEvent + `commerce\.order\.updated   evt_\d+-\d+   commerce_order   ` + demoID + `    103\.99 usd  processing
  commerce  ` + demoEvent + `commerce\.order\.updated   evt_\d+-\d+   commerce_order   ` + demoID + `    103\.99 usd  processing
  commerce  ` + demoEvent + `commerce\.order\.updated   evt_\d+-\d+   commerce_order   ` + demoID + `    103\.99 usd  placed
  commerce  ` + demoEvent + `commerce\.order\.updated   evt_\d+-\d+   commerce_order   ` + demoID + `    103\.99 usd  shipped
`
)

func wantDemo(t *testing.T, r result) (tokens []string) {
	t.Helper()
	r.wantDone(t)
	match := demoOutput.FindStringSubmatch(r.stdout)
	if match == nil || r.stderr != "" {
		t.Fatalf("stdout: %s\nstderr: %s", r.stdout, r.stderr)
	}
	for _, fact := range []string{"scope        merchant\n", "environment  none\n", "scope        commerce\n", "environment  devnet\n"} {
		if !strings.Contains(r.stdout, fact) {
			t.Errorf("lacks %q:\n%s", fact, r.stdout)
		}
	}
	return []string{match[2], match[4]}
}

func TestDemoHidesTokens(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "demo", "--once")
	for _, token := range wantDemo(t, r) {
		if token != "[redacted]" {
			t.Errorf("token: %s", token)
		}
	}
	for _, secret := range []string{"eyJ", "pk_", "ck_"} {
		if strings.Contains(r.stdout, secret) {
			t.Errorf("%q is in the output:\n%s", secret, r.stdout)
		}
	}
}

func TestDemoReveals(t *testing.T) {
	t.Parallel()
	for _, token := range wantDemo(t, pepayRun(t, nil, "demo", "--once", "--reveal")) {
		if !jwtLine.MatchString(token + "\n") {
			t.Errorf("token: %s", token)
		}
	}
}

func TestDemoJSON(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil, "demo", "--once", "--json")
	r.wantDone(t)
	all := strings.SplitAfter(r.stdout, "\n")
	if len(all) != 2+8+1 {
		t.Fatalf("%q", all)
	}
	for i, scope := range []string{"merchant", "commerce"} {
		if token := decodeToken(t, all[i]); token["scope"] != scope || token["token"] != "[redacted]" {
			t.Errorf("%v", token)
		}
	}
	idsOf(t, strings.Join(all[2:], ""))
	if !strings.Contains(r.stderr, "the connection was dropped") || !strings.Contains(r.stderr, "none is missing") {
		t.Errorf("stderr: %s", r.stderr)
	}
}

func TestDemoIsQuick(t *testing.T) {
	t.Parallel()
	started := time.Now()
	wantDemo(t, pepayRun(t, nil, "demo", "--once"))
	// It takes about a second; the rest is for a busy machine.
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

// The demo must neither fail over nor use what is meant for the real Pepay.
func TestDemoIgnoresEnvironment(t *testing.T) {
	t.Parallel()
	wantDemo(t, pepayRun(t, []string{"PEPAY_API_KEY= \n", "PEPAY_API_URL=::", "PEPAY_WS_URL=::", "HTTP_PROXY=http://pepay.invalid"}, "demo", "--once"))
}

func TestDemoWithoutTerminalEnds(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close(); _ = writer.Close() }() // open at both ends: reading from it would wait
	for name, stdin := range map[string]*os.File{"null device": null, "pipe": reader} {
		t.Log(name)
		wantDemo(t, pepayWith(t, stdin, nil, "demo"))
	}
	// Everything on the null device, as under a service manager.
	cmd := command(nil, "demo")
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
}
