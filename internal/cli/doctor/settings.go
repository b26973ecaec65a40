package doctor

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
)

var settingsGroup = Group{"settings", "Settings"}

// settings are the checks that need no network.
func (d *doctor) settings() []*Check {
	checks := []*Check{d.setting("version", "version", d.version())}
	if d.EnvFile != "" {
		checks = append(checks, d.setting("env-file", "env file", ok("%s", d.EnvFile)))
	}
	d.apiAddress = d.setting("api-address", "API address", address(d.API))
	d.streamAddress = d.setting("stream-address", "stream address", address(d.Streams))
	checks = append(checks, d.apiAddress, d.streamAddress)
	if d.Client != nil {
		checks = append(checks, d.setting("proxy", "proxy", d.proxy()))
	}
	return checks
}

func (d *doctor) setting(id, name string, f Finding) *Check {
	return &Check{Group: settingsGroup, ID: id, Name: name, Run: func(context.Context) Finding { return f }}
}

func (d *doctor) version() Finding {
	return ok("pepay %s, %s, %s/%s", d.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func address(a Address) Finding {
	if a.Err != nil {
		return failed("%v", a.Err).do("it is of the form https://HOST, or http://127.0.0.1:PORT for a simulator; wss and ws for streams")
	}
	return ok("%s, %s", a.URL, a.From)
}

// proxy says which of the proxy variables apply to Pepay's addresses.
func (d *doctor) proxy() Finding {
	name := proxyVariable()
	through, err := d.proxyOf(d.API.URL)
	switch {
	case err != nil || name != "" && !isProxy(os.Getenv(name)): // the value may have a password
		return failed("%s is not the address of a proxy", name).do("write it as http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT")
	case through != nil:
		return ok("requests go through %s, from %s", through.Host, name)
	case name != "":
		return ok("%s is set and does not apply: %s is nearby or in NO_PROXY", name, d.API.URL.Hostname())
	case firstVariable("ALL_PROXY", "all_proxy") != "":
		return ok("none; ALL_PROXY is not used, HTTPS_PROXY would be")
	}
	return ok("none, HTTPS_PROXY is not set")
}

// isProxy reports whether the value of a proxy variable leads to a proxy. net/http passes
// over some that do not, and does not say so.
func isProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	return err == nil && u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

// proxyOf is the proxy on the way to an address, or nil.
func (d *doctor) proxyOf(u *url.URL) (*url.URL, error) {
	if d.Transport.Proxy == nil {
		return nil, nil
	}
	return d.Transport.Proxy(&http.Request{URL: overHTTP(u)})
}

// proxyVariable is the variable that names the proxy for https, "" without one. The other
// addresses that a client takes are this machine's, and never go through a proxy.
func proxyVariable() string { return firstVariable("HTTPS_PROXY", "https_proxy") }

func firstVariable(names ...string) string {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

// overHTTP is the address as HTTP has it: a WebSocket begins as a request.
func overHTTP(u *url.URL) *url.URL {
	asked := *u
	switch asked.Scheme {
	case "wss":
		asked.Scheme = "https"
	case "ws":
		asked.Scheme = "http"
	}
	return &asked
}
