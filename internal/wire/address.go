package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
)

// IsLoopback reports whether host, without a port, names this machine: localhost
// or a loopback address.
func IsLoopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// IsCertificateError reports whether err says that the other side could not be
// authenticated. Trying again does not help.
func IsCertificateError(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
		roots        x509.SystemRootsError
		constraint   x509.ConstraintViolationError
		extension    x509.UnhandledCriticalExtension
		algorithm    x509.InsecureAlgorithmError
	)
	for _, target := range []any{&verification, &authority, &hostname, &invalid, &roots, &constraint, &extension, &algorithm} {
		if errors.As(err, target) {
			return true
		}
	}
	return false
}

// CheckSegment refuses a value that cannot stand in a path: with an empty one, or
// with "." or "..", the request would be for another operation. Its errors say
// what is wrong and not with which parameter.
func CheckSegment(value string) error {
	switch {
	case value == "":
		return errors.New("is empty")
	case HasDotSegment(value):
		return errors.New(`has a "." or ".." segment, which would change the path`)
	case HasControl(value):
		return errors.New("has a control character or invalid UTF-8")
	}
	return nil
}

// HasDotSegment reports whether a decoded path has a segment that is "." or "..".
func HasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
