package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// startSimulator starts a simulator. An address that cannot be an address is a usageError.
func startSimulator(addr string, opts ...pepaytest.Option) (*pepaytest.Server, error) {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return nil, usagef("--addr: write HOST:PORT such as 127.0.0.1:3000; port 0 is any free one")
	}
	server, err := pepaytest.Start(addr, opts...)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program, give another address with --addr, such as --addr 127.0.0.1:0 for any free port", addr)
	}
	if err != nil {
		return nil, errors.New(withoutPackage(err))
	}
	return server, nil
}

// allHostNames tells names such as mock from addresses with a scheme, a port or a path.
func allHostNames(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool {
		u, err := url.Parse("http://" + host)
		return err != nil || host == "" || u.Hostname() != host || strings.Contains(host, "*")
	})
}

// reachableByOthers reports whether addr is more than this machine's own.
func reachableByOthers(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	return !isLoopback(host)
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
