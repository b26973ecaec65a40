package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"testing"
)

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "localhost.": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true,
		"::ffff:127.0.0.1": true,
		"":                 false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example.com": false, "notlocalhost": false,
		"127.0.0.1.example.com": false, "127.1": false, "[::1]": false, "127.0.0.1:80": false,
	} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: got %t", host, got)
		}
	}
}

func TestIsCertificateError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"unknown authority": {x509.UnknownAuthorityError{}, true},
		"another host":      {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, true},
		"expired":           {x509.CertificateInvalidError{Reason: x509.Expired}, true},
		"no roots":          {x509.SystemRootsError{}, true},
		"extension":         {x509.UnhandledCriticalExtension{}, true},
		"as net/http has it": {&url.Error{Op: "Get", URL: "https://x", Err: &tls.CertificateVerificationError{
			Err: x509.UnknownAuthorityError{}}}, true},
		"wrapped":            {fmt.Errorf("dial: %w", x509.InsecureAlgorithmError(1)), true},
		"refused connection": {&net.OpError{Op: "dial", Err: errors.New("refused")}, false},
		"end of file":        {io.ErrUnexpectedEOF, false},
		"plain text":         {errors.New("x509: certificate signed by unknown authority"), false},
		"nil":                {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := IsCertificateError(c.err); got != c.want {
				t.Errorf("%v: got %t", c.err, got)
			}
		})
	}
}

func TestCheckSegment(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"evt_1", "a/b", "...", "a..b", ".hidden", "ä", "a b", "%2e%2e", "a:cancel"} {
		if err := CheckSegment(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "../x", "a/..", "a/./b", "a\n", "\x00", "a\x7f", "\u0085", "a\xff"} {
		if CheckSegment(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
