//go:build !unix

package main

import "math"

// openFiles is how many files this process may have open: the system sets no limit.
func openFiles() int { return math.MaxInt32 }
