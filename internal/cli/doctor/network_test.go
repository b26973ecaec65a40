package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	all := run(t, config(t, simulator(t).URL(), merchantKey, commerceKey))
	all.wantOnly(t)
	all.want(t, "settings.version", OK, "pepay 1.2.3, go1.")
	all.want(t, "network.connection", OK, "127.0.0.1:", "is open")
	all.want(t, "network.clock", OK)
	all.want(t, "PEPAY_API_KEY.key", OK, "…7de9")
	all.want(t, "PEPAY_API_KEY.token", OK, "which expires by itself in ", " s: scope merchant, merchant 123, no environment")
	all.want(t, "PEPAY_API_KEY.stream", OK, "/ws/merchant/events opened (", "answered a ping (")
	all.want(t, "PEPAY_COMMERCE_API_KEY.token", OK, "scope commerce, merchant 123, environment devnet")
	all.want(t, "PEPAY_COMMERCE_API_KEY.stream", OK, "/ws/commerce/events opened")
	for _, r := range all {
		if r.Status == Skipped {
			t.Errorf("skipped %s", r.ID)
		}
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	all := run(t, config(t, closed.URL, merchantKey))
	all.want(t, "network.connection", Failed, "nothing listens there", "'pepay mock' runs the simulator", "PEPAY_API_URL")
	all.wantOnly(t, "network.connection")
	for _, id := range []string{"network.tls", "network.answer", "network.clock", "PEPAY_API_KEY.events", "PEPAY_API_KEY.token", "PEPAY_API_KEY.stream"} {
		all.want(t, id, Skipped, "not tried: connection failed")
	}
}

func TestNameDoesNotResolve(t *testing.T) {
	t.Parallel()
	c := config(t, "https://pepay.invalid", merchantKey)
	c.Transport.DialContext = (&net.Dialer{Resolver: noSuchName(t)}).DialContext
	all := run(t, c)
	all.want(t, "network.dns", Failed, "pepay.invalid: DNS does not know this name", "check the spelling of the address, PEPAY_API_URL")
	all.wantOnly(t, "network.dns")
	all.want(t, "PEPAY_API_KEY.stream", Skipped, "not tried: DNS failed")
}

// noSuchName is a resolver whose server, on this machine, knows no name.
func noSuchName(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for query := make([]byte, 512); ; {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			const isAnswer, nxDomain = 0x80, 0x03
			query[2] |= isAnswer
			query[3] = query[3]&0xf0 | nxDomain
			// The question stays; counts of what would follow it are zero.
			copy(query[6:12], make([]byte, 6))
			end := 12
			for end < n && query[end] != 0 {
				end += int(query[end]) + 1
			}
			if _, err := server.WriteTo(query[:min(n, end+5)], from); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		name         string
		names        []string
		from, until  time.Time
		known        bool
		text, advice string
	}{
		{"unknown", []string{"localhost"}, now.Add(-time.Hour), now.Add(time.Hour), false,
			"the certificate of localhost was issued by Test Authority (Root), whom this machine does not know", "add its root certificate"},
		{"for another name", []string{"shop.example", "www.shop.example"}, now.Add(-time.Hour), now.Add(time.Hour), true,
			"the certificate is for shop.example, www.shop.example and not for localhost; it was issued by Test Authority (Root)", "check the address in PEPAY_API_URL"},
		{"expired", []string{"localhost"}, now.Add(-100 * time.Hour), now.Add(-50 * time.Hour), true,
			"the certificate of localhost, issued by Test Authority (Root), expired on " + now.Add(-50*time.Hour).UTC().Format(time.DateOnly), "the clock of this machine is wrong"},
		{"of the future", []string{"localhost"}, now.Add(50 * time.Hour), now.Add(100 * time.Hour), true,
			"is valid only from " + now.Add(50*time.Hour).UTC().Format(time.DateOnly), "check the clock of this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, roots := encrypted(t, c.names, c.from, c.until)
			conf := config(t, server, merchantKey)
			if c.known {
				conf.Transport.TLSClientConfig = &tls.Config{RootCAs: roots}
			}
			all := run(t, conf)
			all.want(t, "network.tls", Failed, c.text, c.advice)
			all.wantOnly(t, "network.tls")
			all.want(t, "PEPAY_API_KEY.events", Skipped, "not tried: TLS failed")
		})
	}
	t.Run("good", func(t *testing.T) {
		t.Parallel()
		server, roots := encrypted(t, []string{"localhost"}, now.Add(-time.Hour), now.Add(time.Hour))
		conf := config(t, server, merchantKey)
		conf.Transport.TLSClientConfig = &tls.Config{RootCAs: roots}
		run(t, conf).want(t, "network.tls", OK, "TLS 1.3", "certificate of localhost by Test Authority (Root), valid until ")
	})
}

