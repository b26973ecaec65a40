package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/webhook"
)

func TestForwardDeliversLikePepay(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(http.StatusOK))
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL+"/hook?k=v", "--max-events", "2",
		"--types", "invoice.*, commerce.order.updated", "--forward-header", "X-Tenant: a, b", "--forward-header", "authorization:Bearer "+canary)
	p.stderr.await(t, "ready, forwarding to "+hook.URL+"/hook\n", 1)
	body := strings.ReplaceAll(strings.Replace(oddEvent, `"object":"invoice",`, `"object":"invoice","environment":"devnet",`, 1), ",", ",\n  ")
	first := server.EmitRaw([]byte(body))
	second := server.Emit(pepay.Event{ID: "evt_2", Type: pepay.EventInvoiceCreated, Data: pepay.EventData{Object: json.RawMessage(`{"environment":null}`)}})
	r := p.result(t)
	r.wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, []string{first.ID, second.ID}) {
		t.Fatalf("got %v", ids)
	}
	got := hook.all()
	if got[0].body != body {
		t.Errorf("got body\n%s\nwant\n%s", got[0].body, body)
	}
	for name, want := range map[string]string{
		"X-Pepay-Event": "invoice.updated", "X-Pepay-Event-Id": first.ID, "X-Pepay-Network-Environment": "devnet",
		"Content-Type": "application/json", "X-Tenant": "a, b", "Authorization": "Bearer " + canary,
	} {
		if values := got[0].header[name]; !slices.Equal(values, []string{want}) {
			t.Errorf("%s: got %q, want %q", name, values, want)
		}
	}
	if _, ok := got[1].header["X-Pepay-Network-Environment"]; ok {
		t.Error("an environment that the event does not say")
	}
	for _, d := range got {
		if d.header.Get("X-Api-Key") != "" {
			t.Error("the API key was delivered")
		}
	}
	text := regexp.MustCompile(`^→ invoice\.updated evt_1700000000000-123\n← 200 \d+ms\n→ invoice\.created evt_2\n← 200 \d+ms\n$`)
	if !text.MatchString(r.stdout) {
		t.Errorf("stdout: %s", r.stdout)
	}
	if query := upgrades(server)[0].Query.Get("types"); query != "invoice.*,commerce.order.updated" {
		t.Errorf("types: %s", query)
	}
}

