//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package terminal

import "os"

func inForeground(*os.File) bool { return true }

// singleKeys does nothing: a key has to be followed by Enter.
func singleKeys(*os.File) (restore func()) { return func() {} }

func columns(*os.File) int { return 0 }
