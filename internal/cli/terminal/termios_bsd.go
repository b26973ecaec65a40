//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package terminal

import "syscall"

const (
	getTermios = syscall.TIOCGETA
	setTermios = syscall.TIOCSETA
)
