package pepaytest

import (
	"errors"
	"os"
	"syscall"
)

// fileLock is held until it is released or the process ends, however that ends.
type fileLock struct{ handle syscall.Handle }

func lockFile(path string) (*fileLock, error) {
	const (
		deleteOnClose    = 0x04000000
		sharingViolation = syscall.Errno(32)
	)
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	// Nobody may open it a second time.
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errStateInUse
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return &fileLock{handle}, nil
}

func (l *fileLock) release() { _ = syscall.CloseHandle(l.handle) }

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) {}
