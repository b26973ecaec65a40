package stream

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// recentEvery is how late the file of recent ids may be. Writing it with each
	// event would cost many times what the event costs.
	recentEvery = 100 * time.Millisecond
	// maxRecentBytes is what is read of it.
	maxRecentBytes = 4 << 20
)

// recentFile remembers the ids that were saved last and writes them now and then,
// beside the cursor. Its owner's lock guards it.
type recentFile struct {
	ids   []string // a ring
	next  int      // the oldest, once the ring is full
	limit int

	pending *time.Timer // until the next write, nil while nothing is new
	file    *os.File
	size    int64
}

// add remembers an id. The first one after a write starts the time until the next.
func (r *recentFile) add(owner *fileCursor, id string) {
	r.remember(id)
	if r.pending != nil {
		return
	}
	if r.file == nil && !r.open(owner.path) {
		return
	}
	r.pending = time.AfterFunc(recentEvery, func() {
		owner.mu.Lock()
		defer owner.mu.Unlock()
		r.write()
		if !owner.held {
			r.close()
		}
		owner.closeIfReplaced()
	})
}

func (r *recentFile) remember(id string) {
	if n := len(r.ids); n > 0 && r.ids[(r.next+n-1)%n] == id {
		return // saved again
	}
	if len(r.ids) < max(r.limit, defaultDedupeWindow) {
		r.set(append(r.ordered(), id))
		return
	}
	r.ids[r.next] = id
	r.next = (r.next + 1) % len(r.ids)
}

// addBefore remembers an id that was handled after the cursor and does not move it.
// The cursor stays the last one.
func (r *recentFile) addBefore(owner *fileCursor, id string) {
	r.add(owner, id)
	n := len(r.ids)
	if n < 2 {
		return
	}
	last, before := (r.next+n-1)%n, (r.next+n-2)%n
	if r.ids[before] == owner.saved {
		r.ids[last], r.ids[before] = r.ids[before], r.ids[last]
	}
}

func (r *recentFile) set(ids []string) {
	r.ids, r.next = ids[max(0, len(ids)-max(r.limit, defaultDedupeWindow)):], 0
}

// ordered is the ids, the oldest first.
func (r *recentFile) ordered() []string {
	if r.next == 0 {
		return r.ids
	}
	return slices.Concat(r.ids[r.next:], r.ids[:r.next])
}

// open opens or creates the file, and reports whether that worked.
func (r *recentFile) open(cursorPath string) bool {
	file, err := os.OpenFile(cursorPath+".recent", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return false
	}
	r.file, r.size = file, info.Size()
	return true
}

// write brings the file up to date, if anything is new. If it fails, the next write
// may succeed; otherwise events may come twice after a restart.
func (r *recentFile) write() {
	if r.pending == nil {
		return
	}
	r.pending.Stop()
	r.pending = nil
	if r.file == nil {
		return
	}
	var content bytes.Buffer
	for _, id := range r.ordered() {
		content.WriteString(encodeID(id) + "\n")
	}
	if _, err := r.file.WriteAt(content.Bytes(), 0); err != nil {
		return
	}
	if size := int64(content.Len()); size < r.size {
		_ = r.file.Truncate(size)
	}
	r.size = int64(content.Len())
}

func (r *recentFile) close() {
	if r.file != nil {
		_ = r.file.Close()
		r.file = nil
	}
}

// closeIfReplaced notices that a person has put another file in the cursor's
// place, or removed it.
func (f *fileCursor) closeIfReplaced() {
	if f.file == nil {
		return
	}
	ours, err := f.file.Stat()
	if err != nil {
		return
	}
	if current, err := os.Stat(f.path); err != nil || !os.SameFile(ours, current) {
		f.closeFile()
		f.recent.close()
	}
}

// AddRecent remembers an event that was handled and does not move the cursor.
func (f *fileCursor) AddRecent(_ context.Context, eventID string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent.addBefore(f, eventID)
	return nil
}

// Recent returns the ids that were handled last, the oldest first and the cursor
// last. The cursor is missing where the file is older than it. There are no ids
// where the file does not fit the cursor, which a person may have set back.
func (f *fileCursor) Recent(_ context.Context, n int) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.saved == "" {
		if _, err := f.load(); err != nil {
			return nil, err
		}
	}
	ids := f.recent.ordered()
	if len(ids) == 0 {
		ids = readRecent(f.path + ".recent")
	}
	ids = upTo(f.saved, ids)
	ids = slices.Clone(ids[max(0, len(ids)-n):])
	f.recent.limit = n
	if f.saved != "" && !slices.Contains(ids, f.saved) {
		f.recent.set([]string{f.saved}) // what lies between is not known, and would look as if it were
	} else {
		f.recent.set(slices.Clone(ids))
	}
	return ids, nil
}

func readRecent(path string) (ids []string) {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxRecentBytes))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(content)) {
		if id, err := decodeID(strings.TrimSuffix(line, "\n")); err == nil && id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// upTo cuts ids behind the cursor. A cursor that is not among them is either newer,
// saved after the file was written, or was set back to before all of them; then
// what followed it has to come again.
func upTo(cursor string, ids []string) []string {
	if at := slices.Index(ids, cursor); at >= 0 {
		return ids[:at+1]
	}
	at, ok := idTime(cursor)
	if !ok {
		return nil
	}
	for _, id := range ids {
		if other, ok := idTime(id); !ok || other > at {
			return nil
		}
	}
	return ids
}

// idTime is the time in an id such as evt_1700000000000-123, in milliseconds.
func idTime(id string) (ms int64, ok bool) {
	digits, isEvent := strings.CutPrefix(id, "evt_")
	digits, _, hasSequence := strings.Cut(digits, "-")
	ms, err := strconv.ParseInt(digits, 10, 64)
	return ms, isEvent && hasSequence && err == nil
}
