package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/wrapper"
)

var update = flag.Bool("update", false, "write the help texts to testdata")

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown command", []string{"tokn"}, "unknown command tokn; there are invoices, orders, checkout, payment-tokens, keys, api, token, listen, events, webhook, trigger, mock, demo, doctor, version, completion; did you mean token?"},
		{"swapped letters", []string{"lsiten"}, "did you mean listen?"},
		{"capitals", []string{"MOCK"}, "unknown command MOCK; "},
		{"a slip in a flag", []string{"listen", "--cursor-fiel", "x"}, "unknown flag --cursor-fiel; see 'pepay listen --help'; did you mean --cursor-file?"},
		{"an unlike command", []string{"hunter"}, "unknown command; there are invoices"},
		{"key as command", []string{canary}, "unknown command; there are invoices"},
		{"unknown flag before the command", []string{"--foo", "token"}, "unknown flag --foo; see 'pepay --help'"},
		{"unknown flag", []string{"token", "--foo"}, "unknown flag --foo; see 'pepay token --help'"},
		{"unknown flag of several words, with a value", []string{"listen", "--Max-retries2=" + canary}, "unknown flag --Max-retries2; see 'pepay listen --help'"},
		{"unknown letter", []string{"token", "-x"}, "unknown flag -x; see 'pepay token --help'"},
		{"key as flag", []string{"token", "--" + canary}, "unknown flag, not repeated here because it may be a key; see 'pepay token --help'"},
		{"letters of a key as flag", []string{"token", "--pk_" + strings.Repeat("qw", 7)}, "unknown flag, not repeated here"},
		{"flag for a key", []string{"token", "--api-key", canary}, "use --api-key-file"},
		{"flag for a key with =", []string{"token", "--commerce-api-key=" + canary}, "use --api-key-file"},
		{"argument", []string{"token", canary}, "'pepay token' takes no arguments"},
		{"argument after --", []string{"demo", "--", "x"}, "'pepay demo' takes no arguments"},
		{"scope", []string{"token", "--scope", canary}, "--scope: write merchant or commerce"},
		{"empty scope", []string{"token", "--scope="}, "--scope: write merchant or commerce"},
		{"ttl without value", []string{"token", "--ttl"}, "--ttl needs a value"},
		{"ttl without unit", []string{"token", "--ttl", "60"}, "--ttl: write a duration such as 60s"},
		{"ttl is a key", []string{"token", "--ttl", canary}, "--ttl: write a duration"},
		{"ttl of zero", []string{"token", "--ttl", "0s"}, "--ttl: write whole seconds from 1s up"},
		{"ttl of half a second", []string{"token", "--ttl", "1500ms"}, "--ttl: write whole seconds"},
		{"negative timeout", []string{"token", "--timeout=-1s"}, "--timeout: write a duration above 0"},
		{"value for a bool", []string{"token", "--json=" + canary}, "--json: is given without a value"},
		{"base URL without https", []string{"token", "--base-url", "http://pepay.example"}, "--base-url: must use https"},
		{"base URL with a password", []string{"token", "--base-url", "https://u:" + canary + "@pepay.example"}, "--base-url: must not contain a user"},
		{"empty base URL", []string{"token", "--base-url="}, "--base-url: is empty"},
		{"key instead of a file", []string{"token", "--api-key-file", canary}, "--api-key-file: "},
		{"directory as key file", []string{"token", "--api-key-file", "."}, "--api-key-file: "},
		{"listen argument", []string{"listen", canary}, "'pepay listen' takes no arguments"},
		{"listen scope", []string{"listen", "--scope", canary}, "--scope: write merchant or commerce"},
		{"filter of the other stream", []string{"listen", "--order-id", "order_1"}, "--order-id: the merchant stream does not have this filter"},
		{"wallet on the other stream", []string{"listen", "--scope", "merchant", "--wallet-address", canary}, "--wallet-address: the merchant stream"},
		{"network on the other stream", []string{"listen", "--wallet-network", "solana"}, "--wallet-network: the merchant stream"},
		{"environment on the other stream", []string{"listen", "--scope", "commerce", "--environment", "devnet"}, "--environment: the commerce stream does not"},
		{"invoice type on the other stream", []string{"listen", "--scope", "commerce", "--invoice-type", "standard"}, "--invoice-type: the commerce stream does not"},
		{"unknown environment", []string{"listen", "--environment", canary}, "--environment: is neither devnet nor mainnet"},
		{"types with a hole", []string{"listen", "--types", "invoice.*,,x"}, "--types: each is one event type"},
		{"empty types", []string{"listen", "--types="}, "--types: "},
		{"empty filter", []string{"listen", "--invoice-id="}, "--invoice-id: is empty"},
		{"empty cursor", []string{"listen", "--since="}, "--since: is empty"},
		{"empty cursor file", []string{"listen", "--cursor-file="}, "--cursor-file: is empty"},
		{"audit too often", []string{"listen", "--audit", "59s"}, "--audit: write a duration from 1m up"},
		{"audit never", []string{"listen", "--audit", "0s"}, "--audit: write a duration from 1m up"},
		{"audit without a unit", []string{"listen", "--audit", "5"}, "--audit: write a duration"},
		{"no template", []string{"listen", "--format", "{{"}, "--format: write a Go template"},
		{"empty template", []string{"listen", "--format="}, "--format: write a Go template"},
		{"template of what there is not", []string{"listen", "--format", "{{.Key}}"}, "--format: the template has a field"},
		{"template and JSON", []string{"listen", "--format", "{{.ID}}", "--json"}, "--format: excludes --json"},
		{"template and forwarding", []string{"listen", "--format", "{{.ID}}", "--forward-to", "3000"}, "--format: excludes --forward-to"},
		{"no events", []string{"listen", "--max-events", "0"}, "--max-events: write a number from 1 up"},
		{"number of events that is none", []string{"listen", "--max-events", canary}, "--max-events: write a number from 1 up"},
		{"no time", []string{"listen", "--timeout", "0s"}, "--timeout: write a duration above 0"},
		{"life of no token", []string{"listen", "--ttl", "60s"}, "--ttl: is the life of minted tokens, use it with --token"},
		{"life of half a second", []string{"listen", "--token", "--ttl", "500ms"}, "--ttl: write whole seconds"},
		{"quiet and verbose", []string{"listen", "--quiet", "--verbose"}, "--quiet: excludes --verbose"},
		{"listen with a flag for a key", []string{"listen", "--api-key", canary}, "use --api-key-file"},
		{"mock argument", []string{"mock", "x"}, "'pepay mock' takes no arguments"},
		{"address without port", []string{"mock", "--addr", "localhost"}, "--addr: write HOST:PORT"},
		{"port out of range", []string{"mock", "--addr", "127.0.0.1:65536"}, "--addr: write HOST:PORT"},
		{"no host to allow", []string{"mock", "--allow-host="}, "--allow-host: write the name of a host"},
		{"host with a port", []string{"mock", "--allow-host", "mock:3000"}, "--allow-host: write the name of a host"},
		{"host with a wildcard", []string{"mock", "--allow-host", "*.internal"}, "--allow-host: write the name of a host"},
		{"demo address", []string{"demo", "--addr="}, "--addr: write HOST:PORT"},
		{"fault without setting", []string{"mock", "--fault", "mintWsToken"}, `--fault: fault "mintWsToken": write OPERATION:`},
		{"fault of no operation", []string{"mock", "--fault", "nope:status=500"}, `--fault: unknown operation "nope"; pepay.Operations lists all, and * is for any`},
		{"unknown fault", []string{"mock", "--fault", "*:explode=1"}, `--fault: unknown fault setting "explode"; there are`},
		{"bad fault after a good one", []string{"mock", "--fault", "*:status=500", "--fault", "*:status=700"}, "--fault: status 700 is not one of"},
		{"version argument", []string{"version", "x"}, "'pepay version' takes no arguments"},
		{"no shell", []string{"completion"}, "say which shell: bash, zsh, fish"},
		{"unknown shell", []string{"completion", "ksh"}, "unknown shell ksh; there are bash, zsh, fish"},
		{"shell that is not offered", []string{"completion", "pwsh"}, "unknown shell; there are bash, zsh, fish"},
		{"argument after the shell", []string{"completion", "bash", "x"}, "'pepay completion bash' takes no arguments"},
		{"flag after the shell", []string{"completion", "zsh", "--foo"}, "unknown flag --foo; see"},
		{"help on nothing", []string{"help", canary}, "no help on that; see 'pepay --help'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, nil, c.args...).wantError(t, exitUsage, c.want)
		})
	}
}

