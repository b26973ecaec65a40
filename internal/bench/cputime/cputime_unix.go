//go:build unix

// Package cputime tells how much processor time this process has used.
package cputime

import (
	"syscall"
	"time"
)

// Used is the processor time of this process, garbage collection included. Other
// programs do not count.
func Used() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it has no other failure than a wrong argument
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
