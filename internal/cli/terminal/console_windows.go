package terminal

import (
	"os"
	"syscall"
)

// isConsole asks the system: only a console has a console mode, the null device
// is a character device without one.
func isConsole(file *os.File) bool {
	var mode uint32
	return syscall.GetConsoleMode(syscall.Handle(file.Fd()), &mode) == nil
}
