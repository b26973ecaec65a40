package processes

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const (
	pause      = syscall.SIGSTOP
	resume     = syscall.SIGCONT
	goroutines = syscall.SIGQUIT // prints them, and ends
)

func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// groupIsGone is an error while a process of the group is still there.
func groupIsGone(leader *os.Process) error {
	if err := syscall.Kill(-leader.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("a process is left (%v)", err)
	}
	return nil
}