// encrypted serves https on localhost, with a certificate of an authority of its own.
func encrypted(t *testing.T, names []string, from, until time.Time) (address string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Test Authority"}, CommonName: "Root"},
		NotBefore: time.Now().Add(-1000 * time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: names, NotBefore: from, NotAfter: until}
	der := map[*x509.Certificate][]byte{}
	for _, c := range []*x509.Certificate{root, leaf} {
		if der[c], err = x509.CreateCertificate(rand.Reader, c, root, &key.PublicKey, key); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der[root])
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der[leaf], der[root]}, PrivateKey: key}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a handshake that fails is meant to
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1), roots
}

func TestOtherServers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		texts   []string
	}{
		{"another program", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
			[]string{"answered 404 Not Found: Pepay's Events API is not at this address", "check the address in PEPAY_API_URL"}},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
			[]string{"answered 502 Bad Gateway", "try again later"}},
		{"moved", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://user:"+canary+"@elsewhere.example/?k="+canary)
			w.WriteHeader(http.StatusMovedPermanently)
		}, []string{"answered 301 Moved Permanently to https://elsewhere.example; requests do not follow"}},
		{"a page to sign in at", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>")
		}, []string{"with a web page", "sign in with a browser first"}},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"did not answer: the other side closed the connection"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := run(t, config(t, serve(t, c.handler), merchantKey))
			all.want(t, "network.answer", Failed, c.texts...)
			all.wantOnly(t, "network.answer")
			all.want(t, "PEPAY_API_KEY.events", Skipped, "not tried: HTTP answer failed")
		})
	}
}

func TestServerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	c := config(t, serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), merchantKey)
	c.Timeout = impatience
	all := run(t, c)
	all.want(t, "network.answer", Failed, "took the request, and did not answer within 2s", "--timeout")
	all.wantOnly(t, "network.answer")
}

func TestServerIsSlow(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	server.Faults().On("listEvents", pepaytest.Latency(50*time.Millisecond), pepaytest.Next(1))
	c := config(t, server.URL(), merchantKey)
	c.Slow = 50 * time.Millisecond
	all := run(t, c)
	all.want(t, "network.answer", Warning, "which is slow", "try again later")
	all.wantOnly(t, "network.answer")
}

func TestTLSWhereThereIsNone(t *testing.T) {
	t.Parallel()
	plain := strings.Replace(serve(t, http.NotFound), "http:", "https:", 1)
	run(t, config(t, plain, merchantKey)).want(t, "network.tls", Failed, "does not speak TLS", "https or http")
	server, _ := encrypted(t, []string{"localhost"}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	run(t, config(t, strings.Replace(server, "https:", "http:", 1), merchantKey)).want(t, "network.answer", Failed, "wants https")
}

func TestProxies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer int
		text   string
	}{
		{"asks for a password", http.StatusProxyAuthRequired, "wants a user and a password"},
		{"forbids", http.StatusForbidden, "answered 403 Forbidden and does not connect to pepay.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			proxy, err := url.Parse(serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c.answer) }))
			if err != nil {
				t.Fatal(err)
			}
			proxy.User = url.UserPassword("user", canary)
			conf := config(t, "https://pepay.example", merchantKey)
			conf.Transport.Proxy = http.ProxyURL(proxy)
			all := run(t, conf)
			all.want(t, "settings.proxy", OK, "requests go through "+proxy.Host)
			all.want(t, "network.connection", OK, proxy.Host)
			all.want(t, "network.proxy", Failed, c.text)
			all.wantOnly(t, "network.proxy")
		})
	}
	t.Run("is not there", func(t *testing.T) {
		t.Parallel()
		closed := httptest.NewServer(http.NotFoundHandler())
		closed.Close()
		proxy, err := url.Parse(closed.URL)
		if err != nil {
			t.Fatal(err)
		}
		conf := config(t, "https://pepay.example", merchantKey)
		conf.Transport.Proxy = http.ProxyURL(proxy)
		all := run(t, conf)
		all.want(t, "network.connection", Failed, "nothing listens there", "check that the proxy runs")
		all.wantOnly(t, "network.connection")
	})
}

func TestIsProxy(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"http://proxy:3128": true, "proxy:3128": true, "proxy.example": true, "http://user:pass@proxy:1": true, "socks5://127.0.0.1:9050": true,
		"http://": false, "ftp://proxy": false, "user:pass@%zz": false, ":3128": false,
	} {
		if got := isProxy(value); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
}

// Streams may have an address of their own.
func TestStreamsElsewhere(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	c := config(t, simulator(t).URL(), merchantKey)
	elsewhere, err := url.Parse(strings.Replace(closed.URL, "http:", "ws:", 1))
	if err != nil {
		t.Fatal(err)
	}
	c.Streams.URL = elsewhere
	all := run(t, c)
	all.want(t, "network.answer", OK)
	all.want(t, "stream-network.connection", Failed, "nothing listens there", "PEPAY_WS_URL")
	all.want(t, "PEPAY_API_KEY.token", OK, "its ws_url leads pages to ws://127.0.0.1:")
	all.want(t, "PEPAY_API_KEY.stream", Skipped, "not tried: connection failed")
	all.wantOnly(t, "stream-network.connection")
}
