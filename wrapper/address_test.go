package wrapper

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestParseAddressAccepts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"https://api-beta.pepay.io", "https://api-beta.pepay.io"},
		{"https://api-beta.pepay.io/", "https://api-beta.pepay.io"},
		{"https://gateway.example/pepay/", "https://gateway.example/pepay"},
		{"https://gateway.example:8443/a%2Fb", "https://gateway.example:8443/a%2Fb"},
		{"http://localhost:3000", "http://localhost:3000"},
		{"http://LOCALHOST", "http://LOCALHOST"},
		{"http://127.0.0.1:3000", "http://127.0.0.1:3000"},
		{"http://127.8.9.1", "http://127.8.9.1"},
		{"http://[::1]:3000", "http://[::1]:3000"},
		{"http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]"},
	} {
		u, err := parseAddress("WithBaseURL", c.in, "https", "http")
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		} else if u.String() != c.want {
			t.Errorf("%s became %s, want %s", c.in, u, c.want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	t.Parallel()
	const canary = "canary-6f1d"
	for name, in := range map[string]string{
		"empty":                       "",
		"no scheme":                   "api.example/" + canary,
		"scheme only":                 "https://",
		"opaque":                      "https:" + canary,
		"another scheme":              "ftp://" + canary,
		"javascript":                  "javascript:alert('" + canary + "')",
		"plain on another host":       "http://" + canary + ".example",
		"plain, looks like loopback":  "http://127.0.0.1." + canary + ".example",
		"plain, octal address":        "http://0177.0.0.1/" + canary,
		"plain, decimal address":      "http://2130706433/" + canary,
		"plain, short address":        "http://127.1/" + canary,
		"plain, any address":          "http://0.0.0.0/" + canary,
		"plain, name under localhost": "http://" + canary + ".localhost",
		"password":                    "https://user:" + canary + "@api.example",
		"user":                        "https://" + canary + "@api.example",
		"loopback as user":            "http://localhost@" + canary + ".example",
		"query":                       "https://api.example?key=" + canary,
		"empty query":                 "https://api.example?",
		"fragment":                    "https://api.example#" + canary,
		"empty fragment":              "https://api.example#",
		"line feed":                   "https://api.example\n" + canary,
		"nul":                         "https://api.example\x00" + canary,
		"space in the host":           "https://api example/" + canary,
		"port only":                   "https://:443",
		"bad port":                    "https://api.example:" + canary,
		"bad escape":                  "https://api.example/%zz" + canary,
		"dot segments":                "https://api.example/a/../" + canary,
		"escaped dot segments":        "https://api.example/%2e%2e/" + canary,
		"double slash":                "https://api.example//" + canary,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseAddress("WithBaseURL", in, "https", "http")
			if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "WithBaseURL") {
				t.Fatalf("%q: %v", in, err)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}

func TestStreamAddress(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://api-beta.pepay.io":     "wss://api-beta.pepay.io",
		"https://gateway.example/pepay": "wss://gateway.example/pepay",
		"http://127.0.0.1:3000":         "ws://127.0.0.1:3000",
		"https://localhost:8443":        "wss://localhost:8443",
	} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		if got := streamAddress(u).String(); got != want {
			t.Errorf("%s: got %s, want %s", base, got, want)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.example", "https://A.example:443/x", true},
		{"https://a.example", "wss://a.example/ws", true},
		{"http://localhost:3000", "ws://localhost:3000", true},
		{"https://a.example", "http://a.example", false},
		{"https://a.example", "https://a.example:8443", false},
		{"https://a.example", "https://b.example", false},
	} {
		a, errA := url.Parse(c.a)
		b, errB := url.Parse(c.b)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if sameOrigin(a, b) != c.want {
			t.Errorf("%s and %s: want %t", c.a, c.b, c.want)
		}
	}
}
