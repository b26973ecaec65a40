package pepaytest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WithStateFile keeps what the server knows in a file, over restarts: invoices, orders,
// carts, keys and accounts, idempotency keys, events, business time, the numbers that ids
// are made of, and the webhook endpoints that were added over HTTP. Recorded requests,
// faults, open streams and deliveries that are not done are not kept.
//
// What opens something here is in the file as plain text: the secrets of webhook endpoints,
// the session tokens and signatures of payors, and payment URLs, which carry them. Of API
// keys it has a digest. It has mode 0600 when it is made, and keeps the mode that it has.
//
// A file that is not there yet is made, and the server begins with its seed
// ([WithSeed]); what fell due while no server ran happens when one starts, each at its
// own time. The file is written as a whole, to a temporary file that replaces it, at most
// once a second while something changes, less often when it is large, and once more by
// [Server.Close]: after a crash, what happened in the last moments is missing, and never
// half of it. A symbolic link stays one.
//
// These are errors of [Start], and leave the file alone: a file that is broken, with the
// place; one that a newer version wrote; one that cannot be written; one that another
// server has, which path + ".lock" tells as long as that runs. When writing fails later,
// the server goes on and tries again; see [WithStateErrors]. The error of the last attempt
// is returned by Close.
func WithStateFile(path string) Option {
	return func(c *config) error {
		if path == "" {
			return errors.New("pepaytest: WithStateFile: empty path")
		}
		c.statePath = path
		return nil
	}
}

// WithStateErrors calls report when the state file cannot be written, once until it can
// be again. report is called from a goroutine of the server. Without it, only
// [Server.Close] tells. nil is an error.
func WithStateErrors(report func(error)) Option {
	return func(c *config) error {
		if report == nil {
			return errors.New("pepaytest: WithStateErrors: nil function")
		}
		c.stateErrors = report
		return nil
	}
}

// stateFile is a file that this server has and no other.
type stateFile struct {
	path string // symbolic links resolved
	mode fs.FileMode
	lock *fileLock
}

// openStateFile locks the file and reads what is in it; nil where there is none yet.
func openStateFile(path string) (*stateFile, []byte, error) {
	f := &stateFile{path: resolveLinks(path), mode: 0o600}
	var err error
	if f.lock, err = lockFile(f.path + ".lock"); err != nil {
		return nil, nil, err
	}
	content, err := f.read()
	if err != nil {
		f.close()
		return nil, nil, err
	}
	return f, content, nil
}

// close gives the file back.
func (f *stateFile) close() {
	if f != nil {
		f.lock.release()
	}
}

// openState opens the state file of [WithStateFile], and reads it where it is there.
func (c *config) openState() (*stateFile, *loadedState, error) {
	if c.statePath == "" {
		return nil, nil, nil
	}
	file, content, err := openStateFile(c.statePath)
	if err != nil {
		return nil, nil, stateError(c.statePath, err)
	}
	if content == nil {
		return file, nil, nil
	}
	loaded, err := parseState(content)
	if err != nil {
		file.close()
		return nil, nil, stateError(c.statePath, err)
	}
	return file, loaded, nil
}

func (f *stateFile) read() ([]byte, error) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() == 0:
		return nil, errors.New("the file is empty; remove it to begin anew")
	}
	f.mode = info.Mode().Perm()
	writable, err := os.OpenFile(f.path, os.O_RDWR, 0) // nobody expects a read-only file to be replaced
	if err != nil {
		return nil, err
	}
	_ = writable.Close()
	return os.ReadFile(f.path)
}

// write replaces the file as a whole. The name of the temporary file is always the same:
// one that a crash left behind is used again.
func (f *stateFile) write(content func(*os.File) error) error {
	temporary := f.path + ".tmp"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = content(file)
	if err == nil {
		err = file.Chmod(f.mode)
	}
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary, f.path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	syncFolder(filepath.Dir(f.path))
	return nil
}

// resolveLinks follows the links that path itself is, also to a file that is not there.
func resolveLinks(path string) string {
	for range 40 { // as many as systems follow
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return path
}

// stateError names the file in an error, once.
func stateError(path string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = fmt.Errorf("%s: %w", pathErr.Op, pathErr.Err)
	}
	return fmt.Errorf("pepaytest: state file %s: %w", path, err)
}
