package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// onTerminal starts the command on a pseudo-terminal of its own and returns the
// other end, where a person would sit.
func onTerminal(t *testing.T, cmd *exec.Cmd) *os.File {
	t.Helper()
	return onTerminalBut(t, cmd, func() {})
}

// onTerminalBut starts the command where something is not on the terminal: change says what.
func onTerminalBut(t *testing.T, cmd *exec.Cmd, change func()) *os.File {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		skipUnlessCI(t, "no pseudo-terminals here: "+err.Error())
	}
	t.Cleanup(func() { _ = person.Close() })
	var number, unlock int32
	conn, err := person.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Control(func(fd uintptr) {
		for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
			if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(value))); errno != 0 {
				t.Error(errno)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		skipUnlessCI(t, "no pseudo-terminals here: "+err.Error())
	}
	defer func() { _ = terminal.Close() }()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	change()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return person
}

// readUntil reads what appears on the screen, to the end if text is empty.
func readUntil(t *testing.T, screen io.Reader, text string) string {
	t.Helper()
	var seen bytes.Buffer
	if file, ok := screen.(*os.File); ok {
		_ = file.SetReadDeadline(time.Now().Add(time.Minute))
	}
	for chunk := make([]byte, 4096); text == "" || !strings.Contains(seen.String(), text); {
		n, err := screen.Read(chunk)
		seen.Write(chunk[:n])
		if err != nil {
			if text != "" || !errors.Is(err, syscall.EIO) { // what Linux says when the last user is gone
				t.Fatalf("%v, waiting for %q:\n%s", err, text, seen.String())
			}
			break
		}
	}
	return strings.ReplaceAll(seen.String(), "\r\n", "\n")
}

func TestDemoWaitsOnTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: watches two rounds of the demo")
	}
	t.Parallel()
	cmd := command([]string{"TERM=xterm"}, "demo")
	person := onTerminal(t, cmd)
	screen := readUntil(t, person, "until you press Ctrl-C.")
	if !strings.Contains(screen, "\x1b[1mmerchant token\x1b[0m\n") {
		t.Errorf("the title is not bold:\n%q", screen)
	}
	url := regexp.MustCompile(`http://\S+:\d+`).FindString(screen)
	resp, err := http.Get(url)
	if err != nil {
		t.Fatalf("the simulator does not run any more: %v", err)
	}
	_ = resp.Body.Close()
	screen = readUntil(t, person, "\x1b[33munpaid") + readUntil(t, person, "shipped")
	if !strings.Contains(screen, "\x1b[32mpaid\x1b[0m") || !strings.Contains(screen, "none is missing") {
		t.Errorf("%q", screen)
	}
	readUntil(t, person, "\x1b[33munpaid")                // it goes on with a second invoice
	if _, err := person.WriteString("\x03"); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("did not end cleanly: %v", err)
	}
}

// An invoice is left for the person, who can act on the demo's own and reset everything: it goes on.
func TestDemoLeavesOneToPay(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: watches three rounds of the demo")
	}
	t.Parallel()
	cmd := command([]string{"TERM=xterm", "NO_COLOR=1"}, "demo")
	person := onTerminal(t, cmd)
	screen := readUntil(t, person, "Two event streams")
	found := regexp.MustCompile(`Pay this one yourself: (http://\S+)/console/#/invoices/(\S+)`).FindStringSubmatch(screen)
	if found == nil {
		t.Fatalf("%s", screen)
	}
	site, id := found[1], found[2]
	act := func(path, body string) {
		_, page := consoleAnswer(t, http.MethodGet, site+"/console/", "")
		req, err := http.NewRequest(http.MethodPost, site+"/_pepaytest/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("x-pepaytest-token", consoleToken.FindStringSubmatch(page)[1])
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", path, resp.Status, answer)
		}
	}
	readUntil(t, person, "none is missing") // the connection is dropped before the person acts
	act("invoices/"+id+"/pay", `{}`)
	readUntil(t, person, id+"    10.000 usd  paid\r\n")
	screen = readUntil(t, person, "Pay this one yourself: ")
	if strings.Contains(screen, "not possible") {
		t.Errorf("%s", screen)
	}
	readUntil(t, person, "placed\r\n")
	act("reset", `{}`) // the order is gone when it is to be shipped
	readUntil(t, person, "a step was not possible, the next round begins in 2s: ")
	readUntil(t, person, "Pay this one yourself: ")
	readUntil(t, person, "shipped\r\n")
	if _, err := person.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("did not end cleanly: %v", err)
	}
}

