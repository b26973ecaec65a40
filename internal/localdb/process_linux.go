package localdb

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// process is a running program.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	err  error         // how it ended, once done is closed
}

// startProcess starts a program that gets the signal when this process ends. The log
// file gets what it prints.
func startProcess(command []string, folder, log string, end syscall.Signal) (*process, error) {
	output, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close() //nolint:errcheck // the program has a descriptor of its own
	cmd, err := newCommand(command, folder)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr.Pdeathsig = end

	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// Pdeathsig comes when the thread that started the program ends, not the process.
		// So the thread belongs to this goroutine, which lives as long as the program does.
		// See https://go.dev/issue/27505.
		runtime.LockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// signal is safe until done is closed: only then does the process id become free.
func (p *process) signal(s syscall.Signal) {
	if p.running() {
		_ = syscall.Kill(p.pid, s)
	}
}

// kill kills the program, its process group and then, until there are none, the
// processes that run in the folder: a dead parent starts no more of them.
func (p *process) kill(workdir string) {
	if p.running() {
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
		_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	}
	<-p.done
	if workdir == "" {
		return
	}
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for limit := time.Now().Add(stopLimit); time.Now().Before(limit); <-poll.C {
		orphans := processesIn(workdir)
		if len(orphans) == 0 {
			return
		}
		for _, pid := range orphans {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// processesIn are the processes whose working directory is the folder.
func processesIn(folder string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if dir, err := os.Readlink(link); err != nil || dir != folder {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// newCommand runs in the folder, in a process group of its own and with nothing of the
// environment but the path. Root runs it as nobody.
func newCommand(command []string, folder string) (*exec.Cmd, error) {
	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // a server outlives the context of its start
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		uid, gid, err := nobody()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return cmd, nil
}

func nobody() (uid, gid int, err error) {
	u, err := user.Lookup("nobody")
	if err != nil {
		return 0, 0, fmt.Errorf("root starts servers as nobody: %w", err)
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

// newFolder makes a folder for the server. It is right below /tmp, because TMPDIR and
// the folders of a test may be closed to other users or too long for a socket's path.
func newFolder(name string) (string, error) {
	folder, err := os.MkdirTemp("/tmp", "pepay-"+name+"-")
	if err != nil || os.Getuid() != 0 {
		return folder, err
	}
	uid, gid, err := nobody()
	if err == nil {
		err = os.Chown(folder, uid, gid)
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return "", err
	}
	return folder, nil
}
