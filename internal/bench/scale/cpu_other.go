//go:build !unix

package main

import "time"

var started = time.Now()

// cpuTime is the elapsed time, where processor time cannot be read.
func cpuTime() time.Duration { return time.Since(started) }