func TestNoCommand(t *testing.T) {
	t.Parallel()
	r := pepayRun(t, nil)
	if r.code != exitUsage || r.stdout != "" || !strings.HasSuffix(r.stderr, "\npepay: say which command\n") {
		t.Errorf("%+v", r)
	}
}

// The help texts are kept, so that a change to them is seen and the documentation
// can quote them.
func TestHelp(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"pepay":          {"--help"},
		"token":          {"token", "--help"},
		"listen":         {"listen", "--help"},
		"events":         {"events", "--help"},
		"events-list":    {"events", "list", "--help"},
		"events-get":     {"events", "get", "--help"},
		"events-resend":  {"events", "resend", "--help"},
		"webhook":        {"webhook", "--help"},
		"webhook-sign":   {"webhook", "sign", "--help"},
		"webhook-ping":   {"webhook", "ping", "--help"},
		"webhook-verify": {"webhook", "verify", "--help"},
		"trigger":        {"trigger", "--help"},
		"mock":           {"mock", "-h"},
		"demo":           {"help", "demo"},
		"api":            {"api", "--help"},
		"doctor":         {"doctor", "--help"},
		"version":        {"version", "--help"},

		"invoices":              {"invoices", "--help"},
		"invoices-create":       {"invoices", "create", "--help"},
		"invoices-list":         {"invoices", "list", "--help"},
		"invoices-get":          {"invoices", "get", "--help"},
		"invoices-status":       {"invoices", "status", "--help"},
		"invoices-wait":         {"invoices", "wait", "--help"},
		"invoices-totals":       {"invoices", "totals", "--help"},
		"orders":                {"orders", "--help"},
		"orders-list":           {"orders", "list", "--help"},
		"orders-get":            {"orders", "get", "--help"},
		"orders-cancel":         {"orders", "cancel", "--help"},
		"orders-wait":           {"orders", "wait", "--help"},
		"orders-simulate":       {"orders", "simulate", "--help"},
		"checkout":              {"checkout", "--help"},
		"payment-tokens":        {"payment-tokens", "--help"},
		"payment-tokens-list":   {"payment-tokens", "list", "--help"},
		"payment-tokens-search": {"payment-tokens", "search", "--help"},
		"payment-tokens-block":  {"payment-tokens", "block", "--help"},
		"keys":                  {"keys", "--help"},
		"keys-list":             {"keys", "list", "--help"},
		"keys-create":           {"keys", "create", "--help"},
		"keys-revoke":           {"keys", "revoke", "--help"},
		"completion":            {"completion", "--help"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pepayRun(t, nil, args...)
			r.wantDone(t)
			help := strings.Replace(r.stdout, wrapper.Version, "X.Y.Z", 1)
			file := filepath.Join("testdata", "help", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(help), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if help != string(want) || r.stderr != "" {
				t.Errorf("differs from %s, go test -update writes it anew:\n%s%s", file, help, r.stderr)
			}
			for line := range strings.Lines(help) {
				if strings.Count(line, "(default:") > 1 {
					t.Errorf("two defaults: %s", line)
				}
			}
		})
	}
}
