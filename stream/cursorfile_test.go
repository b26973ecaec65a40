package stream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func save(t *testing.T, c CursorStore, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := c.Save(t.Context(), id); err != nil {
			t.Fatalf("saving %q: %v", id, err)
		}
	}
}

func load(t *testing.T, path string) string {
	t.Helper()
	id, err := FileCursor(path).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestFileCursor(t *testing.T) {
	t.Parallel()
	long := "evt_" + strings.Repeat("9", 300)
	for _, c := range []struct {
		name   string
		before string // the file's content, "" for no file
		saved  []string
		want   string
	}{
		{"no file", "", nil, ""},
		{"first", "", []string{"evt_1"}, "evt_1"},
		{"several", "", []string{"evt_1", "evt_2", "evt_3"}, "evt_3"},
		{"by hand", "evt_1700000000000-1", nil, "evt_1700000000000-1"},
		{"an id and the end of a line", "evt_1\n", nil, "evt_1"},
		{"a line of Windows", "evt_1\r\n", nil, "evt_1"},
		{"over a file of another version", "evt_1\n", []string{"evt_2"}, "evt_2"},
		{"shorter than before", "evt_1700000000000-123456789\n", []string{"e"}, "e"},
		{"long", "", []string{long}, long},
		{"short after long", "", []string{long, "evt_1"}, "evt_1"},
		{"long after short", "", []string{"evt_1", long}, long},
		{"as long as a record", "", []string{strings.Repeat("x", recordSize-1)}, strings.Repeat("x", recordSize-1)},
		{"longer by one", "", []string{strings.Repeat("x", recordSize)}, strings.Repeat("x", recordSize)},
		{"with a space", "", []string{" evt 1 "}, " evt 1 "},
		{"with the end of a line", "", []string{"evt_1\nevt_2"}, "evt_1\nevt_2"},
		{"with a quote", "", []string{`"evt_1`}, `"evt_1`},
		{"not UTF-8", "", []string{"evt_\xff"}, "evt_\xff"},
		{"not ASCII", "", []string{"evt_é"}, "evt_é"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "cursor")
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cursor := FileCursor(path)
			for _, id := range c.saved {
				save(t, cursor, id)
				if got := load(t, path); got != id {
					t.Errorf("after saving %q, the file has %q", id, got)
				}
			}
			if got := load(t, path); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if len(c.saved) == 0 {
				return
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size()%recordSize != 0 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

// Load fails where Save could not work, so that nothing is handled before.
func TestFileCursorThatCannotBeSaved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		place func(t *testing.T, dir string) (path string)
		says  string
	}{
		"no path":      {func(*testing.T, string) string { return "" }, "empty"},
		"no directory": {func(_ *testing.T, dir string) string { return filepath.Join(dir, "no", "cursor") }, "no such file"},
		"a directory":  {func(_ *testing.T, dir string) string { return dir }, "directory"},
		"an empty file": {func(t *testing.T, dir string) string {
			return written(t, filepath.Join(dir, "cursor"), " \n")
		}, "is empty"},
		"another file": {func(t *testing.T, dir string) string {
			return written(t, filepath.Join(dir, "cursor"), "PEPAY_API_KEY=x\nPEPAY_WS_URL=y\n")
		}, "one event id"},
		"a large file": {func(t *testing.T, dir string) string {
			return written(t, filepath.Join(dir, "cursor"), strings.Repeat("x", 1<<20))
		}, "not a cursor file"},
		"broken quotes": {func(t *testing.T, dir string) string { return written(t, filepath.Join(dir, "cursor"), `"evt_1`) }, "one event id"},
		"a link in circles": {func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "cursor")
			link(t, path, path)
			return path
		}, "symbolic links"},
		"a device": {func(*testing.T, string) string { return os.DevNull }, "not a regular file"},
		"a file that cannot be written": {func(t *testing.T, dir string) string {
			asUser(t)
			path := written(t, filepath.Join(dir, "cursor"), "evt_1")
			chmod(t, path, 0o400)
			return path
		}, "permission denied"},
		"a directory that cannot be written": {func(t *testing.T, dir string) string {
			asUser(t)
			chmod(t, dir, 0o500)
			return filepath.Join(dir, "cursor")
		}, "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := c.place(t, t.TempDir())
			if id, err := FileCursor(path).Load(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("loaded %q, %v; want an error that says %q", id, err, c.says)
			}
		})
	}
	if err := FileCursor(filepath.Join(t.TempDir(), "cursor")).Save(t.Context(), strings.Repeat("x", maxRecordSize)); err == nil {
		t.Error("an id of 4 KiB was saved")
	}
	if err := FileCursor(filepath.Join(t.TempDir(), "cursor")).Save(t.Context(), ""); err == nil {
		t.Error("no id was saved")
	}
}

func written(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
}

func asUser(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions do not hold root back")
	}
}

