package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, got, want string
	}{
		{"a type of the contract", typeLabel(pepay.EventInvoiceUpdated), "invoice.updated"},
		{"another type", typeLabel("invoice.updated2"), "other"},
		{"no type", typeLabel(""), "other"},
		{"no call", operationLabel(context.Background()), "other"},
		{"an operation", retriedLabel("mintWsToken"), "mintWsToken"},
		{"another operation", retriedLabel("GET /api/v9/4711"), "other"},

		{"no error", errorLabel(nil), ""},
		{"a status", errorLabel(fmt.Errorf("x: %w", &wrapper.Error{StatusCode: 429})), "429"},
		{"a status that is none", errorLabel(&wrapper.Error{StatusCode: 4711}), "other"},
		{"canceled", errorLabel(fmt.Errorf("x: %w", context.Canceled)), "canceled"},
		{"too late", errorLabel(context.DeadlineExceeded), "timeout"},
		{"too late on the network", errorLabel(&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}), "timeout"},
		{"the network", errorLabel(&net.OpError{Op: "dial", Err: errors.New("refused")}), "network"},
		{"the end of a connection", errorLabel(fmt.Errorf("x: %w", io.EOF)), "disconnected"},
		{"a reset", errorLabel(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), "disconnected"},
		{"a bad argument", errorLabel(fmt.Errorf("x: %w", pepay.ErrInvalidArgument)), "invalid_argument"},
		{"no credential", errorLabel(wrapper.ErrNoCredential), "no_credential"},
		{"a gap", errorLabel(stream.ErrGap), "gap"},
		{"the lease", errorLabel(fmt.Errorf("x: %w", stream.ErrLeaseLost)), "lease_lost"},
		{"ws_error", errorLabel(&stream.ServerError{Code: "anything"}), "ws_error"},
		{"a signature", errorLabel(webhook.ErrBadSignature), "bad_signature"},
		{"something else", errorLabel(errors.New("text of somebody")), "other"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

// What otelhttp sees has no query and no ids, what is sent has all of it.
func TestURLIsHidden(t *testing.T) {
	t.Parallel()
	var seen, sent string
	inner := revealURL{tripper(func(req *http.Request) (*http.Response, error) {
		sent = req.URL.String()
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: req}, nil
	})}
	middle := tripper(func(req *http.Request) (*http.Response, error) {
		seen = req.URL.String()
		return inner.RoundTrip(req)
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example/a/secret?token=secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := hideURL{middle}.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if seen != "https://api.example/other" || sent != "https://api.example/a/secret?token=secret" || resp.Request != req {
		t.Errorf("seen %s, sent %s, answered to %v", seen, sent, resp.Request)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