// The simulator delivers to its endpoints with code of its own.
func TestForwardIsLikeTheSimulatorsWebhooks(t *testing.T) {
	t.Parallel()
	server, hook, direct := account(t), newReceiver(t, always(http.StatusOK)), newReceiver(t, always(http.StatusOK))
	endpoint := server.AddWebhook(direct.URL, signingCanary)
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--max-events", "2")
	p.stderr.await(t, "ready", 1)
	for _, eventType := range []string{pepay.EventInvoicePaymentCreated, pepay.EventInvoiceUpdated} {
		n := len(direct.all())
		happen(t, server, eventType)
		if err := endpoint.Wait(t.Context()); err != nil || len(direct.all()) != n+1 {
			t.Fatalf("%d deliveries: %v", len(direct.all()), err)
		}
	}
	p.result(t).wantDone(t)
	for i, want := range direct.all() {
		got := hook.all()[i]
		if got.err != nil || want.err != nil || !sameJSON(t, got.body, want.body) {
			t.Errorf("got %s (%v), want %s (%v)", got.body, got.err, want.body, want.err)
		}
		for name := range want.header {
			same := slices.Equal(got.header[name], want.header[name])
			if strings.HasPrefix(name, "X-Pepay-") && !same && name != "X-Pepay-Timestamp" && name != "X-Pepay-Signature" || name == "Content-Type" && !same {
				t.Errorf("%s: got %q, want %q", name, got.header[name], want.header[name])
			}
		}
		got.header.Del("Connection") // of the connection, not of the delivery
		if len(got.header) != len(want.header) {
			t.Errorf("got %v, want %v", got.header, want.header)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var decoded [2]any
	for i, text := range []string{a, b} {
		if err := json.Unmarshal([]byte(text), &decoded[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(decoded[0], decoded[1])
}

func TestForwardIsReadyOnlyWhenLive(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.RefuseUpgrade(503), pepaytest.Always())
	r := pepayRun(t, signing(at(server.URL())), "listen", "--forward-to", "3000", "--timeout", "300ms")
	if r.code != exitTimeout || strings.Contains(r.stderr, "ready") || !strings.Contains(r.stderr, "connecting") {
		t.Errorf("%+v", r)
	}
}

func TestForwardRetriesInOrder(t *testing.T) {
	t.Parallel()
	server := account(t)
	answers := []int{500, 0, 302, 200, 404, 204, 200} // 0 hangs up
	hook := newReceiver(t, func(n int) int { return answers[n-1] })
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--max-events", "3", "--json", "--retry", "3", "--retry-backoff", "20ms")
	p.stderr.await(t, "ready", 1)
	var want []string
	for _, times := range []int{4, 2, 1} {
		want = append(want, slices.Repeat([]string{happen(t, server, pepay.EventInvoiceUpdated).ID}, times)...)
	}
	r := p.result(t)
	r.wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, slices.Compact(want)) {
		t.Errorf("printed %v", ids)
	}
	for _, line := range []string{`← 500 \d+ms, attempt 2 of 4 in \d+ms`, `← \D+ \d+ms, attempt 3 of 4 in \d+ms`, `← 302 \d+ms, attempt 4 of 4 in \d+ms`, `← 404 `, `← 204 `} {
		if !regexp.MustCompile(line).MatchString(r.stderr) {
			t.Errorf("no line %s: %s", line, r.stderr)
		}
	}
	if got := hook.all(); got[0].body != got[3].body || got[0].header.Get("X-Pepay-Timestamp") == got[3].header.Get("X-Pepay-Timestamp") {
		t.Error("another body, or an old signature")
	}
}

// What was not accepted comes again after a restart, also where it was the first
// event of all.
func TestForwardCursorStaysBeforeARefusedEvent(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]int{"the first": 0, "the third": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := account(t)
			old := happen(t, server, pepay.EventInvoiceCreated)
			broken := true
			hook := newReceiver(t, func(n int) int {
				if broken && n > accepted {
					return http.StatusServiceUnavailable
				}
				return http.StatusOK
			})
			file := filepath.Join(t.TempDir(), "cursor")
			args := []string{"listen", "--forward-to", hook.URL, "--cursor-file", file, "--stop-on-gap", "--fail-fast", "--retry", "1", "--retry-backoff", "10ms", "--max-events"}
			p := startProcess(t, signing(at(server.URL())), append(args, "9")...)
			p.stderr.await(t, "ready", 1)
			sent := []string{old.ID}
			for range accepted + 2 {
				sent = append(sent, happen(t, server, pepay.EventInvoiceUpdated).ID)
			}
			r := p.result(t)
			refused := sent[accepted+1]
			want := fmt.Sprintf("pepay: event %s was not accepted after 2 attempts: the answer was 503 Service Unavailable; a restart with the same --cursor-file delivers it again", refused)
			if all := lines(r.stderr); r.code != exitFailed || all[len(all)-1] != want {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != sent[accepted] {
				t.Errorf("kept %q, want %s: %v", kept, sent[accepted], err)
			}
			if ids := hook.ids(t); !slices.Equal(ids, append(slices.Clone(sent[1:accepted+1]), refused, refused)) {
				t.Errorf("got %v", ids)
			}
			hook.mu.Lock()
			broken, hook.deliveries = false, nil
			hook.mu.Unlock()
			pepayRun(t, signing(at(server.URL())), append(args, "2")...).wantDone(t)
			if ids := hook.ids(t); !slices.Equal(ids, sent[accepted+1:]) {
				t.Errorf("after the restart %v, want %v", ids, sent[accepted+1:])
			}
		})
	}
}

// A place that only --since said is kept as well.
func TestForwardKeepsWhereSinceBegan(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(500))
	old := happen(t, server, pepay.EventInvoiceCreated)
	happen(t, server, pepay.EventInvoiceUpdated)
	file := filepath.Join(t.TempDir(), "cursor")
	r := pepayRun(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--fail-fast", "--retry", "0", "--since", old.ID, "--cursor-file", file)
	if kept, err := os.ReadFile(file); r.code != exitFailed || err != nil || strings.TrimSpace(string(kept)) != old.ID {
		t.Errorf("kept %q, want %s: %v: %s", kept, old.ID, err, r.stderr)
	}
}

func TestForwardWithoutACursorSaysHowToDeliverAgain(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(500))
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--fail-fast", "--retry", "0")
	p.stderr.await(t, "ready", 1)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	r := p.result(t)
	if r.code != exitFailed || !strings.HasSuffix(r.stderr, "pepay: event "+ev.ID+" was not accepted after 1 attempt: the answer was 500 Internal Server Error; pepay events resend "+ev.ID+" --forward-to "+hook.URL+" delivers it again\n") {
		t.Errorf("%+v", r)
	}
}

