package localdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startLimit = 60 * time.Second // a busy machine starts slowly
	stopLimit  = 30 * time.Second
	pollEvery  = 10 * time.Millisecond
	logLines   = 12 // of the server's log in an error
)

// Server is a program that listens on a port, and keeps port and folder from start to
// start. Its methods are safe for concurrent use; those that start and stop it wait
// for one another.
type Server struct {
	name   string
	folder string
	addr   string
	spec   spec

	mu      sync.Mutex
	process *process // nil while it is stopped
}

// spec is what differs between the servers.
type spec struct {
	command []string
	stop    syscall.Signal
	// workdir is where the processes run that outlive the first one when it is killed.
	workdir string
	// ready reports whether the process serves.
	ready func(ctx context.Context, pid int) bool
}

// Addr is the host and port on which the server listens. They stay the same.
func (s *Server) Addr() string { return s.addr }

// Folder is where the server's files are, its log among them. Close removes it.
func (s *Server) Folder() string { return s.folder }

// Start starts the server again after Stop or Kill, on the same port and with its
// data, and waits until it serves, for at most 60 s. It does nothing while it runs.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start(ctx)
}

// Stop ends the server in the way that is usual for it (PostgreSQL: a fast shutdown)
// and waits until it has ended, for at most 30 s. It does nothing while it is stopped.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop()
}

// Restart is Stop and Start.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.stop(); err != nil {
		return err
	}
	return s.start(ctx)
}

// Kill ends the server's processes with SIGKILL, as a crash does, and waits until they
// have ended. It does nothing while it is stopped.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kill()
}

// Close stops the server and removes its folder.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.stop(), os.RemoveAll(s.folder))
}

func (s *Server) start(ctx context.Context) error {
	if s.process != nil && s.process.running() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	p, err := startProcess(s.spec.command, s.folder, s.logFile(), s.spec.stop)
	if err != nil {
		return fmt.Errorf("localdb: start %s: %w", s.name, err)
	}
	s.process = p
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for !s.spec.ready(ctx, p.pid) {
		select {
		case <-p.done:
			s.process = nil
			return s.failed("%s ended while it started (%v)", s.name, p.err)
		case <-ctx.Done():
			return errors.Join(s.failed("%s did not start in time (%v)", s.name, ctx.Err()), s.kill())
		case <-poll.C:
		}
	}
	return nil
}

func (s *Server) stop() error {
	if s.process == nil {
		return nil
	}
	s.process.signal(s.spec.stop)
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-s.process.done:
		s.process = nil
		return nil
	case <-limit.C:
		return errors.Join(s.failed("%s did not stop in %v and was killed", s.name, stopLimit), s.kill())
	}
}

func (s *Server) kill() error {
	if s.process == nil {
		return nil
	}
	s.process.kill(s.spec.workdir)
	s.process = nil
	return nil
}

func (s *Server) logFile() string { return filepath.Join(s.folder, "server.log") }

// failed is an error with the end of the server's log.
func (s *Server) failed(format string, args ...any) error {
	return fmt.Errorf("localdb: "+format+"; its log ends with:\n%s", append(args, tail(s.logFile()))...)
}

func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-logLines):], "\n")
}

// accepts reports whether somebody listens on the address.
func accepts(ctx context.Context, addr string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
