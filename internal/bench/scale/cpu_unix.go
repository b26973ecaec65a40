//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is the processor time of this process, garbage collection included. Other
// programs do not count.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it has no other failure than a wrong argument
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