func TestForwardTimeout(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	release := make(chan struct{})
	hook := newReceiver(t, func(int) int { <-release; return 200 })
	r := pepayRun(t, signing(at(server.URL())), "events", "resend", ev.ID, "--forward-to", hook.URL, "--forward-timeout", "100ms", "--retry", "0")
	close(release)
	if r.code != exitFailed || !strings.HasSuffix(r.stderr, "after 1 attempt: no answer within 100ms (--forward-timeout)\n") {
		t.Errorf("%+v", r)
	}
}

// Ctrl-C ends a retry at once, and the event stays unhandled.
func TestForwardInterrupted(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(500))
	old := happen(t, server, pepay.EventInvoiceCreated)
	file := filepath.Join(t.TempDir(), "cursor")
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--retry-backoff", "1h", "--cursor-file", file)
	p.stderr.await(t, "ready", 1)
	happen(t, server, pepay.EventInvoiceUpdated)
	p.stdout.await(t, "attempt 2 of 3", 1)
	p.signal(t, os.Interrupt).wantDone(t)
	if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != old.ID {
		t.Errorf("kept %q, want %s: %v", kept, old.ID, err)
	}
}

// A receiver that is down is waited for, however long, and gets every event in order.
func TestForwardWaitsForTheReceiver(t *testing.T) {
	t.Parallel()
	server := account(t)
	hook := newReceiver(t, always(http.StatusOK))
	addr := hook.Listener.Addr().String()
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--max-events", "3", "--retry-backoff", "10ms", "--retry", "0")
	p.stderr.await(t, "ready", 1)
	sent := []string{happen(t, server, pepay.EventInvoiceUpdated).ID}
	p.stdout.await(t, "← 200", 1)
	hook.Close()
	sent = append(sent, happen(t, server, pepay.EventInvoiceUpdated).ID, happen(t, server, pepay.EventInvoiceCreated).ID)
	p.stdout.await(t, ", waiting for "+addr+": attempt 2 in ", 1)
	p.stdout.await(t, ", waiting for "+addr+": attempt 9 in ", 1) // not at every attempt
	back := unstartedReceiver(t, always(http.StatusOK))
	_ = back.Listener.Close()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	back.Listener = listener
	back.Start()
	r := p.result(t)
	r.wantDone(t)
	if ids := append(hook.ids(t), back.ids(t)...); !slices.Equal(ids, sent) {
		t.Errorf("got %v, want %v", ids, sent)
	}
	if strings.Contains(r.stdout, "attempt 4 in") || strings.Contains(r.stderr, "not accepted") {
		t.Errorf("%+v", r)
	}
}

// An event that is not accepted is reported with the command that delivers it again, and
// the next ones are forwarded.
func TestForwardGoesOn(t *testing.T) {
	t.Parallel()
	server := account(t)
	answers := []int{200, 500, 0, 404, 200} // 0 hangs up
	hook := newReceiver(t, func(n int) int { return answers[min(n, len(answers))-1] })
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL+"/hook?token="+canary, "--max-events", "3", "--retry-backoff", "10ms", "--json")
	p.stderr.await(t, "ready", 1)
	var sent []string
	for range 3 {
		sent = append(sent, happen(t, server, pepay.EventInvoiceUpdated).ID)
	}
	r := p.result(t)
	if ids := hook.ids(t); !slices.Equal(ids, []string{sent[0], sent[1], sent[1], sent[1], sent[2]}) {
		t.Errorf("got %v of %v", ids, sent)
	}
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, []string{sent[0], sent[2]}) {
		t.Errorf("printed %v", ids)
	}
	report := "event " + sent[1] + " was not accepted after 3 attempts: the answer was 404 Not Found; to deliver it again:\n" +
		"  pepay events resend " + sent[1] + " --forward-to " + hook.URL + "/hook\n"
	if r.code != exitFailed || strings.Count(r.stderr, report) != 1 || !strings.HasSuffix(r.stderr, "pepay: 1 event not accepted\n") {
		t.Errorf("%+v", r)
	}
	_, command, _ := strings.Cut(report, "\n  pepay ")
	pepayRun(t, signing(at(server.URL())), strings.Fields(command)...).wantDone(t)
	if ids := hook.ids(t); ids[len(ids)-1] != sent[1] {
		t.Errorf("the reported command delivered %v", ids[len(ids)-1])
	}
}

