package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// failure is a network error in words, without an address or query.
func (n *network) failure(err error) string { return failure(err, n.timeout) }

func failure(err error, timeout time.Duration) string {
	if withURL := (*url.Error)(nil); errors.As(err, &withURL) {
		err = withURL.Err
	}
	var lookup *net.DNSError
	switch {
	case err == nil:
		return "it did not come so far"
	case isTimeout(err):
		return fmt.Sprintf("no answer within %s", timeout)
	case isRefused(err):
		return "nothing listens there"
	case errors.As(err, &lookup):
		return lookupFailure(err, timeout)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "this machine has no route to it"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the other side closed the connection"
	}
	return err.Error()
}

func lookupFailure(err error, timeout time.Duration) string {
	var lookup *net.DNSError
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "DNS does not know this name"
	case isTimeout(err):
		return fmt.Sprintf("DNS did not answer within %s", timeout)
	case errors.As(err, &lookup):
		return "DNS failed: " + lookup.Err
	}
	return "DNS has no address for this name"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// isRefused reports whether nothing listens at an address.
func isRefused(err error) bool {
	const onWindows = syscall.Errno(10061) // WSAECONNREFUSED
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, onWindows)
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// status is an HTTP status with its name.
func status(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

// short is how long something took.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

// long is a difference between two clocks, in the unit that a person takes.
func long(d time.Duration) string {
	switch d = d.Abs(); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 55*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		return strings.Replace(fmt.Sprintf("%.1f h", d.Hours()), ".0", "", 1)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func roundUp(d time.Duration) time.Duration { return (d + time.Second - 1).Truncate(time.Second) }
