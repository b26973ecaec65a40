package main

import (
	"os"
	"runtime"
	"strings"
	"time"
)

// usage is how many goroutines and sockets a process has.
type usage struct{ goroutines, sockets int }

// used counts them. Sockets are counted only where there is a /proc.
func used() usage {
	u := usage{goroutines: runtime.NumGoroutine()}
	const descriptors = "/proc/self/fd"
	open, err := os.ReadDir(descriptors)
	if err != nil {
		return u
	}
	for _, fd := range open {
		if target, err := os.Readlink(descriptors + "/" + fd.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			u.sockets++
		}
	}
	return u
}

// settle waits up to 5 s for what is ending.
func settle(before usage) usage {
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if now := used(); now.goroutines <= before.goroutines && now.sockets <= before.sockets {
			return now
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return used()
		}
	}
}
