package pepaytest_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/memnet"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestHost(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithAllowedHosts("mock", "Pepay.Internal"))
	port := ":" + mustURL(t, s.URL()).Port()
	cases := []struct {
		name, host string
		refused    bool
	}{
		{"loopback", "127.0.0.1" + port, false},
		{"another port", "127.0.0.1:1", false},
		{"another address", "192.168.1.7" + port, false},
		{"IPv6", "[::1]" + port, false},
		{"IPv6 without a port", "[::1]", false},
		{"localhost", "localhost" + port, false},
		{"localhost without a port", "localhost", false},
		{"localhost in capitals", "LocalHost" + port, false},
		{"localhost as a root name", "localhost." + port, false},
		{"an allowed name", "mock" + port, false},
		{"an allowed name in other letters", "PEPAY.internal" + port, false},
		{"a name of somebody's", "evil.example" + port, true},
		{"a name without a port", "evil.example", true},
		{"a name that begins like an address", "127.0.0.1.evil.example" + port, true},
		{"a name that begins like localhost", "localhost.evil.example" + port, true},
		{"a name that ends like localhost", "evil-localhost" + port, true},
		{"a name that ends like an allowed one", "evil.pepay.internal" + port, true},
		{"an allowed name with more behind it", "mock.evil.example" + port, true},
		{"two ports", "localhost:1:2", true},
	}
	for _, tc := range cases {
		for _, path := range []string{"/api/v1/events", controlStreams, "/nothing", merchantPath} {
			t.Run(tc.name+" "+path, func(t *testing.T) {
				t.Parallel()
				r, err := request(t, s, http.MethodGet, path, "", "x-api-key", s.APIKey(), "Host", tc.host)
				if err != nil {
					t.Fatal(err)
				}
				if tc.refused {
					wantError(t, r, http.StatusMisdirectedRequest, "HOST_NOT_ALLOWED")
				} else if r.status == http.StatusMisdirectedRequest {
					t.Errorf("%d %s", r.status, r.body)
				}
			})
		}
	}
}

// The name in the listener's address is the server's own.
func TestHostOfTheListener(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithListener(namedListener{memnet.Listen()}))
	if r := mint(t, s, ""); r.status != http.StatusOK || !strings.HasPrefix(s.URL(), "http://box.internal:3000") {
		t.Errorf("%s: %d %s", s.URL(), r.status, r.body)
	}
}

// namedListener is in memory, and its address has a name.
type namedListener struct{ *memnet.Listener }

func (namedListener) Addr() net.Addr  { return namedListener{} }
func (namedListener) Network() string { return "tcp" }
func (namedListener) String() string  { return "box.internal:3000" }

// A refused request meets no faults, is recorded, and does nothing.
func TestHostRefusedDoesNothing(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	rule := s.Faults().On("*", pepaytest.Status(503), pepaytest.Always())
	r, err := post(t, s, "", "x-api-key", s.APIKey(), "Host", "evil.example")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, http.StatusMisdirectedRequest, "HOST_NOT_ALLOWED")
	if got := s.Requests(); len(got) != 1 || got[0].Operation != mintID || got[0].Status != r.status || rule.Hits() != 0 {
		t.Errorf("recorded %+v, %d hits", got, rule.Hits())
	}
	r, err = post(t, s, strings.Repeat("x", 2<<20), "Host", "evil.example")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r, http.StatusMisdirectedRequest, "HOST_NOT_ALLOWED")
}

func TestAllowedHostsRefused(t *testing.T) {
	t.Parallel()
	for name, hosts := range map[string][]string{
		"none": nil, "empty": {""}, "a dot": {"."}, "a port": {"mock:3000"}, "a URL": {"http://mock"}, "a wildcard": {"*.internal"}, "the second": {"mock", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := pepaytest.Start("", pepaytest.WithAllowedHosts(hosts...)); err == nil || !strings.Contains(err.Error(), "WithAllowedHosts") {
				t.Errorf("%v", err)
			}
		})
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
