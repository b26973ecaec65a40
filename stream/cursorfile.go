package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

const (
	// recordSize is what an id is padded to, so that a shorter one leaves nothing of a
	// longer one behind. It fits into a disk's sector, which is written whole or not at
	// all.
	recordSize = 128
	// maxRecordSize is more than any id needs. A longer file is not a cursor file.
	maxRecordSize = 4096
)

type fileCursor struct {
	path string

	mu     sync.Mutex
	held   bool     // by a stream: the file stays open between saves
	file   *os.File // nil while it is closed
	size   int      // of the file
	saved  string   // the id in it
	record []byte   // what was written last
	recent recentFile
}

func (f *fileCursor) Load(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.load()
}

func (f *fileCursor) load() (string, error) {
	if f.path == "" {
		return "", errors.New("the path of the cursor file is empty")
	}
	f.closeFile()
	defer f.closeUnlessHeld()
	err := f.open()
	if errors.Is(err, fs.ErrNotExist) {
		f.saved = ""
		return "", f.canCreate()
	}
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(io.NewSectionReader(f.file, 0, maxRecordSize))
	if err != nil {
		return "", err
	}
	f.saved, err = parseRecord(string(content))
	if err != nil {
		return "", fmt.Errorf("%s %w", f.path, err)
	}
	return f.saved, nil
}

func (f *fileCursor) Save(_ context.Context, eventID string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if eventID == "" {
		return errors.New("an empty id cannot be saved")
	}
	if f.file == nil {
		if err := f.open(); errors.Is(err, fs.ErrNotExist) {
			err = f.create(eventID)
			return f.done(eventID, err)
		} else if err != nil {
			return err
		}
	}
	return f.done(eventID, f.write(eventID))
}

func (f *fileCursor) done(id string, err error) error {
	if err == nil {
		f.saved = id
		f.recent.add(f, id)
	}
	f.closeUnlessHeld()
	return err
}

// hold keeps the files open from one Save to the next, which is faster. The caller
// has to release them: an open file keeps a volume from being unmounted.
func (f *fileCursor) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = true
}

// release writes what is left to write and closes the files.
func (f *fileCursor) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = false
	f.recent.write()
	f.recent.close()
	f.closeFile()
}

func (f *fileCursor) closeUnlessHeld() {
	if !f.held {
		f.closeFile()
	}
}

// open opens the file for writing in place.
func (f *fileCursor) open() error {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not a regular file", f.path)
	case info.Size() > maxRecordSize:
		err = fmt.Errorf("%s has %d bytes and is not a cursor file", f.path, info.Size())
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	f.file, f.size = file, int(info.Size())
	return nil
}

// write replaces the id with one write.
func (f *fileCursor) write(id string) error {
	record, err := appendRecord(f.record[:0], id, f.size)
	if err != nil {
		return err
	}
	f.record = record
	if _, err := f.file.WriteAt(record, 0); err != nil {
		return err
	}
	if len(record) > f.size { // the file has grown; after a power failure its end could be missing
		f.size = len(record)
		return f.file.Sync()
	}
	return nil
}

// create makes the file. It writes another one and renames it, so that a crash never
// leaves an empty file.
func (f *fileCursor) create(id string) error {
	record, err := appendRecord(nil, id, 0)
	if err != nil {
		return err
	}
	path := linkTarget(f.path)
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(record)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil { // the name is kept as well; not every system can
		_ = dir.Sync()
		_ = dir.Close()
	}
	return f.open()
}

// canCreate returns the error that create would end with.
func (f *fileCursor) canCreate() error {
	path := linkTarget(f.path)
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// linkTarget follows symbolic links to a file that is not there yet.
func linkTarget(path string) string {
	const most = 40
	for range most {
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

func (f *fileCursor) closeFile() {
	if f.file != nil {
		_ = f.file.Close()
		f.file = nil
	}
}

// appendRecord appends an id, padded to the size of the file.
func appendRecord(b []byte, id string, size int) ([]byte, error) {
	b = append(b, encodeID(id)...)
	size = max(size, (len(b)/recordSize+1)*recordSize)
	if size > maxRecordSize {
		return nil, fmt.Errorf("the event id has %d bytes, which is too long for a cursor file", len(id))
	}
	for len(b) < size-1 {
		b = append(b, ' ')
	}
	return append(b, '\n'), nil
}

func parseRecord(content string) (string, error) {
	id, err := decodeID(strings.Trim(content, " \t\r\n\x00"))
	switch {
	case err != nil:
		return "", err
	case id == "":
		// Starting from now would lose events without a word.
		return "", errors.New("is empty; write the id of an event into it, or remove it to start from now")
	}
	return id, nil
}

// encodeID writes an id that could not be told from the padding in quotes. Pepay's
// do not need it.
func encodeID(id string) string {
	if strings.HasPrefix(id, `"`) || strings.ContainsFunc(id, notPlain) {
		return strconv.Quote(id)
	}
	return id
}

func decodeID(text string) (string, error) {
	if strings.HasPrefix(text, `"`) {
		id, err := strconv.Unquote(text)
		if err != nil {
			return "", errors.New("does not have one event id")
		}
		return id, nil
	}
	if strings.ContainsFunc(text, notPlain) {
		return "", errors.New("does not have one event id")
	}
	return text, nil
}

func notPlain(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
}
