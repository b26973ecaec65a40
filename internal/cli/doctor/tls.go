package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// tls is the handshake, and whose certificate came.
func (n *network) tls(context.Context) Finding {
	r := &n.reached
	switch {
	case n.url.Scheme == "http":
		return ok("not needed on this machine, over http")
	case r.shaken && r.handshake.err == nil:
		return ok("%s (%s), certificate of %s", tls.VersionName(r.state.Version), short(r.handshake.took), certificate(r.state.PeerCertificates))
	case r.handshake.err != nil:
		return n.badHandshake(r.handshake.err)
	}
	return n.badHandshake(r.err)
}

// badHandshake says in words why there is no encrypted connection.
func (n *network) badHandshake(err error) Finding {
	var (
		authority   x509.UnknownAuthorityError
		name        x509.HostnameError
		invalid     x509.CertificateInvalidError
		notTLS      tls.RecordHeaderError
		unverified  *tls.CertificateVerificationError
		certificate *x509.Certificate
	)
	if errors.As(err, &unverified) && len(unverified.UnverifiedCertificates) > 0 {
		certificate = unverified.UnverifiedCertificates[0]
	}
	host := n.url.Hostname()
	switch {
	case errors.As(err, &authority):
		return failed("the certificate of %s was issued by %s, whom this machine does not know", host, issuer(certificate)).
			do("a proxy of your company may open encrypted connections: add its root certificate to this machine's",
				rootsFile(),
				"if it is your own test server, use http://127.0.0.1, which needs none")
	case errors.As(err, &name):
		return failed("the certificate is for %s and not for %s; it was issued by %s", names(certificate), host, issuer(certificate)).
			do("check the address in "+n.setting, "a proxy on the way may answer in the place of "+host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && certificate != nil && time.Now().Before(certificate.NotBefore):
		return failed("the certificate of %s, issued by %s, is valid only from %s on", host, issuer(certificate), day(certificate.NotBefore)).
			do("check the clock of this machine: it says " + day(time.Now()))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && certificate != nil:
		return failed("the certificate of %s, issued by %s, expired on %s", host, issuer(certificate), day(certificate.NotAfter)).
			do("tell who runs the server; or the clock of this machine is wrong: it says " + day(time.Now()))
	case unverified != nil:
		return failed("the certificate of %s, issued by %s, cannot be used: %s", host, issuer(certificate), n.failure(unverified.Err))
	case errors.As(err, &notTLS):
		return failed("%s does not speak TLS", n.url.Host).do("check the port, and https or http, in " + n.setting)
	}
	return failed("no encrypted connection to %s: %s", n.url.Host, n.failure(err)).
		do("something on the way may cut the connection, such as a firewall or a proxy")
}

// rootsFile is advice for the systems on which crypto/x509 reads the variable.
func rootsFile() string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return ""
	}
	return "or name a file that has it, with the others: SSL_CERT_FILE=roots.pem"
}

// certificate says whose the first of the certificates is, and for how long.
func certificate(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return "nobody"
	}
	return fmt.Sprintf("%s by %s, valid until %s", names(chain[0]), issuer(chain[0]), day(chain[0].NotAfter))
}

// names are the first of those that a certificate is for.
func names(c *x509.Certificate) string {
	if c == nil {
		return "another name"
	}
	all := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	const shown = 3
	switch {
	case len(all) == 0:
		return c.Subject.CommonName
	case len(all) > shown:
		return strings.Join(all[:shown], ", ") + ", …"
	}
	return strings.Join(all, ", ")
}

func issuer(c *x509.Certificate) string {
	switch {
	case c == nil:
		return "somebody"
	case c.Issuer.CommonName != "" && len(c.Issuer.Organization) > 0:
		return c.Issuer.Organization[0] + " (" + c.Issuer.CommonName + ")"
	case len(c.Issuer.Organization) > 0:
		return c.Issuer.Organization[0]
	case c.Issuer.CommonName != "":
		return c.Issuer.CommonName
	}
	return "somebody without a name"
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
