package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

const (
	fetchTimeout = time.Minute
	maxRedirects = 5
)

// maxDocument is many times what an API of Pepay's size takes. A variable, so
// that a test need not send that much.
var maxDocument int64 = 32 << 20

func readFile(_ context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readBounded(f)
}

// fetch gets the document without credentials. Redirects are followed to
// addresses that would be accepted themselves.
func fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the URL cannot be parsed") // the error repeats it, query and all
	}
	if err := checkAddress(u); err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout: fetchTimeout,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			return checkAddress(req.URL)
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/yaml;q=0.9, */*;q=0.1")
	req.Header.Set("User-Agent", "pepay-go-specsync")
	resp, err := client.Do(req)
	if err != nil {
		if failure, ok := errors.AsType[*url.Error](err); ok {
			err = failure.Err
		}
		return nil, fmt.Errorf("fetch %s: %w", displayName(address), err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: status %d", displayName(address), resp.StatusCode)
	}
	content, err := readBounded(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", displayName(address), err)
	}
	return content, nil
}

func checkAddress(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("a URL with a user is refused")
	case u.Scheme == "https" && u.Host != "":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q is refused: https, or http on a loopback host", u.Scheme+"://"+u.Host)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func readBounded(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > maxDocument {
		return nil, fmt.Errorf("the document is longer than %d bytes", maxDocument)
	}
	return content, nil
}

// displayName is how a source is called in the report: without directory, user,
// query or fragment.
func displayName(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.Host == "" {
		return filepath.Base(source)
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