func TestDemoOnceOnTerminal(t *testing.T) {
	t.Parallel()
	cmd := command(nil, "demo", "--once")
	person := onTerminal(t, cmd)
	if screen := readUntil(t, person, ""); strings.Contains(screen, "Ctrl-C") {
		t.Errorf("%s", screen)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestNoColor(t *testing.T) {
	t.Parallel()
	for _, env := range [][]string{{"TERM=xterm", "NO_COLOR=1"}, {"TERM=dumb"}} {
		for _, args := range [][]string{{"demo", "--once"}, {"nosuch"}} {
			cmd := command(env, args...)
			if screen := readUntil(t, onTerminal(t, cmd), ""); strings.Contains(screen, "\x1b") || screen == "" {
				t.Errorf("%v %v: %q", env, args, screen)
			}
			_ = cmd.Wait()
		}
	}
}

func TestListenOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	cmd := command(append(at(server.URL()), "TERM=xterm"), "listen", "--max-events", "1")
	person := onTerminal(t, cmd)
	readUntil(t, person, "\x1b[2mlive, following")
	happen(t, server, "invoice.updated")
	if screen := readUntil(t, person, ""); !strings.Contains(screen, "\x1b[1minvoice.updated        \x1b[0m") || !strings.Contains(screen, "\x1b[32mpaid\x1b[0m") {
		t.Errorf("%q", screen)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A person sees what the token is good for; the token is still a line of its own.
func TestTokenFieldsOnTerminal(t *testing.T) {
	t.Parallel()
	cmd := command(at(simulator(t).URL()), "token")
	screen := readUntil(t, onTerminal(t, cmd), "")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if want := regexp.MustCompile(`^scope        merchant\nmerchant     77\n(.+\n){3}[\w-]+\.[\w-]+\.[\w-]+\n$`); !want.MatchString(screen) {
		t.Errorf("%q", screen)
	}
}

// On a terminal the wait for a receiver is counted down in one line.
func TestForwardCountsDownOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	cmd := command(signing(append(at(server.URL()), "TERM=xterm")), "listen", "--forward-to", "http://127.0.0.1:1", "--retry-backoff", "4s")
	person := onTerminal(t, cmd)
	readUntil(t, person, "ready")
	happen(t, server, pepay.EventInvoiceUpdated)
	screen := readUntil(t, person, "waiting for 127.0.0.1:1: attempt 2 in 1s")
	if _, waiting, _ := strings.Cut(screen, "← "); !strings.Contains(waiting, "attempt 2 in 2s") || strings.Contains(waiting, "\n") {
		t.Errorf("%q", screen)
	}
	if _, err := person.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// The key s skips the event at which 'pepay listen' holds, also without Enter; other keys
// do nothing, and the terminal is as before afterwards.
func TestForwardSkipsByKey(t *testing.T) {
	t.Parallel()
	server := account(t)
	hook := newReceiver(t, func(n int) int {
		if n <= 1 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	file := filepath.Join(t.TempDir(), "cursor")
	cmd := command(signing(append(at(server.URL()), "TERM=xterm")), "listen", "--forward-to", hook.URL, "--cursor-file", file,
		"--retry", "0", "--retry-backoff", "1h", "--max-events", "2")
	person := onTerminal(t, cmd)
	readUntil(t, person, "ready")
	skipped, next := happen(t, server, pepay.EventInvoiceUpdated), happen(t, server, pepay.EventInvoiceUpdated)
	readUntil(t, person, "press s to skip the event")
	if _, err := person.WriteString("xqs"); err != nil {
		t.Fatal(err)
	}
	screen := readUntil(t, person, "")
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v", err)
	}
	if want := "event " + skipped.ID + " was skipped after 1 attempt"; !strings.Contains(screen, want) || !strings.Contains(screen, "pepay events resend "+skipped.ID+" --forward-to "+hook.URL) {
		t.Errorf("%q", screen)
	}
	if ids := hook.ids(t); len(ids) != 2 || ids[0] != skipped.ID || ids[1] != next.ID {
		t.Errorf("got %v", ids)
	}
	if kept, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(kept)) != next.ID {
		t.Errorf("kept %q, want %s: %v", kept, next.ID, err)
	}
}

// A person is told that there is nothing; a script is not.
func TestNoEventsOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	cmd := command(at(server.URL()), "events", "list")
	if screen := readUntil(t, onTerminal(t, cmd), ""); screen != "no such events\n" {
		t.Errorf("%q", screen)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if r := pepayRun(t, at(server.URL()), "events", "list"); r.code != exitDone || r.stdout+r.stderr != "" {
		t.Errorf("%+v", r)
	}
}

// On a terminal of 80 columns nothing is wider, and nothing says any more what is running.
func TestDoctorOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	env := append(at(withoutUpgrade(t, server.URL())), "COLUMNS=80", "TERM=xterm")
	cmd := command(env, "doctor")
	screen := readUntil(t, onTerminal(t, cmd), "")
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v", err)
	}
	if !strings.Contains(screen, "\x1b[31mfailed \x1b[0m  stream") || !strings.Contains(screen, "\x1b[1mNetwork\x1b[0m\n") {
		t.Errorf("%q", screen)
	}
	plain := regexp.MustCompile("\x1b\\[\\d+m|(?m)^.*\r").ReplaceAllString(screen, "")
	for _, line := range lines(plain) {
		if width := utf8.RuneCountInString(line); width > 79 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
	address := strings.TrimPrefix(strings.TrimPrefix(env[0], "PEPAY_API_URL="), "http://")
	plain = strings.ReplaceAll(plain, strings.TrimPrefix(server.URL(), "http://"), "127.0.0.1:HIDE")
	golden(t, "doctor-terminal.txt", steady(plain, "http://"+address))
}

// Ctrl-C ends it, and takes away the line that says what is running.
func TestDoctorInterrupted(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("mintWsToken", pepaytest.Latency(time.Hour), pepaytest.Always())
	cmd := command(append(at(server.URL()), "TERM=xterm", "NO_COLOR=1"), "doctor", "--timeout", "1h")
	person := onTerminal(t, cmd)
	readUntil(t, person, "…        token")
	if _, err := person.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	screen := readUntil(t, person, "")
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("%v", err)
	}
	if !strings.HasSuffix(screen, "\rpepay: interrupt\n") {
		t.Errorf("%q", screen)
	}
}

// The whole id of the resource is shown where the terminal is wide enough.
func TestListenUsesTheWidth(t *testing.T) {
	t.Parallel()
	server := account(t)
	happen(t, server, pepay.EventInvoiceUpdated)
	for columns, want := range map[string]string{"200": "550e8400-e29b-41d4-a716-446655440000", "100": "550e8400… "} {
		cmd := command(append(at(server.URL()), "COLUMNS="+columns), "events", "list")
		if screen := readUntil(t, onTerminal(t, cmd), ""); !strings.Contains(screen, want) {
			t.Errorf("%s columns: %q", columns, screen)
		}
		_ = cmd.Wait()
	}
}

// On a terminal the wait before a stream is dialled again is counted down in one line.
func TestListenCountsDownOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	server.Faults().On("openMerchantStream", pepaytest.StatusRetryAfter(503, "2"), pepaytest.Next(1))
	cmd := command(append(at(server.URL()), "TERM=xterm"), "listen")
	person := onTerminal(t, cmd)
	screen := readUntil(t, person, "attempt 2 in 1s")
	if _, waiting, ok := strings.Cut(screen, "attempt 2 in 2s"); !ok || strings.Contains(waiting, "\n") {
		t.Errorf("%q", screen)
	}
	screen = readUntil(t, person, "live")
	if cleared, _, ok := strings.Cut(screen, "connecting to the"); !ok || !strings.Contains(cleared, "\r               \r") || !strings.Contains(screen, ", attempt 2\x1b") {
		t.Errorf("the countdown is still there: %q", screen)
	}
	if _, err := person.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A person sees why a command takes long; a program that reads the output does not.
func TestRetriesOnTerminal(t *testing.T) {
	t.Parallel()
	server := account(t)
	limit := func() {
		server.Faults().On("mintWsToken", pepaytest.StatusRetryAfter(429, "1"), pepaytest.Next(1))
	}
	limit()
	cmd := command(append(at(server.URL()), "TERM=xterm"), "token")
	if screen := readUntil(t, onTerminal(t, cmd), ""); !strings.Contains(screen, "429 Too Many Requests, attempt 2 of 3 in 1s") {
		t.Errorf("%q", screen)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	limit()
	if r := pepayRun(t, at(server.URL()), "token"); r.code != 0 || r.stderr != "" {
		t.Errorf("exit %d, stderr %q", r.code, r.stderr)
	}
}
