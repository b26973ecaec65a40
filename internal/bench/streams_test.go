package main

import (
	"context"
	"testing"
)

func TestHolders(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	at, err := newSecureTarget(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holderList() {
		t.Run(h.name, func(t *testing.T) {
			kilobytes, goroutines, err := h.measure(context.Background(), at, 20)
			if err != nil {
				t.Fatal(err)
			}
			// With so few streams, what the process needs once makes a difference.
			if goroutines < 1 || goroutines > 3 || kilobytes <= 0 {
				t.Errorf("came out as %.2f goroutines and %.1f KB", goroutines, kilobytes)
			}
		})
	}
}

// A contestant that is not connected must not count as small.
func TestHoldersNoticeFailure(t *testing.T) {
	base, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	at, err := newSecureTarget(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	for _, h := range holderList() {
		if h.name == "pepay-go stream" {
			continue // it dials again for as long as it takes
		}
		if _, _, err := h.measure(context.Background(), at, 2); err == nil {
			t.Errorf("%s says it is connected", h.name)
		}
	}
}
