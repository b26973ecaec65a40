//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package terminal

import (
	"os"
	"syscall"
	"unsafe"
)

// inForeground reports whether the process may read from its terminal. Reading from the
// background would stop it.
func inForeground(file *os.File) bool {
	var group int32
	return ioctl(file, syscall.TIOCGPGRP, unsafe.Pointer(&group)) && int(group) == syscall.Getpgrp()
}

// singleKeys has the terminal hand over each key at once and not show it, until restore
// is called.
func singleKeys(file *os.File) (restore func()) {
	var before syscall.Termios
	if !ioctl(file, getTermios, unsafe.Pointer(&before)) {
		return func() {}
	}
	single := before
	single.Lflag &^= syscall.ICANON | syscall.ECHO
	single.Cc[syscall.VMIN], single.Cc[syscall.VTIME] = 1, 0
	if !ioctl(file, setTermios, unsafe.Pointer(&single)) {
		return func() {}
	}
	return func() { ioctl(file, setTermios, unsafe.Pointer(&before)) }
}

func ioctl(file *os.File, request uintptr, value unsafe.Pointer) (ok bool) {
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	err = conn.Control(func(fd uintptr) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(value))
		ok = errno == 0
	})
	return ok && err == nil
}

func columns(file *os.File) int {
	var size struct{ rows, columns, xPixels, yPixels uint16 }
	if !ioctl(file, syscall.TIOCGWINSZ, unsafe.Pointer(&size)) {
		return 0
	}
	return int(size.columns)
}
