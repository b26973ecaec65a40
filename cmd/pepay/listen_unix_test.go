//go:build !windows

package main

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestListenSignals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signal   os.Signal
		open     bool
		code     int
		lastLine string
	}{
		"SIGINT once open":    {os.Interrupt, true, exitDone, "live, following the merchant events"},
		"SIGTERM once open":   {syscall.SIGTERM, true, exitDone, "live, following the merchant events"},
		"SIGINT before that":  {os.Interrupt, false, 130, "pepay: interrupt"},
		"SIGTERM before that": {syscall.SIGTERM, false, 143, "pepay: terminated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := account(t)
			if !c.open {
				server.Faults().On("openMerchantStream", pepaytest.Latency(time.Hour), pepaytest.Always())
			}
			p := startProcess(t, at(server.URL()), "listen", "--max-events", "5")
			if c.open {
				p.stderr.await(t, "live", 1)
			} else {
				p.stderr.await(t, "connecting", 1)
			}
			r := p.signal(t, c.signal)
			all := lines(r.stderr)
			if r.code != c.code || !strings.HasPrefix(all[len(all)-1], c.lastLine) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Killed in the middle, a restart prints what is left, and at most the one event
// again whose place was not kept any more.
func TestListenKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: follows thousands of events")
	}
	t.Parallel()
	const total, sent, before = 3_000, 1_800, 900 // sent is how many it can get before it is killed
	server := account(t)
	args := []string{"listen", "--json", "--stop-on-gap", "--cursor-file", filepath.Join(t.TempDir(), "cursor")}
	p := startProcess(t, at(server.URL()), args...)
	p.stderr.await(t, "live", 1)
	var want []string
	emit := func(n int) {
		for range n {
			want = append(want, happen(t, server, pepay.EventInvoiceUpdated).ID)
		}
	}
	emit(sent)
	p.stdout.await(t, "\n", before)
	if r := p.signal(t, syscall.SIGKILL); r.code != -1 {
		t.Fatalf("%d: %s", r.code, r.stderr)
	}
	emit(total - sent)
	got := idsOf(t, p.stdout.String())
	if !slices.Equal(got, want[:len(got)]) {
		t.Fatal("events are missing or out of order before it was killed")
	}
	p = startProcess(t, at(server.URL()), args...)
	p.stdout.await(t, `"id":"`+want[total-1]+`"`, 1)
	r := p.signal(t, os.Interrupt)
	r.wantDone(t)
	rest := idsOf(t, r.stdout)
	switch again := len(got) + len(rest) - total; {
	case again < 0 || again > 1:
		t.Errorf("%d of %d events before, %d after", len(got), total, len(rest))
	case !slices.Equal(rest, want[len(got)-again:]):
		t.Error("events are missing or out of order after the restart")
	}
}

// An event that could not be printed does not count as handled.
func TestListenBrokenPipe(t *testing.T) {
	t.Parallel()
	server := account(t)
	file := filepath.Join(t.TempDir(), "cursor")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	cmd := command(at(server.URL()), "listen", "--cursor-file", file)
	stderr := newScreen()
	cmd.Stdout, cmd.Stderr = writer, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	stderr.await(t, "live", 1)
	first := happen(t, server, pepay.EventInvoiceCreated)
	if line, err := bufio.NewReader(reader).ReadString('\n'); err != nil || !strings.Contains(line, first.ID) {
		t.Fatalf("%q: %v", line, err)
	}
	_ = reader.Close()
	second := happen(t, server, pepay.EventInvoiceUpdated)
	r := finished(t, cmd.Wait(), newScreen(), stderr)
	if all := lines(r.stderr); r.code != exitFailed || strings.HasPrefix(all[len(all)-1], "pepay: ") {
		t.Errorf("%+v", r)
	}
	if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != first.ID {
		t.Errorf("kept %q, want %s: %v", kept, first.ID, err)
	}
	r = pepayRun(t, at(server.URL()), "listen", "--cursor-file", file, "--json", "--max-events", "1")
	if ids := idsOf(t, r.stdout); !slices.Equal(ids, []string{second.ID}) {
		t.Errorf("got %v, want %s", ids, second.ID)
	}
}

func TestListenCursorThatCannotBeKept(t *testing.T) {
	t.Parallel()
	server := account(t)
	file := filepath.Join(t.TempDir(), "no", "such", "directory")
	r := pepayRun(t, at(server.URL()), "listen", "--cursor-file", file)
	if all := lines(r.stderr); r.code != exitFailed || !strings.HasPrefix(all[len(all)-1], "pepay: loading the cursor: ") {
		t.Errorf("%+v", r)
	}
}

// Every command ends without a word where nobody reads what it prints.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	server := account(t)
	for range 3 {
		happen(t, server, pepay.EventInvoiceUpdated)
	}
	body := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(body, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"token"}, {"token", "--json"}, {"events", "list"}, {"events", "list", "--json"}, {"events", "list", "--format", "{{.ID}}"}, {"listen", "--timeout", "5s", "--since", server.Events()[0].ID},
		{"trigger", "invoice.created", "--count", "3"}, {"webhook", "sign", body}, {"webhook", "sign", "--json", body}, {"version"}, {"version", "--json"},
		{"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"demo", "--once"}, {"mock", "--json", "--addr", "127.0.0.1:0"}, {"--help"}, {"listen", "--help"}, {"--version"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			_ = reader.Close()
			cmd := command(signing(at(server.URL())), args...)
			stderr := newScreen()
			cmd.Stdout, cmd.Stderr = writer, stderr
			runErr := cmd.Run()
			_ = writer.Close()
			if r := finished(t, runErr, newScreen(), stderr); r.code > exitFailed || strings.Contains(r.stderr, "pepay: ") || strings.Contains(r.stderr, "broken pipe") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		})
	}
}
