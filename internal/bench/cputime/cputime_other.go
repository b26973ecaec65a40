//go:build !unix

// Package cputime tells how much processor time this process has used.
package cputime

import "time"

var started = time.Now()

// Used is the elapsed time, where processor time cannot be read.
func Used() time.Duration { return time.Since(started) }
