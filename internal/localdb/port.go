package localdb

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
)

// freeAddr is an address on which nobody listens. The port is below those that Linux
// gives to outgoing connections, so that none of these has it while a server restarts.
func freeAddr() (host, port string, err error) {
	const host4 = "127.0.0.1"
	for range 100 {
		port = strconv.Itoa(15_000 + rand.IntN(17_000))
		listener, err := net.Listen("tcp", net.JoinHostPort(host4, port))
		if err == nil {
			return host4, port, listener.Close()
		}
	}
	return "", "", errors.New("localdb: no free port between 15000 and 32000")
}

// startOnFreePort starts a server, on another port when somebody else was faster at
// the first one. When it fails, the folder is gone.
func startOnFreePort(ctx context.Context, name, folder string, prepare func(host, port string) (spec, error)) (*Server, error) {
	var failed error
	for range 3 {
		host, port, err := freeAddr()
		if err != nil {
			failed = err
			break
		}
		s := &Server{name: name, folder: folder, addr: net.JoinHostPort(host, port)}
		if s.spec, failed = prepare(host, port); failed != nil {
			break
		}
		if failed = s.Start(ctx); failed == nil {
			return s, nil
		}
		if !strings.Contains(failed.Error(), "ddress already in use") {
			break
		}
	}
	_ = os.RemoveAll(folder)
	return nil, failed
}

// merged returns the defaults with the settings in their place.
func merged(defaults, settings map[string]string) map[string]string {
	all := maps.Clone(defaults)
	maps.Copy(all, settings)
	return all
}
