package pepaytest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// WithAllowedHosts lets requests name the server by these host names, such as
// "mock" where that is its name in a network of containers. A name has neither
// scheme nor port, upper and lower case are the same, and wildcards do not exist.
//
// Without it a request has to name an IP address, localhost, or the host that
// [Start] was told to listen on; another Host is answered 421. Otherwise a web page
// could point its own name to this machine (DNS rebinding) and read the simulator.
// No name at all, and a name that no host can have, are errors.
func WithAllowedHosts(names ...string) Option {
	return func(c *config) error {
		if len(names) == 0 {
			return errors.New("pepaytest: WithAllowedHosts: give at least one name")
		}
		for _, name := range names {
			if !isHostName(name) {
				return fmt.Errorf("pepaytest: WithAllowedHosts: %q is not a host name; leave out scheme and port", name)
			}
			c.allowHost(name)
		}
		return nil
	}
}

func (c *config) allowHost(name string) {
	if c.hosts == nil {
		c.hosts = map[string]bool{}
	}
	c.hosts[normalHost(name)] = true
}

// allowListenerName allows the name in an address that the server listens on.
func (c *config) allowListenerName(addr string) {
	if host, _, err := net.SplitHostPort(addr); err == nil && host != "" {
		c.allowHost(host)
	}
}

// checkHost refuses requests that name another host than this one. Anybody can
// point a name of theirs to a loopback address, and a browser then takes the answer
// for one of their site.
func (c *config) checkHost(r *http.Request) *problem {
	name := normalHost(r.Host)
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = normalHost(host)
	}
	_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	if err == nil || name == "localhost" || c.hosts[name] {
		return nil
	}
	return &problem{
		http.StatusMisdirectedRequest, "HOST_NOT_ALLOWED",
		"The request's Host is neither an IP address nor localhost; allow a name with 'pepay mock --allow-host NAME' or pepaytest.WithAllowedHosts",
	}
}

func normalHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func isHostName(name string) bool {
	const others = "-._"
	name = normalHost(name)
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		alphanumeric := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		return !alphanumeric && !strings.ContainsRune(others, r)
	})
}
