package main

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const forwardForms = "write a port, a path, HOST:PORT/PATH or a URL, such as 3000, localhost:3000/webhook or https://localhost:3000/webhook"

// forwardTarget is the address that text means; errors begin with what it is called. What is left out is the
// http port of localhost:
//
//	3000, :3000/path            http://localhost:3000, http://localhost:3000/path
//	/path                       http://localhost/path
//	localhost:3000/path         http://localhost:3000/path
//
// An event tells who paid how much, so it leaves this machine's network only over
// https.
func forwardTarget(text, what string) (*url.URL, error) {
	full := text
	switch first, _, _ := strings.Cut(text, "/"); {
	case strings.Contains(text, "://"):
	case strings.Trim(first, "0123456789") == "" && first != "": // a port, or none that there is
		full = "http://localhost:" + text
	case strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//"), strings.HasPrefix(text, ":"):
		full = "http://localhost" + text
	default:
		full = "http://" + text
	}
	target, err := url.Parse(full)
	switch {
	// The text is not repeated, nor is the error that does: it may hold a password.
	case err != nil || target.Hostname() == "" || target.Opaque != "" || target.Port() != "" && !isPort(target.Port()) || strings.HasSuffix(target.Host, ":"):
		return nil, usagef("%s: %s", what, forwardForms)
	case target.Scheme != "http" && target.Scheme != "https":
		return nil, usagef("%s: a webhook goes to an http or https address; %s", what, forwardForms)
	case target.User != nil:
		return nil, usagef("%s: must not contain a user; send a header 'Authorization: …' instead", what)
	case target.Fragment != "":
		return nil, usagef("%s: must not contain a fragment", what)
	case target.Scheme == "http" && !isNearby(target.Hostname()):
		return nil, usagef("%s: must use https, http is for this machine and its own network", what)
	}
	return target, nil
}

func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// isNearby reports whether a host is this machine, or a name or address that means
// nothing on the internet: a container, a machine of the same network.
func isNearby(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return true
	}
	for _, reserved := range []string{".localhost", ".local", ".internal", ".test"} {
		if strings.HasSuffix(host, reserved) {
			return true
		}
	}
	return false
}

// shownTarget leaves out the query, where people put tokens.
func shownTarget(target *url.URL) string {
	shown := *target
	shown.RawQuery, shown.ForceQuery = "", false
	return shown.String()
}
