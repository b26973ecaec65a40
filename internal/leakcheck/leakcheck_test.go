package leakcheck

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

type runFunc func() int

func (f runFunc) Run() int { return f() }

func blockUntil(stop <-chan struct{}) { <-stop }

// The cases look at the goroutines of the whole process, so none of them is parallel.
func TestRun(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	cases := []struct {
		name string
		run  func() int
		want int
		out  string
	}{
		{"nothing left", func() int { return 0 }, 0, ""},
		{"tests failed", func() int { go blockUntil(stop); return 2 }, 2, ""},
		{"goroutine that ends soon", func() int {
			done := make(chan struct{})
			time.AfterFunc(20*time.Millisecond, func() { close(done) })
			go blockUntil(done)
			return 0
		}, 0, ""},
		{"goroutine left", func() int { go blockUntil(stop); return 0 }, 1, "blockUntil"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			limit := 50 * time.Millisecond
			if tc.want == 0 {
				limit = patience
			}
			if got := run(runFunc(tc.run), &out, limit); got != tc.want {
				t.Errorf("exit code %d, want %d; output: %s", got, tc.want, &out)
			}
			if !strings.Contains(out.String(), tc.out) || (tc.out == "") != (out.Len() == 0) {
				t.Errorf("output %q, want it to name %q", &out, tc.out)
			}
		})
	}
}

const leakVariable = "PEPAY_LEAKCHECK_TEST_LEAKS"

// TestLeaks leaks when the test below asks for it in a process of its own.
func TestLeaks(t *testing.T) {
	if os.Getenv(leakVariable) == "" {
		t.Skip("leaks on request only")
	}
	go blockUntil(nil)
}

func TestMainFailsAProcess(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestLeaks$")
	cmd.Env = append(os.Environ(), leakVariable+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit code %d, want 1", cmd.ProcessState.ExitCode())
	}
	if !strings.Contains(string(out), "leakcheck: 1 goroutines") || !strings.Contains(string(out), "blockUntil") {
		t.Errorf("output does not name the goroutine:\n%s", out)
	}
}
