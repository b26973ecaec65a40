package main

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.Local)
	for _, c := range []struct {
		distance time.Duration
		want     string
	}{
		{0, "0s ago"},
		{-59*time.Second - 900*time.Millisecond, "59s ago"},
		{-time.Minute, "1m ago"},
		{-119 * time.Minute, "1h ago"},
		{-47 * time.Hour, "47h ago"},
		{-48 * time.Hour, "2d ago"},
		{-29 * 24 * time.Hour, "29d ago"},
		{-31 * 24 * time.Hour, "2026-10-26"},
		{12*time.Hour - time.Millisecond, "in 12h"},
		{90 * time.Second, "in 1m"},
		{40 * 24 * time.Hour, "2027-01-05"},
	} {
		if got := ago(now.Add(c.distance), now); got != c.want {
			t.Errorf("%v: %q, want %q", c.distance, got, c.want)
		}
	}
	if got := ago(time.Time{}, now) + moment(time.Time{}, now); got != "" {
		t.Errorf("the zero time: %q", got)
	}
	at := now.Add(-3 * time.Minute)
	if got, want := moment(at, now), at.UTC().Format(time.RFC3339)+" (3m ago)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := moment(now.Add(-farAway), now), now.Add(-farAway).UTC().Format(time.RFC3339); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
