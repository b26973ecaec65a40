package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completions are what each shell has to offer for a line. Candidates that are not meant
// to be followed by a space end in = or :.
func completions() map[string]string {
	return map[string]string{
		"pepay ":                                          "invoices orders checkout payment-tokens keys api token listen events webhook trigger mock demo doctor version completion",
		"pepay to":                                        "token",
		"pepay t":                                         "token trigger",
		"pepay invoices l":                                "list",
		"pepay invoices list --status unp":                "unpaid",
		"pepay invoices list --status paid,e":             "paid,expired",
		"pepay invoices wait x --status c":                "canceled",
		"pepay invoices get x --expand l":                 "latest_payment",
		"pepay orders list --status pl":                   "placed",
		"pepay orders wait x --status placed,s":           "placed,shipped",
		"pepay orders simulate x payment_":                "payment_confirmed payment_settled",
		"pepay checkout --retailer w":                     "walmart",
		"pepay payment-tokens search --network b":         "base bsc",
		"pepay payment-tokens search --token-type s":      "spl sui",
		"pepay keys create --scope=c":                     "--scope=commerce",
		"pepay api P":                                     "POST PUT PATCH",
		"pepay api GET /api/v1/ev":                        "/api/v1/events /api/v1/events/{eventId}",
		"pepay token --t":                                 "--ttl --timeout",
		"pepay doctor --we":                               "--webhook",
		"pepay token --json --s":                          "--scope",
		"pepay token --scope ":                            "merchant commerce",
		"pepay token --scope c":                           "commerce",
		"pepay token --scope=m":                           "--scope=merchant",
		"pepay listen --wallet":                           "--wallet-address --wallet-network",
		"pepay listen --cursor-file x --st":               "--stop-on-gap",
		"pepay listen --environment ":                     "devnet mainnet",
		"pepay listen --types invoice.u":                  "invoice.updated",
		"pepay listen --types invoice.*,commerce.o":       "invoice.*,commerce.order.* invoice.*,commerce.order.created invoice.*,commerce.order.updated",
		"pepay events ":                                   "list get resend",
		"pepay events list --in":                          "--invoice-id",
		"pepay events get --scope ":                       "merchant commerce",
		"pepay webhook v":                                 "verify",
		"pepay webhook sign --se":                         "--secret-file",
		"pepay trigger invoice_":                          "invoice_payment.created invoice_payment.updated",
		"pepay trigger invoice.created --s":               "--set",
		"pepay trigger invoice.created --set amount_pa":   "amount_paid= amount_paid_decimal=",
		"pepay mock --addr 127.0.0.1:0 --f":               "--fault",
		"pepay mock --fault mint":                         "mintWsToken:",
		"pepay mock --fault openMerchantStream:drop":      "openMerchantStream:drop-after=",
		"pepay mock --fault mintWsToken:status=503,retry": "mintWsToken:status=503,retry-after=",
		"pepay completion ":                               "bash zsh fish",
		"pepay token $(echo run >&2; exit 1) --j":         "--json", // and nothing is run
	}
}

func shellOrSkip(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		skipUnlessCI(t, name+" is not installed; its script is only checked where it is")
	}
	return path
}

// skipUnlessCI skips a test for want of something that a person need not have. With
// CI set, the test fails: there, everything is installed.
func skipUnlessCI(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range shells() {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			r := pepayRun(t, nil, "completion", shell)
			r.wantDone(t)
			if !strings.Contains(r.stdout, "__complete") || r.stderr != "" {
				t.Fatalf("%+v", r)
			}
			path := shellOrSkip(t, shell)
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

// What is offered where a file or nothing may stand.
func TestNoCandidates(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{
		{"x"}, {"token", ""}, {"mock", ""}, {"listen", "--cursor-file", ""}, {"trigger", "invoice.created", ""}, {"events", "get", ""}, {"token", "--nope=x"},
		{"trigger", canary, "--set", ""}, {"mock", "--fault", "nope"},
	} {
		r := pepayRun(t, nil, append([]string{"__complete"}, words...)...)
		r.wantDone(t)
		if r.stdout+r.stderr != "" {
			t.Errorf("%v: %+v", words, r)
		}
	}
	if r := pepayRun(t, nil, "__complete"); r.code != exitDone || !strings.HasPrefix(r.stdout, "invoices\tcreate, list, get") {
		t.Errorf("%+v", r)
	}
}

// runCompletion runs a shell that completes a line, with the command as pepay.
func runCompletion(t *testing.T, shell string, args ...string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Symlink(plainBinary, filepath.Join(folder, "pepay")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shell, args...)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "HOME=" + folder, "TERM=dumb"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash := shellOrSkip(t, "bash")
	for line, want := range completions() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			const script = `source <(pepay completion bash) || exit
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$2
_pepay pepay
echo "${COMPREPLY[*]}"`
			if got := runCompletion(t, bash, "--norc", "-c", script, "bash", line, " "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			// By default bash replaces only what stands after the last : or =.
			word := line[strings.LastIndex(line, " ")+1:]
			cut := word[:strings.LastIndexAny(word, ":=")+1]
			var rest []string
			for _, value := range strings.Fields(want) {
				rest = append(rest, strings.TrimPrefix(value, cut))
			}
			if got := runCompletion(t, bash, "--norc", "-c", script, "bash", line, " =:"); got != strings.Join(rest, " ") {
				t.Errorf("with the usual breaks got %q, want %q", got, rest)
			}
		})
	}
}

func TestCompletionInZsh(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: completes many lines; TestCompletionInBash does, too")
	}
	t.Parallel()
	zsh := shellOrSkip(t, "zsh")
	for line, want := range completions() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			// Outside of the line editor, what compadd is given is printed instead.
			const script = `compdef() { }
source <(pepay completion zsh) || exit
_files() { }
compadd() { local name=$argv[-1]; print -rn -- "${(@P)name} " }
words=("${(@s: :)1}") CURRENT=${#words} PREFIX=$words[-1]
_pepay`
			got := strings.Fields(runCompletion(t, zsh, "-f", "-c", script, "zsh", line))
			expected := strings.Fields(want)
			slices.Sort(got)
			slices.Sort(expected)
			if strings.Contains(line, "$(") { // the words are taken apart at spaces here
				return
			}
			if !slices.Equal(got, expected) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestCompletionInFish(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: completes many lines; TestCompletionInBash does, too")
	}
	t.Parallel()
	fish := shellOrSkip(t, "fish")
	for line, want := range completions() {
		if strings.Contains(line, "$(") {
			continue // bash and zsh only: the line is not fish's syntax
		}
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			out := runCompletion(t, fish, "--no-config", "-c", `pepay completion fish | source; complete -C $argv[1]`, line)
			var got []string
			for _, text := range lines(out) {
				value, _, _ := strings.Cut(text, "\t")
				got = append(got, value)
			}
			expected := strings.Fields(want)
			slices.Sort(got)
			slices.Sort(expected)
			if !slices.Equal(got, expected) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
