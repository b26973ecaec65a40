package processes

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// balancer spreads webhook deliveries over the replicas, one after the other, whether they
// answer or not: Pepay delivers again what was not accepted.
type balancer struct {
	url   string
	next  atomic.Uint64
	addrs [places]atomic.Pointer[string]
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			addr := b.addrs[b.next.Add(1)%places].Load()
			r.SetURL(&url.URL{Scheme: "http", Host: *addr})
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(proxy)
	b.url = server.URL
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return b
}

func (b *balancer) set(place int, addr string) { b.addrs[place].Store(&addr) }
