package stream

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzCursorRecord keeps any id in a cursor file and reads it back, over an older
// and longer one, too.
func FuzzCursorRecord(f *testing.F) {
	for _, id := range []string{"evt_1700000000000-1", " ", `"`, `"a"`, "é", "\x00", "a\nb", "\xff", "began:2026-01-01T00:00:00Z", strings.Repeat("x", 127), strings.Repeat("x", 128)} {
		f.Add(id, 256)
	}
	f.Fuzz(func(t *testing.T, id string, size int) {
		record, err := appendRecord(nil, id, min(max(size, 0), maxRecordSize))
		if id == "" || err != nil {
			if err != nil && len(encodeID(id)) < maxRecordSize-recordSize {
				t.Errorf("%q: %v", id, err)
			}
			return
		}
		if len(record) > maxRecordSize {
			t.Errorf("%q takes %d bytes", id, len(record))
		}
		if got, err := parseRecord(string(record)); got != id || err != nil {
			t.Errorf("%q was read as %q, %v", id, got, err)
		}
	})
}

// FuzzCursorFiles loads a cursor and its recent ids from files with any content.
func FuzzCursorFiles(f *testing.F) {
	for _, files := range [][2]string{
		{"evt_1700000000000-2\n", "evt_1700000000000-1\nevt_1700000000000-2\n"}, {"evt_1700000000000-2", "evt_1800000000000-1\n"},
		{"", ""}, {"\x00\x00", "\"\n\"a\"\n"}, {"two ids", "a"}, {"evt_x-1", "evt_-\n\n\n"},
	} {
		f.Add([]byte(files[0]), []byte(files[1]))
	}
	path := filepath.Join(f.TempDir(), "cursor")
	f.Fuzz(func(t *testing.T, content, recent []byte) {
		for name, data := range map[string][]byte{path: content, path + ".recent": recent} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		store := &fileCursor{path: path}
		id, err := store.Load(t.Context())
		if err != nil {
			if id != "" || !strings.Contains(err.Error(), path) {
				t.Errorf("%q: %q and %v", content, id, err)
			}
			return
		}
		ids, err := store.Recent(t.Context(), 10)
		if err != nil || len(ids) > 10 || slices.Contains(ids, "") {
			t.Errorf("%q: %q, %v", recent, ids, err)
		}
		if at := slices.Index(ids, id); at >= 0 && at != len(ids)-1 {
			t.Errorf("%q are behind the cursor %q", ids[at+1:], id)
		}
	})
}
