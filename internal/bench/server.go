package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// serveFlag makes this program the server of the comparisons over loopback. A
// process of its own keeps its memory and its garbage collector out of the figures.
const serveFlag = "-serve"

// serve answers for every row, writes its address to out, and ends when in ends.
func serve(in io.Reader, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+mintPath, answerMint)
	mux.HandleFunc("POST "+stripeBase+stripePath, answerMint)
	slow := &paced{open: map[*blaster]struct{}{}}
	mux.HandleFunc("GET "+framesPath, slow.answerFrames)
	mux.HandleFunc("POST "+pacedPath, slow.answerRounds)
	mux.HandleFunc("POST "+missedPath, answerMissed)
	handoutRoutes(mux)
	secure, err := listenSecure(mux)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(secure) }() // ends as the other one does
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// startServer runs this program once more, as the server, and returns the server's
// address and a function that ends it.
func startServer(ctx context.Context) (base string, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program, serveFlag)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not say where it listens: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}
