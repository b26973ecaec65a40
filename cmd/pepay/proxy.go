package main

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// proxyFunc is a transport's Proxy.
type proxyFunc func(*http.Request) (*url.URL, error)

// directNearby uses a proxy only for addresses of the internet. What is sent to this
// machine or its own network stays there: a proxy outside would see it, and the name
// may be another machine's to it.
func directNearby(proxy proxyFunc) proxyFunc {
	return func(r *http.Request) (*url.URL, error) {
		if isNearby(r.URL.Hostname()) {
			return nil, nil
		}
		return proxy(r)
	}
}

// newTransport is a transport with a pool of its own. It uses the environment's
// proxies, HTTPS_PROXY for instance, but for addresses nearby.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               directNearby(http.ProxyFromEnvironment),
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     time.Minute,
		ForceAttemptHTTP2:   true,
	}
}
