//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What the API does by hand, against the simulator, with the token that it prints.
func TestMockKeysAndTokens(t *testing.T) {
	t.Parallel()
	env := filepath.Join(t.TempDir(), "mock.env")
	m := startMock(t, "--seed", "small", "--write-env", env)
	list := pepayRun(t, m.env(), "keys", "list")
	list.wantDone(t)
	for _, want := range []string{"Merchant key of the simulator", "Shop server", "revoked"} {
		if !strings.Contains(list.stdout, want) {
			t.Errorf("keys list lacks %q:\n%s", want, list.stdout)
		}
	}
	created := pepayRun(t, nil, "keys", "create", "--name", "server", "--scope", "merchant", "--json", "--env-file", env)
	created.wantDone(t)
	var key struct {
		ID     string `json:"key_id"`
		APIKey string `json:"api_key"`
	}
	if err := json.Unmarshal([]byte(created.stdout), &key); err != nil {
		t.Fatal(err)
	}
	with := []string{"PEPAY_API_URL=" + m.URL, "PEPAY_API_KEY=" + key.APIKey}
	tokens := pepayRun(t, with, "payment-tokens", "search", "usdc", "--network", "base")
	tokens.wantDone(t)
	if !strings.Contains(tokens.stdout, "DUSDC") {
		t.Errorf("payment-tokens: %s", tokens.stdout)
	}
	pepayRun(t, m.env(), "keys", "revoke", key.ID, "--yes").wantDone(t)
	pepayRun(t, with, "payment-tokens", "list").wantError(t, exitRefused, "API_KEY_INVALID")
	m.end(t, os.Interrupt)
}

func TestMockStateIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	m := startMock(t, "--state", path)
	again := pepayRun(t, nil, "mock", "--addr", "127.0.0.1:0", "--state", path)
	again.wantError(t, exitFailed, "state file "+path+": another server has it")
	m.end(t, os.Interrupt)
	if err := os.WriteFile(path, []byte(`{"pepaytest_state":1,`), 0o600); err != nil {
		t.Fatal(err)
	}
	pepayRun(t, nil, "mock", "--addr", "127.0.0.1:0", "--state", path).wantError(t, exitFailed, "it is broken at line 1, column 21")
	pepayRun(t, nil, "mock", "--addr", "127.0.0.1:0", "--seed", "big").wantError(t, exitUsage, `--seed: there is no seed "big"; there are busy, small`)
}

// A process that is killed while it writes leaves a whole file and no lock, and what was
// in the file is there at the next start.
func TestMockStateSurvivesAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills the simulator three times")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	count := func() int {
		content, _ := os.ReadFile(path)
		return strings.Count(string(content), `"type":"invoice.created"`)
	}
	had := 0
	for round := range 3 {
		m := startMock(t, "--seed", "busy", "--state", path)
		// It has written at least once more, and the temporary file says that it writes now.
		for n, writing := 0, false; !writing || count() <= had; n++ {
			if n == 100_000 || !createOne(t, m, round, n) {
				t.Fatalf("round %d: no write in %d invoices", round, n)
			}
			_, err := os.Stat(path + ".tmp")
			writing = err == nil
		}
		if err := m.cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = m.cmd.Wait()
		now := count()
		if now <= had {
			t.Fatalf("round %d: %d invoices in the file, want more than %d", round, now, had)
		}
		had = now
	}
	m := startMock(t, "--state", path)
	m.end(t, os.Interrupt)
	if got := count(); got != had {
		t.Errorf("%d invoices after the last start, want %d", got, had)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// createOne makes an invoice; false once the simulator is gone.
func createOne(t *testing.T, m *mockProcess, round, n int) bool {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL+"/api/v1/invoices", strings.NewReader(`{"amount_usd":5}`))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("x-api-key", m.APIKey)
	req.Header.Set("Idempotency-Key", fmt.Sprintf("%08x-0000-4000-8000-%012x", round, n))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return true
}
