package main

import (
	"fmt"
	"time"
)

// Further away than this, a date says more than a number of days.
const farAway = 30 * 24 * time.Hour

// ago is a time as seen from now: "3m ago", "in 12h", or a date where it is far away. It is
// empty for the zero time. --json has the time itself.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	distance := now.Sub(at)
	if distance >= farAway || distance <= -farAway {
		return at.Local().Format(time.DateOnly)
	}
	if distance < 0 {
		return "in " + rough((-distance).Round(time.Second))
	}
	return rough(distance) + " ago"
}

// rough is a duration in its greatest unit.
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// moment is a time for a line of its own: the time itself, and how far away it is.
func moment(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	text := at.UTC().Format(time.RFC3339)
	if relative := ago(at, now); relative != at.Local().Format(time.DateOnly) {
		text += " (" + relative + ")"
	}
	return text
}