// What a state file may be: the file that the program sees keeps its place.
func TestFileCursorPlaces(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(t *testing.T, dir string) (path, file string){
		"a link": func(t *testing.T, dir string) (string, string) {
			file := written(t, filepath.Join(dir, "volume"), "evt_1\n")
			link(t, file, filepath.Join(dir, "cursor"))
			return filepath.Join(dir, "cursor"), file
		},
		"a link to a link": func(t *testing.T, dir string) (string, string) {
			file := written(t, filepath.Join(dir, "volume"), "evt_1\n")
			link(t, file, filepath.Join(dir, "second"))
			link(t, "second", filepath.Join(dir, "cursor"))
			return filepath.Join(dir, "cursor"), file
		},
		"a link to a file that is not there yet": func(t *testing.T, dir string) (string, string) {
			if err := os.Mkdir(filepath.Join(dir, "volume"), 0o700); err != nil {
				t.Fatal(err)
			}
			link(t, filepath.Join("volume", "cursor"), filepath.Join(dir, "cursor"))
			return filepath.Join(dir, "cursor"), filepath.Join(dir, "volume", "cursor")
		},
		"a second name": func(t *testing.T, dir string) (string, string) {
			file := written(t, filepath.Join(dir, "volume"), "evt_1\n")
			if err := os.Link(file, filepath.Join(dir, "cursor")); err != nil {
				t.Skip(err)
			}
			return filepath.Join(dir, "cursor"), file
		},
		"a mounted file": func(t *testing.T, dir string) (string, string) {
			file := written(t, filepath.Join(dir, "volume"), "evt_1\n")
			path := written(t, filepath.Join(dir, "cursor"), "")
			if out, err := exec.CommandContext(t.Context(), "mount", "--bind", file, path).CombinedOutput(); err != nil {
				t.Skip(string(out)) // only root may
			}
			t.Cleanup(func() { // a file that was left open would keep it from working
				if out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "umount", path).CombinedOutput(); err != nil {
					t.Error(string(out))
				}
			})
			return path, file
		},
		"a file in a directory that cannot be written": func(t *testing.T, dir string) (string, string) {
			asUser(t)
			file := written(t, filepath.Join(dir, "cursor"), "evt_1\n")
			chmod(t, dir, 0o500)
			return file, file
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, file := place(t, t.TempDir())
			cursor := FileCursor(path)
			if _, err := cursor.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			save(t, cursor, "evt_2", "evt_3")
			if got := load(t, file); got != "evt_3" {
				t.Errorf("%s has %q", filepath.Base(file), got)
			}
		})
	}
}

// The file may be removed or replaced under a running program.
func TestFileCursorIsReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor")
	cursor := FileCursor(path).(*fileCursor)
	cursor.hold()
	save(t, cursor, "evt_1")
	for name, replace := range map[string]func() error{
		"removed": func() error { return os.Remove(path) },
		"renamed": func() error { return os.Rename(path, path+".old") },
		"replaced": func() error {
			return errors.Join(os.WriteFile(path+".new", []byte("evt_0"), 0o600), os.Rename(path+".new", path))
		},
	} {
		if err := replace(); err != nil {
			t.Fatal(err)
		}
		cursor.mu.Lock()
		cursor.closeIfReplaced() // as happens every 100 ms
		cursor.mu.Unlock()
		save(t, cursor, "evt_"+name)
		if got := load(t, path); got != "evt_"+name {
			t.Errorf("%s: the file has %q", name, got)
		}
	}
	cursor.release()
}

func TestFileCursorRecent(t *testing.T) {
	t.Parallel()
	ids := func(from, to int) (ids []string) {
		for n := from; n <= to; n++ {
			ids = append(ids, fmt.Sprintf("evt_%d-1", 1_700_000_000_000+n))
		}
		return ids
	}
	for _, c := range []struct {
		name   string
		recent []string // in the file, nil for no file
		cursor string
		n      int
		want   []string
	}{
		{"no file", nil, ids(3, 3)[0], 10, nil},
		{"up to the cursor", ids(1, 5), ids(5, 5)[0], 10, ids(1, 5)},
		{"not more than asked for", ids(1, 5), ids(5, 5)[0], 2, ids(4, 5)},
		{"the cursor was saved after it", ids(1, 5), ids(7, 7)[0], 10, ids(1, 5)},
		{"the cursor was set back into it", ids(1, 5), ids(3, 3)[0], 10, ids(1, 3)},
		{"the cursor was set back to before it", ids(3, 5), ids(1, 1)[0], 10, nil},
		{"ids without a time, and another cursor", []string{"a", "b"}, "c", 10, nil},
		{"ids without a time", []string{"a", "b c", "d"}, "d", 10, []string{"a", "b c", "d"}},
		{"cut off", []string{"a", `"b`, "d"}, "d", 10, []string{"a", "d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "cursor")
			written(t, path, c.cursor)
			if c.recent != nil {
				var content strings.Builder
				for _, id := range c.recent {
					if !strings.HasPrefix(id, `"`) {
						id = encodeID(id)
					}
					content.WriteString(id + "\n")
				}
				written(t, path+".recent", content.String())
			}
			cursor := FileCursor(path).(*fileCursor)
			got, err := cursor.Recent(t.Context(), c.n)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
			// The next file has no hole.
			save(t, cursor, "evt_1700000000009-1")
			cursor.release()
			want := append(slices.Clone(c.want), "evt_1700000000009-1")
			if !slices.Contains(c.want, c.cursor) {
				want = []string{c.cursor, "evt_1700000000009-1"}
			}
			got, err = FileCursor(path).(*fileCursor).Recent(t.Context(), 10)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("then %v, %v, want %v", got, err, want)
			}
		})
	}
}

