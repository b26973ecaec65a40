package processes

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// process is a running replica.
type process struct {
	name  string // of the replica, with its process id
	addr  string // where it takes webhooks
	cmd   *exec.Cmd
	stdin io.Closer
	log   *tail
	ended chan struct{}
	err   error // of its end
}

// startProcess runs the test binary as a replica, in a process group of its own. It ends
// with its standard input: when the test closes it, and when the test dies. One that is
// stopped then is continued by the system, as its group has no parent any more.
func startProcess(s settings) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self), log: &tail{}, ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), envReplica+"="+string(text))
	ownGroup(p.cmd)
	p.cmd.Stderr = p.log
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.name = fmt.Sprintf("%s/%d", s.Name, p.cmd.Process.Pid)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("replica %s does not start: %w\n%s", p.name, err, p.log)
	}
	p.addr = strings.TrimSpace(line)
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// kill ends the process at once, also when it is stopped.
func (p *process) kill() {
	_ = p.signal(os.Kill)
	<-p.ended
}

// stop lets the process finish, and returns an error when it does not do so properly or
// leaves a process behind.
func (p *process) stop() error {
	_ = p.stdin.Close()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		_ = p.signal(goroutines)
		select {
		case <-p.ended:
		case <-time.After(time.Second):
		}
		p.kill()
		return fmt.Errorf("replica %s did not end within %s:\n%s", p.name, patience, p.log)
	}
	if p.err != nil {
		return fmt.Errorf("replica %s: %w\n%s", p.name, p.err, p.log)
	}
	if err := groupIsGone(p.cmd.Process); err != nil {
		return fmt.Errorf("replica %s: %w", p.name, err)
	}
	return nil
}

// maxTail is how many lines a tail keeps.
const maxTail = 40

// tail keeps the last lines that were written.
type tail struct {
	mu    sync.Mutex
	lines []string
	rest  string
}

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(t.rest+string(text), "\n")
	t.lines, t.rest = append(t.lines, lines[:len(lines)-1]...), lines[len(lines)-1]
	t.lines = t.lines[max(0, len(t.lines)-maxTail):]
	return len(text), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return "    " + strings.Join(append(t.lines[:len(t.lines):len(t.lines)], t.rest), "\n    ")
}
