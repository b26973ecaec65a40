//go:build !linux

package localdb

import "syscall"

type process struct {
	pid  int
	done chan struct{}
	err  error
}

func startProcess([]string, string, string, syscall.Signal) (*process, error) {
	return nil, ErrUnavailable
}

func (p *process) running() bool         { return false }
func (p *process) signal(syscall.Signal) {}
func (p *process) kill(string)           {}

func newFolder(string) (string, error)                 { return "", ErrUnavailable }
func runOnce([]string, string) error                   { return ErrUnavailable }
func lookup(string, string, ...string) (string, error) { return "", ErrUnavailable }
