package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// standIn takes the place of docker where the commands of a page are run. Compose's own
// library reads the file and checks it. Then the command, the environment, the order and
// the health check of each service are those of the file, and of the image's Dockerfile.
//
// What it does not do: there is no container, no image is built or pulled, every service
// sees this machine's network and files, ports are not mapped, and read_only, cap_drop and
// init have no effect. So a service's names and a port that is mapped to another are refused.
//
// The test binary is this program when it is started under the name docker.
type standIn struct {
	project *types.Project
	binary  string // what the image has as /pepay
	folder  string // where commands find each other
	out     io.Writer
}

const (
	envStandInBinary = "STANDIN_PEPAY"
	envStandInFolder = "STANDIN_FOLDER"
)

func runStandIn(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "compose" {
		return fmt.Errorf("the stand-in does not know docker %s", strings.Join(args, " "))
	}
	project, err := composeProject(ctx, "compose.yaml")
	if err != nil {
		return err
	}
	s := standIn{project, os.Getenv(envStandInBinary), os.Getenv(envStandInFolder), out}
	switch args = args[1:]; {
	case slices.Equal(args, []string{"up"}):
		return s.up(ctx)
	case slices.Equal(args, []string{"down"}):
		return s.down(ctx)
	case args[0] == "exec" && len(args) > 2:
		return s.exec(ctx, args[1], args[2:])
	case args[0] == "logs" && len(args) == 3 && args[1] == "--follow":
		return s.follow(ctx, args[2])
	}
	return fmt.Errorf("the stand-in does not know docker compose %s", strings.Join(args, " "))
}

// composeProject reads a file as docker compose does: it is held to the schema of the
// Compose specification, and an unknown name is an error.
func composeProject(ctx context.Context, file string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{file})
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

// command is what a container of the service runs. With args it is another one in there.
func (s standIn) command(ctx context.Context, service types.ServiceConfig, args []string) (*exec.Cmd, error) {
	var cmd *exec.Cmd
	switch name, _, _ := strings.Cut(service.Image, ":"); name {
	case "ghcr.io/pepaylabs/pepay":
		if args == nil {
			entrypoint, usual, err := dockerfile(filepath.Join("..", "..", "cmd", "pepay", "Dockerfile"))
			if err != nil {
				return nil, err
			}
			if args = service.Command; len(args) == 0 {
				args = usual
			}
			args = slices.Concat(entrypoint, args)
		}
		if args[0] != "/pepay" { // there is nothing else in it, not even a shell
			return nil, fmt.Errorf("%s is not in the image", args[0])
		}
		cmd = exec.CommandContext(ctx, s.binary, args[1:]...)
	case "golang":
		if args == nil {
			args = service.Command
		}
		cmd = exec.CommandContext(ctx, args[0], args[1:]...)
		for _, name := range []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS"} {
			cmd.Env = append(cmd.Env, name+"="+os.Getenv(name))
		}
	default:
		return nil, fmt.Errorf("the stand-in has no image %s", service.Image)
	}
	for _, volume := range service.Volumes {
		if volume.Target == service.WorkingDir {
			cmd.Dir = volume.Source
		}
	}
	for name, value := range service.Environment {
		cmd.Env = append(cmd.Env, name+"="+*value)
	}
	return cmd, nil
}

// dockerfile is what an image runs.
func dockerfile(file string) (entrypoint, usual []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	for line := range strings.Lines(string(text)) {
		switch name, value, _ := strings.Cut(line, " "); name {
		case "ENTRYPOINT":
			err = errors.Join(err, json.Unmarshal([]byte(value), &entrypoint))
		case "CMD":
			err = errors.Join(err, json.Unmarshal([]byte(value), &usual))
		}
	}
	return entrypoint, usual, err
}

// up runs the services until the signal of down.
func (s standIn) up(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	defer stop() // also when one does not become healthy
	pid := filepath.Join(s.folder, "up")
	if err := os.WriteFile(pid, fmt.Append(nil, os.Getpid()), 0o600); err != nil {
		return err
	}
	defer func() { _ = os.Remove(pid) }()
	start := func(name string, service types.ServiceConfig) error {
		for _, port := range service.Ports {
			if port.Published != fmt.Sprint(port.Target) {
				return fmt.Errorf("the stand-in does not map port %d to %s", port.Target, port.Published)
			}
		}
		cmd, err := s.command(ctx, service, nil)
		if err != nil {
			return err
		}
		log, err := os.Create(filepath.Join(s.folder, name+".log"))
		if err != nil {
			return err
		}
		cmd.Stdout, cmd.Stderr = io.MultiWriter(log, s.out), io.MultiWriter(log, s.out)
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 10 * time.Second
		if err := cmd.Start(); err != nil {
			return err
		}
		running.Go(func() {
			fmt.Fprintf(s.out, "%s ended: %v\n", name, cmd.Wait())
			_ = log.Close()
		})
		return s.healthy(ctx, name, service)
	}
	err := s.project.ForEachService(nil, func(name string, service *types.ServiceConfig) error {
		return start(name, *service)
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// healthy waits until the health check of a service succeeds.
func (s standIn) healthy(ctx context.Context, name string, service types.ServiceConfig) error {
	check := service.HealthCheck
	if check == nil {
		return nil
	}
	if len(check.Test) < 2 || check.Test[0] != "CMD" {
		return fmt.Errorf("%s: a health check without a shell begins with CMD", name)
	}
	for range *check.Retries {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(*check.Interval)):
		}
		limited, cancel := context.WithTimeout(ctx, time.Duration(*check.Timeout))
		cmd, err := s.command(limited, service, check.Test[1:])
		if err == nil {
			var out []byte
			out, err = cmd.CombinedOutput()
			fmt.Fprintf(s.out, "%s: health check: %v\n%s", name, err, out)
		}
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s did not become healthy", name)
}

func (s standIn) exec(ctx context.Context, name string, args []string) error {
	service, err := s.project.GetService(name)
	if err != nil {
		return err
	}
	cmd, err := s.command(ctx, service, args)
	if err != nil {
		return err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, os.Stderr
	return cmd.Run()
}

// follow prints the log of a service, until it is ended itself.
func (s standIn) follow(ctx context.Context, name string) error {
	log, err := os.Open(filepath.Join(s.folder, name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	for {
		if _, err := io.Copy(s.out, log); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond): // another process writes it, and tells nobody
		}
	}
}

// down ends what up runs, and waits for its end.
func (s standIn) down(ctx context.Context) error {
	file := filepath.Join(s.folder, "up")
	text, err := os.ReadFile(file)
	if err != nil {
		return errors.New("nothing is up")
	}
	var pid int
	if _, err := fmt.Fscan(bytes.NewReader(text), &pid); err != nil {
		return err
	}
	up, err := os.FindProcess(pid)
	if err == nil {
		err = up.Signal(syscall.SIGTERM)
	}
	for err == nil {
		if _, gone := os.Stat(file); gone != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return err
}
