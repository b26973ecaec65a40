//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is what this process has had of the processors, garbage collection
// included. What other programs take does not show in it.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it has no other failure than a wrong argument
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
