package processes

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

const envParent = "PEPAY_TEST_PARENT"

// runParent starts a replica, stops it if it is to be a stopped one, prints its process id
// and waits to be killed.
func runParent() error {
	p, err := startProcess(settings{Name: "orphan", Database: "postgres://nobody@127.0.0.1:1/none", Pepay: "http://127.0.0.1:1", APIKey: "key", Secret: secret})
	if err != nil {
		return err
	}
	if os.Getenv(envParent) == "stopped" {
		if err := p.signal(pause); err != nil {
			return err
		}
		// A process that does not stop until its parent has died is not continued.
		for procState(strconv.Itoa(p.pid())) != "T" {
			runtime.Gosched()
		}
	}
	fmt.Println(p.pid())
	<-p.ended
	return nil
}

// A replica does not outlive the test, whatever ends that.
func TestReplicasEndWithTheTest(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it looks into /proc")
	}
	for _, state := range []string{"running", "stopped"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			parent := exec.Command(os.Args[0])
			parent.Env = append(os.Environ(), envParent+"="+state)
			parent.Stderr = os.Stderr
			stdout, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdin, err := parent.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(stdout).ReadString('\n')
			pid := strings.TrimSpace(line)
			if err == nil && !runs(pid) {
				t.Errorf("replica %s does not run", pid)
			}
			_ = parent.Process.Kill()
			_ = parent.Wait()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for runs(pid) {
				select {
				case <-tick.C:
				case <-ctx.Done():
					t.Fatalf("replica %s still runs", pid)
				}
			}
		})
	}
}

// runs reports whether a process runs. One that ended may wait for its parent to notice.
func runs(pid string) bool {
	state := procState(pid)
	return state != "" && state != "Z"
}

// procState is what Linux says of a process, in a letter: T if it is stopped. It is empty when there is none.
func procState(pid string) string {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return ""
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	state, _, _ = strings.Cut(state, " ")
	return state
}
