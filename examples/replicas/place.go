package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	endsWithin = 10 * time.Second // a replica that was told to end
	logLines   = 20               // of a replica that are kept
)

// place is where a replica runs. It is started again whenever it has ended, as systemd
// or Kubernetes would do. Its methods are safe for concurrent use.
type place struct {
	settings settings
	restart  time.Duration // until it is started again
	history  *history

	mu     sync.Mutex
	cmd    *exec.Cmd // nil while it is down
	last   report    // since it was started
	fresh  bool      // it has reported
	killed bool
	kills  int
	log    []string
}

// keep runs the replica until ctx ends.
func (p *place) keep(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.once(ctx); err != nil {
			p.write(p.settings.Name + ": " + err.Error())
		}
		_ = sleep(ctx, p.restart)
	}
}

// once runs it to its end. When ctx ends, it is told to end in order.
func (p *place) once(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := json.Marshal(p.settings) //nolint:gosec // the keys are the simulator's
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self) //nolint:gosec // it is this program
	cmd.Env = append(os.Environ(), envReplica+"="+string(text))
	// The end of its input tells the replica to end, also when this program is killed.
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Cancel, cmd.WaitDelay = stdin.Close, endsWithin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.started(cmd)
	var reading sync.WaitGroup
	reading.Go(func() { p.readLog(stderr) })
	p.readReports(stdout)
	reading.Wait()
	err = cmd.Wait()
	p.ended()
	return err
}

func (p *place) started(cmd *exec.Cmd) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd, p.fresh, p.killed, p.last = cmd, false, false, report{}
}

func (p *place) ended() {
	p.mu.Lock()
	held, fence, why := p.last.Held, p.last.Fence, "ended"
	if p.killed {
		why = "was killed"
	}
	p.cmd, p.fresh, p.last.Held = nil, false, false
	p.mu.Unlock()
	if held {
		p.history.lost(fence, why)
	}
}

// kill kills the replica, as a crash would, and reports whether it was up.
func (p *place) kill() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.killed {
		return false
	}
	p.killed = true
	p.kills++
	return p.cmd.Process.Kill() == nil
}

// readReports reads to the end of the replica.
func (p *place) readReports(out io.Reader) {
	for reports := json.NewDecoder(out); ; {
		var r report
		if err := reports.Decode(&r); err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, os.ErrClosed) {
				p.write("unreadable report: " + err.Error())
				_, _ = io.Copy(io.Discard, out) // it must not block
			}
			return
		}
		p.mu.Lock()
		held := p.last.Held
		p.last, p.fresh = r, true
		p.mu.Unlock()
		switch {
		case r.Held && !held:
			p.history.gained(p.settings.Name, r.Fence)
		case held && !r.Held:
			p.history.lost(r.Fence, "lost the lease")
		}
	}
}

func (p *place) readLog(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.write(lines.Text())
	}
	_, _ = io.Copy(io.Discard, out)
}

func (p *place) write(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(slices.Clone(p.log[max(0, len(p.log)-logLines+1):]), line)
}

// standing is how the page calls what a replica does.
type standing string

const (
	follows  standing = "follows"
	standsBy standing = "stands by"
	starting standing = "starting"
	down     standing = "down"
)

// shown is a replica on the page.
type shown struct {
	Name     string   `json:"name"`
	Standing standing `json:"standing"`
	PID      int      `json:"pid"` // 0 while it is down
	Kills    int      `json:"kills"`
	report
	Segments []segment `json:"segments"`
}

func (p *place) shown() shown {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := shown{Name: p.settings.Name, Standing: down, Kills: p.kills, report: p.last}
	if p.cmd == nil {
		return s
	}
	s.PID, s.Standing = p.cmd.Process.Pid, starting
	switch {
	case !p.fresh || p.killed:
	case p.last.Held:
		s.Standing = follows
	case p.last.State == "standby":
		s.Standing = standsBy
	}
	return s
}

// text is the end of the replica's log, for a test that fails.
func (p *place) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