// With a cursor file it holds at the event, and begins with it after a restart.
func TestForwardHolds(t *testing.T) {
	t.Parallel()
	server := account(t)
	old := happen(t, server, pepay.EventInvoiceCreated)
	hook := newReceiver(t, always(http.StatusServiceUnavailable))
	file := filepath.Join(t.TempDir(), "cursor")
	args := []string{"listen", "--forward-to", hook.URL, "--cursor-file", file, "--retry-backoff", "5ms", "--max-events", "2"}
	p := startProcess(t, signing(at(server.URL())), args...)
	p.stderr.await(t, "ready", 1)
	sent := []string{happen(t, server, pepay.EventInvoiceUpdated).ID, happen(t, server, pepay.EventInvoiceUpdated).ID}
	p.stdout.await(t, ", holding here: attempt 6 in ", 1)
	r := p.signal(t, os.Interrupt)
	r.wantDone(t)
	if strings.Contains(r.stdout, "press s") {
		t.Errorf("nobody is there to press a key: %s", r.stdout)
	}
	if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != old.ID {
		t.Errorf("kept %q, want %s: %v", kept, old.ID, err)
	}
	for _, id := range hook.ids(t) {
		if id != sent[0] {
			t.Errorf("delivered %s before %s was accepted", id, sent[0])
		}
	}
	hook.mu.Lock()
	hook.answer, hook.deliveries = always(http.StatusOK), nil
	hook.mu.Unlock()
	pepayRun(t, signing(at(server.URL())), args...).wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, sent) {
		t.Errorf("after the restart %v, want %v", ids, sent)
	}
}

// The end of --timeout while an event is not accepted is no success.
func TestForwardTimeoutWhileWaiting(t *testing.T) {
	t.Parallel()
	server := account(t)
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", "http://127.0.0.1:1", "--timeout", "2s")
	p.stderr.await(t, "ready", 1)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	if r := p.result(t); r.code != exitTimeout || !strings.HasSuffix(r.stderr, "pepay: --timeout passed before event "+ev.ID+" was accepted\n") {
		t.Errorf("%+v", r)
	}
}

func TestResendLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"evt_1-2": "evt_1-2", "http://localhost:3000/a": "http://localhost:3000/a", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "a;rm -rf ~": "'a;rm -rf ~'",
		"$(x)": "'$(x)'", "a\nb\x1b": "'a b '", "ü": "'ü'",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// --secret-file makes the secret that it keeps.
