package main

import (
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestRequestLines(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	line := requestLines(&out)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	line(pepaytest.Request{At: at, Operation: "openMerchantStream", Method: "GET", Path: "/ws/merchant/events", Status: 101})
	line(pepaytest.Request{At: at, Method: "PO\nST", Path: "/\x1b[2J"})
	const want = "03:04:05 101 GET /ws/merchant/events (openMerchantStream)\n03:04:05 cut off PO ST / [2J (not documented)\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
