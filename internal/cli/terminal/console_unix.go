//go:build !windows

package terminal

import "os"

// isConsole takes every character device for a terminal but the null device,
// which is what scripts and make use for "nobody is there".
func isConsole(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
