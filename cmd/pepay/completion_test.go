package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range shells() {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			r := pepayRun(t, nil, "completion", shell)
			r.wantDone(t)
			if !strings.Contains(r.stdout, "--generate-shell-completion") || r.stderr != "" {
				t.Fatalf("%+v", r)
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed; its script is only checked where it is", shell)
			}
			check := exec.Command(path, "-n")
			if shell == "fish" {
				check = exec.Command(path, "--no-execute", "/dev/stdin")
			}
			check.Stdin = strings.NewReader(r.stdout)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// What bash offers for a line, the way bash asks: words, and a cursor on the last.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{""}, "token listen events webhook trigger mock demo version help completion"},
		{[]string{"to"}, "token"},
		{[]string{"t"}, "token trigger"},
		{[]string{"x"}, ""},
		{[]string{"token", "--t"}, "--ttl --timeout"},
		{[]string{"token", "--json", "--s"}, "--scope"},
		{[]string{"token", "--scope", ""}, ""},
		{[]string{"listen", "--wallet"}, "--wallet-address --wallet-network"},
		{[]string{"listen", "--cursor-file", "x", "--st"}, "--stop-on-gap"},
		{[]string{"listen", "--forward-"}, "--forward-to --forward-header --forward-timeout"},
		{[]string{"events", ""}, "list get resend"},
		{[]string{"events", "list", "--in"}, "--invoice-id"},
		{[]string{"webhook", "v"}, "verify"},
		{[]string{"webhook", "sign", "--se"}, "--secret-file"},
		{[]string{"trigger", "invoice_"}, "invoice_payment.created invoice_payment.updated"},
		{[]string{"trigger", "invoice.created", ""}, ""},
		{[]string{"trigger", "invoice.created", "--s"}, "--set"},
		{[]string{"mock", ""}, ""}, // and nothing is started
		{[]string{"mock", "--addr", "127.0.0.1:0", "--f"}, "--fault"},
		{[]string{"completion", ""}, "bash zsh fish"},
		{[]string{"token", "$(echo run >&2; exit 1)", "--j"}, "--json"}, // and nothing is run
	} {
		t.Run(strings.Join(c.words, " "), func(t *testing.T) {
			t.Parallel()
			const script = `source <("$1" completion bash) || exit
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_pepay "$1"
echo "${COMPREPLY[*]}"`
			run := exec.Command(bash, append([]string{"--norc", "-c", script, "bash", binary}, c.words...)...)
			// $0 is bash; COMP_WORDS begins with the command.
			out, err := run.CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != c.want {
				t.Errorf("got %q (%v), want %q", out, err, c.want)
			}
		})
	}
}
