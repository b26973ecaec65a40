//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pepaytest

import (
	"errors"
	"os"
	"syscall"
)

// fileLock is held until it is released or the process ends, however that ends.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			_ = file.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				err = errStateInUse
			}
			return nil, err
		}
		// Who had it before has removed the file by now, perhaps after it was opened here.
		if held, err := file.Stat(); err == nil {
			if there, err := os.Stat(path); err == nil && os.SameFile(held, there) {
				return &fileLock{file}, nil
			}
		}
		_ = file.Close()
	}
}

func (l *fileLock) release() {
	_ = os.Remove(l.file.Name()) // while it is held, so that nobody else's is removed
	_ = l.file.Close()
}

// syncFolder makes a rename last over a power failure, where the system can.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}
