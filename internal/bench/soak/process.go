package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"os/signal"
)

// serveFlag makes this program the simulator. A process of its own keeps its
// goroutines and sockets apart from those of the streams.
const serveFlag = "-serve"

// serviceName is what the simulator's process calls itself.
const serviceName = "Pepay"

// pipes are the connection to the other process.
type pipes struct {
	io.Reader
	io.WriteCloser
}

// serve is the simulator until in ends.
func serve(in io.Reader, out io.WriteCloser) error {
	signal.Ignore(os.Interrupt) // a terminal sends it to both processes; the other one ends this one
	w := &world{}
	server := rpc.NewServer()
	if err := server.RegisterName(serviceName, w); err != nil {
		return err
	}
	server.ServeConn(pipes{in, out})
	return w.close()
}

// process is the simulator's process.
type process struct {
	cmd    *exec.Cmd
	client *rpc.Client
}

// startProcess runs this program once more. The process ends when it is stopped,
// or when this one does; a run that failed still asks it for its report.
func startProcess(ctx context.Context) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, serveFlag)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd, rpc.NewClient(pipes{out, in})}, nil
}

func (p *process) stop() error { return errors.Join(p.client.Close(), p.cmd.Wait()) }

// call has a method of world run in the other process.
func (p *process) call(ctx context.Context, method string, args, reply any) error {
	call := p.client.Go(serviceName+"."+method, args, reply, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		if call.Error != nil {
			return fmt.Errorf("the simulator's %s: %w", method, call.Error)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
