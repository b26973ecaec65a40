package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--max-events", "3", "--json", "--retry-backoff", "20ms")
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
			args := []string{"listen", "--forward-to", hook.URL, "--cursor-file", file, "--stop-on-gap", "--retry", "1", "--retry-backoff", "10ms", "--max-events"}
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
			if kept, err := os.ReadFile(file); err != nil || string(kept) != sent[accepted]+"\n" {
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
	r := pepayRun(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--retry", "0", "--since", old.ID, "--cursor-file", file)
	if kept, err := os.ReadFile(file); r.code != exitFailed || err != nil || string(kept) != old.ID+"\n" {
		t.Errorf("kept %q, want %s: %v: %s", kept, old.ID, err, r.stderr)
	}
}

func TestForwardWithoutACursorSaysHowToDeliverAgain(t *testing.T) {
	t.Parallel()
	server, hook := account(t), newReceiver(t, always(500))
	p := startProcess(t, signing(at(server.URL())), "listen", "--forward-to", hook.URL, "--retry", "0")
	p.stderr.await(t, "ready", 1)
	ev := happen(t, server, pepay.EventInvoiceUpdated)
	r := p.result(t)
	if r.code != exitFailed || !strings.HasSuffix(r.stderr, "pepay: event "+ev.ID+" was not accepted after 1 attempt: the answer was 500 Internal Server Error; 'pepay events resend' delivers it again\n") {
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
	p.stdout.await(t, "attempt 2 of 4", 1)
	p.signal(t, os.Interrupt).wantDone(t)
	if kept, err := os.ReadFile(file); err != nil || string(kept) != old.ID+"\n" {
		t.Errorf("kept %q, want %s: %v", kept, old.ID, err)
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