func TestSecretFileIsMade(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	hook := newReceiver(t, always(200))
	file := filepath.Join(t.TempDir(), "secret")
	args := []string{"events", "resend", ev.ID, "--forward-to", hook.URL, "--secret-file", file, "--print-secret"}
	first := pepayRun(t, at(server.URL()), args...)
	first.wantDone(t)
	second := pepayRun(t, at(server.URL()), args...)
	second.wantDone(t)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(string(content))
	if !regexp.MustCompile(`^whsec_[0-9a-f]{64}$`).MatchString(secret) || lines(first.stdout)[0] != secret || lines(second.stdout)[0] != secret {
		t.Errorf("kept %q, printed %s and %s", content, first.stdout, second.stdout)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if !strings.Contains(first.stderr, "made a new signing secret") || strings.Contains(second.stderr, "made a new") || !strings.Contains(second.stderr, "The secret that signs these deliveries") {
		t.Errorf("%s\n%s", first.stderr, second.stderr)
	}
	verifier, err := webhook.NewVerifier(pepay.Secret(secret))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range hook.all() {
		if err := verifier.Verify(d.header, []byte(d.body)); err != nil {
			t.Error(err)
		}
	}
	r := pepayRun(t, at(server.URL()), "events", "resend", ev.ID, "--forward-to", hook.URL, "--secret-file", filepath.Join(file, "no-folder"))
	if r.code != exitUsage || !strings.Contains(r.stderr, "--secret-file: ") || strings.Contains(r.stderr, "no-folder") {
		t.Errorf("%+v", r)
	}
}

func TestForwardSecrets(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	hook := newReceiver(t, always(200))
	resend := func(env []string, args ...string) result {
		return pepayRun(t, append(at(server.URL()), env...), append([]string{"events", "resend", ev.ID, "--forward-to", hook.URL}, args...)...)
	}
	t.Run("file wins over the environment", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(signingCanary+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		resend([]string{"PEPAY_WEBHOOK_SECRET=whsec_other"}, "--secret-file", file).wantDone(t)
		if all := hook.all(); all[len(all)-1].err != nil {
			t.Error(all[len(all)-1].err)
		}
	})
	t.Run("given and printed", func(t *testing.T) {
		r := resend([]string{"PEPAY_WEBHOOK_SECRET=whsec_given"}, "--print-secret")
		r.wantDone(t)
		if lines(r.stdout)[0] != "whsec_given" || strings.Count(r.stdout+r.stderr, "whsec_given") != 1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("made and printed", func(t *testing.T) {
		made := map[string]bool{}
		for range 2 {
			r := resend(nil, "--print-secret")
			r.wantDone(t)
			secret := lines(r.stdout)[0]
			made[secret] = true
			if !regexp.MustCompile(`^whsec_[0-9a-f]{64}$`).MatchString(secret) || strings.Count(r.stdout+r.stderr, secret) != 1 {
				t.Fatalf("%+v", r)
			}
			verifier, err := webhook.NewVerifier(pepay.Secret(secret))
			if err != nil {
				t.Fatal(err)
			}
			all := hook.all()
			last := all[len(all)-1]
			if err := verifier.Verify(last.header, []byte(last.body)); err != nil {
				t.Error(err)
			}
		}
		if len(made) != 2 {
			t.Error("the same secret twice")
		}
	})
	t.Run("made and not printed", func(t *testing.T) {
		r := resend(nil)
		r.wantDone(t)
		if strings.Contains(r.stdout+r.stderr, "whsec_") || !strings.Contains(r.stderr, "--print-secret shows it") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("printed by listen", func(t *testing.T) {
		r := pepayRun(t, append(at(server.URL()), "PEPAY_WEBHOOK_SECRET=whsec_given"), "listen", "--forward-to", hook.URL,
			"--print-secret", "--json", "--timeout", "100ms", "--verbose")
		if r.stdout != `{"webhook_secret":"whsec_given"}`+"\n" || strings.Contains(r.stderr, "whsec_given") {
			t.Errorf("%+v", r)
		}
	})
}

func TestForwardOverTLS(t *testing.T) {
	t.Parallel()
	server := account(t)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	hook := unstartedReceiver(t, always(200))
	hook.StartTLS()
	args := []string{"events", "resend", ev.ID, "--forward-to", hook.URL, "--retry", "0"}
	r := pepayRun(t, signing(at(server.URL())), args...)
	if r.code != exitFailed || !strings.HasSuffix(r.stderr, "certificate signed by unknown authority (--skip-verify accepts it)\n") || len(hook.all()) > 0 {
		t.Errorf("%+v", r)
	}
	pepayRun(t, signing(at(server.URL())), append(args, "--skip-verify")...).wantDone(t)
	if ids := hook.ids(t); !slices.Equal(ids, []string{ev.ID}) {
		t.Errorf("got %v", ids)
	}
}

func TestForwardWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		backoff time.Duration
		attempt int
		longest time.Duration
	}{
		{500 * time.Millisecond, 1, 500 * time.Millisecond},
		{500 * time.Millisecond, 4, 4 * time.Second},
		{500 * time.Millisecond, 1000, maxForwardWait},
		{time.Hour, 3, time.Hour},
		{1, 1, 1},
	} {
		f := &forwarder{backoff: c.backoff}
		for range 50 {
			if wait := f.wait(c.attempt); wait < c.longest/2 || wait > c.longest {
				t.Errorf("%+v: %s", c, wait)
			}
		}
	}
}