// The recent ids are written by themselves, within 100 ms, and not with every event.
func TestFileCursorWritesRecent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "cursor")
		cursor := FileCursor(path).(*fileCursor)
		var all []string
		for n := range 3000 {
			all = append(all, fmt.Sprint("evt_", n))
		}
		save(t, cursor, all...)
		if content, _ := os.ReadFile(path + ".recent"); len(content) > 0 {
			t.Error("written at once")
		}
		time.Sleep(recentEvery)
		synctest.Wait()
		recent, err := FileCursor(path).(*fileCursor).Recent(t.Context(), 5000)
		if want := all[len(all)-defaultDedupeWindow:]; err != nil || !slices.Equal(recent, want) {
			t.Errorf("%d ids, from %s, %v; want %d from %s", len(recent), recent[0], err, len(want), want[0])
		}
		save(t, cursor, "x", "x", "y")
		cursor.release()
		recent, _ = FileCursor(path).(*fileCursor).Recent(t.Context(), 3)
		if want := []string{all[2999], "x", "y"}; !slices.Equal(recent, want) {
			t.Errorf("after the loop: %v, want %v", recent, want)
		}
		if got, _ := cursor.Recent(t.Context(), 3); !slices.Equal(got, recent) {
			t.Errorf("the same program reads %v", got)
		}
	})
}

// An event that does not move the cursor is remembered, and the cursor stays last.
func TestFileCursorAddRecent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor")
	cursor := FileCursor(path).(*fileCursor)
	for n, id := range []string{"b", "late-1", "late-2", "c", "late-3", "d", "late-4"} {
		if strings.HasPrefix(id, "late") {
			if err := cursor.AddRecent(t.Context(), id); err != nil {
				t.Fatal(n, err)
			}
			continue
		}
		save(t, cursor, id)
	}
	cursor.release()
	want := []string{"late-1", "late-2", "b", "late-3", "c", "late-4", "d"}
	if got, err := FileCursor(path).(*fileCursor).Recent(t.Context(), 10); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got := load(t, path); got != "d" {
		t.Errorf("the cursor is %s", got)
	}
}

// A place for the recent ids is not needed.
func TestFileCursorWithoutRecent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor")
	if err := os.Mkdir(path+".recent", 0o700); err != nil {
		t.Fatal(err)
	}
	cursor := FileCursor(path).(*fileCursor)
	save(t, cursor, "evt_1", "evt_2")
	cursor.release()
	if ids, err := FileCursor(path).(*fileCursor).Recent(t.Context(), 10); err != nil || len(ids) != 0 {
		t.Errorf("got %v, %v", ids, err)
	}
	if got := load(t, path); got != "evt_2" {
		t.Errorf("got %q", got)
	}
}

// killedChild makes the test binary a program that saves until it is killed.
const killedChild = "PEPAY_TEST_CURSOR_CHILD"

// After a kill -9 the file has the last id that Save returned for, or the one that
// was being saved.
func TestFileCursorSurvivesKill(t *testing.T) {
	if path := os.Getenv(killedChild); path != "" {
		cursor := FileCursor(path)
		for n := 1; ; n++ {
			id := fmt.Sprint("evt_", strings.Repeat("0", n%7), n)
			if err := cursor.Save(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			fmt.Println(id)
		}
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor")
	for range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFileCursorSurvivesKill$")
		child.Env = append(os.Environ(), killedChild+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		number := func(id string) (n int) { _, _ = fmt.Sscanf(id, "evt_%d", &n); return n }
		last := 0
		for lines.Scan() {
			if last = number(lines.Text()); last == 500 {
				_ = child.Process.Kill()
			}
		}
		_ = child.Wait()
		if got := number(load(t, path)); got != last && got != last+1 || last < 500 {
			t.Errorf("%d were saved, the file has %d", last, got)
		}
	}
}

// What one event costs: one write and no more.
func BenchmarkFileCursor(b *testing.B) {
	cursor := FileCursor(filepath.Join(b.TempDir(), "cursor")).(*fileCursor)
	cursor.hold()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := cursor.Save(b.Context(), fmt.Sprint("evt_1700000000000-", n)); err != nil {
			b.Fatal(err)
		}
	}
	cursor.release()
}
