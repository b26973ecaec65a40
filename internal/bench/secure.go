package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"time"
)

// certificatePath is where the server tells how to reach it over TLS: its https
// address on one line, then its self-signed certificate.
const certificatePath = "/secure"

// selfSigned makes a certificate for loopback.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// listenSecure serves the same over TLS, without HTTP/2, which has no upgrades.
func listenSecure(mux *http.ServeMux) (net.Listener, error) {
	certificate, err := selfSigned()
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13})
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+certificatePath, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "https://%s\n", listener.Addr())
		_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	})
	return listener, nil
}

// secureAddress asks the server for its https address and for a TLS configuration
// that trusts its certificate.
func secureAddress(ctx context.Context, base string) (string, *tls.Config, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+certificatePath, nil)
	if err != nil {
		return "", nil, err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var address string
	if _, err := fmt.Fscanln(resp.Body, &address); err != nil {
		return "", nil, err
	}
	certificate, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(certificate) {
		return "", nil, errors.New("the server did not send its certificate")
	}
	return address, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, nil
}
