package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// makeRun is make run as a person starts it: what make test, which may run this, was
// given is not passed on.
func makeRun(env string, args ...string) *exec.Cmd {
	cmd := exec.Command("make", append([]string{"-C", "../..", "run"}, args...)...)
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=", "ARGS=", env)
	return cmd
}

// Ctrl-C is how a person ends the demo, so make succeeds, whatever /bin/sh is. It
// interrupts every process in the foreground of the terminal, as in a real one.
func TestMakeRunEndsWithCtrlC(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the demo")
	}
	t.Parallel()
	// make builds the demo with what the build of plainBinary left in the build cache.
	for _, shell := range []string{"/bin/sh", "/bin/bash", "/bin/dash"} {
		t.Run(filepath.Base(shell), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(shell); err != nil {
				t.Skipf("%s is not there", shell)
			}
			cmd := makeRun("TERM=xterm", "SHELL="+shell)
			person := onTerminal(t, cmd)
			readUntil(t, person, "Watch it in a browser")
			if _, err := person.WriteString("\x03"); err != nil {
				t.Fatal(err)
			}
			screen := readUntil(t, person, "")
			if err := cmd.Wait(); err != nil {
				t.Errorf("make run: %v\n%s", err, screen)
			}
			if strings.Contains(screen, "***") || strings.Contains(screen, "Terminated") {
				t.Errorf("the last words are not the demo's:\n%s", screen)
			}
		})
	}
}

// While Go builds for long, a person is told; what fails to build fails make.
func TestMakeRunTellsThatItBuilds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held := filepath.Join(dir, "held")
	if err := syscall.Mkfifo(held, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\nread line < "+held+"\nexit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := makeRun("PATH=" + dir + ":" + os.Getenv("PATH"))
	person := onTerminal(t, cmd)
	readUntil(t, person, "building the demo, about two minutes the first time")
	release, err := os.OpenFile(held, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := release.Close(); err != nil {
		t.Fatal(err)
	}
	screen := readUntil(t, person, "")
	if err := cmd.Wait(); err == nil || strings.Contains(screen, "simulat") {
		t.Errorf("what could not be built ran: %v\n%s", err, screen)
	}
}

// Where Go builds quickly, the note that is not needed ends without a word of the shell's.
func TestMakeRunIsQuietAboutItsNote(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\nexit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, shell := range []string{"/bin/sh", "/bin/bash", "/bin/dash"} {
		t.Run(filepath.Base(shell), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(shell); err != nil {
				t.Skipf("%s is not there", shell)
			}
			cmd := makeRun("PATH="+dir+":"+os.Getenv("PATH"), "SHELL="+shell)
			screen := readUntil(t, onTerminal(t, cmd), "")
			if err := cmd.Wait(); err == nil || strings.Contains(screen, "Terminated") || strings.Contains(screen, "building") {
				t.Errorf("%v\n%s", err, screen)
			}
		})
	}
}
