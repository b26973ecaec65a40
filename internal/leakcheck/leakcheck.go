// Package leakcheck fails a package's tests when they leave goroutines behind:
//
//	func TestMain(m *testing.M) { leakcheck.Main(m) }
package leakcheck

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// patience is how long goroutines may take to end after the tests.
const patience = 3 * time.Second

// Main runs the tests and exits: with their own code when they fail, with 1 when
// goroutines that the run started are still there 3 s after it, and with 0
// otherwise. The leaked goroutines' stacks go to standard error.
func Main(m interface{ Run() int }) {
	os.Exit(run(m, os.Stderr, patience))
}

func run(m interface{ Run() int }, out io.Writer, limit time.Duration) int {
	before := goroutines()
	if code := m.Run(); code != 0 {
		return code
	}
	leaked := settle(before, limit)
	if len(leaked) == 0 {
		return 0
	}
	fmt.Fprintf(out, "leakcheck: %d goroutines are left after the tests:\n\n", len(leaked))
	for _, stack := range leaked {
		fmt.Fprintf(out, "%s\n\n", stack)
	}
	return 1
}

// settle waits until no leaked goroutine is left or the limit has passed, and
// returns the stacks of those that are left.
func settle(before map[string]string, limit time.Duration) []string {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		var leaked []string
		for id, stack := range goroutines() {
			if _, old := before[id]; !old && !isOfTesting(stack) {
				leaked = append(leaked, stack)
			}
		}
		if len(leaked) == 0 {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-deadline.C:
			return leaked
		}
	}
}

// goroutines returns all stacks but the caller's, by goroutine id.
func goroutines() map[string]string {
	buf := make([]byte, 64<<10)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	stacks := map[string]string{}
	_, others, _ := strings.Cut(string(buf[:n]), "\n\n") // the caller's comes first
	for stack := range strings.SplitSeq(others, "\n\n") {
		if id, _, ok := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " "); ok {
			stacks[id] = strings.TrimSpace(stack)
		}
	}
	return stacks
}

// isOfTesting reports whether a goroutine belongs to the testing package or the
// runtime, which start some on their own and never end them.
func isOfTesting(stack string) bool {
	for _, function := range []string{
		"testing.RunTests(", "testing.(*T).Run(", "testing.(*T).Parallel(", "testing.runFuzzing(", "testing.runFuzzTests(",
		"testing.(*M).startAlarm", "os/signal.signal_recv(", "os/signal.loop(", "runtime.ensureSigM", "runtime.ReadTrace(",
	} {
		if strings.Contains(stack, "\n"+function) {
			return true
		}
	}
	return false
}
