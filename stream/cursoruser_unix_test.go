//go:build unix

package stream

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Permissions do not hold root back, as whom CI runs. There, the tests of cursor
// files run once more as a user without rights.
func TestFileCursorAsAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // the tests themselves have run as such a user
	}
	dir, err := os.MkdirTemp("", "cursor") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "stream.test")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), copied, "-test.run", "^TestFileCursor", "-test.skip", "AsAnotherUser", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{"TMPDIR=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFileCursorPlaces") || strings.Contains(string(out), "hold root back") {
		t.Errorf("%v\n%s", err, out)
	}
}
