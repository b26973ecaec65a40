package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen collects what a process writes, for tests that wait for it.
type screen struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{} // closed by the next write
}

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return s.buf.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// since returns what was written from an offset on, and what closes with more.
func (s *screen) since(offset int) ([]byte, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.buf.Bytes()[offset:]), s.changed
}

// await waits until text was written n times.
func (s *screen) await(t *testing.T, text string, n int) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for offset, seen := 0, 0; seen < n; {
		news, changed := s.since(offset)
		if found := bytes.Count(news, []byte(text)); found > 0 {
			seen += found
			offset += bytes.LastIndex(news, []byte(text)) + len(text)
			continue
		}
		offset += max(0, len(news)-len(text)+1) // it may have come in part
		select {
		case <-changed:
		case <-deadline:
			all := s.String()
			t.Fatalf("%q came %d of %d times:\n%s", text, seen, n, all[max(0, len(all)-2000):])
		}
	}
}

// process is a run of the command that goes on while the test does.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *screen
	ended          chan error
}

func startProcess(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: command(env, args...), stdout: newScreen(), stderr: newScreen(), ended: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-done
	})
	return p
}

// result waits for the end.
func (p *process) result(t *testing.T) result {
	t.Helper()
	select {
	case err := <-p.ended:
		return finished(t, err, p.stdout, p.stderr)
	case <-time.After(30 * time.Second):
		t.Fatalf("still running\nstdout: %s\nstderr: %s", p.stdout, p.stderr)
		return result{}
	}
}

func (p *process) signal(t *testing.T, signal os.Signal) result {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	return p.result(t)
}

func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
