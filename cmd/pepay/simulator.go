package main

import (
	"net"
	"strconv"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// startSimulator tells an address that cannot be meant from one that is taken.
func startSimulator(addr string) (*pepaytest.Server, error) {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return nil, usagef("--addr: write HOST:PORT such as 127.0.0.1:3000; port 0 is any free one")
	}
	return pepaytest.Start(addr)
}

// reachableByOthers reports whether addr is more than this machine's own.
func reachableByOthers(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}
