package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestTokenCaches(t *testing.T) {
	t.Parallel()
	for _, r := range tokenCaches() {
		if err := r.run(context.Background()); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	for name, broken := range map[string]tokenRead{
		"another token": {"", func(context.Context) (string, error) { return "x", nil }},
		"an error":      {"", func(context.Context) (string, error) { return cachedToken, errors.New("out of luck") }},
	} {
		if err := broken.run(context.Background()); err == nil {
			t.Errorf("%s passes for a token", name)
		}
	}
}

func TestRefreshers(t *testing.T) {
	t.Parallel()
	for _, r := range refreshers() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			mints, fastest, slowest, err := r.measure(context.Background())
			if err != nil || mints < 1 || mints > refreshCallers || fastest > slowest || slowest < refreshPatience/2 {
				t.Errorf("%d mints, %s to %s, %v", mints, fastest, slowest, err)
			}
		})
	}
	eager := refresher{"eager", func(func() error) func(context.Context) error {
		return func(context.Context) error { return nil }
	}}
	if _, _, slowest, err := eager.measure(context.Background()); err == nil || slowest > time.Second {
		t.Errorf("a token out of nowhere: %v", err)
	}
}
