package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// countdown waits for d and says so: on a terminal in one line that counts the seconds
// down and vanishes at the end, elsewhere in a line unless quiet is set. It returns true
// as soon as s is pressed.
func countdown(ctx context.Context, w io.Writer, d time.Duration, text func(left time.Duration) string, quiet bool, keys <-chan byte) (skipped bool, err error) {
	line := terminal.NewLine(w)
	if line == nil && !quiet {
		if _, err := fmt.Fprintln(w, text(d.Round(time.Millisecond))); err != nil {
			return false, err
		}
	}
	if line != nil {
		defer func() {
			if clearErr := line.Clear(); err == nil {
				err = clearErr
			}
		}()
	}
	end := time.Now().Add(d)
	for left := d; left > 0; left = time.Until(end) {
		next := left
		if line != nil {
			if err := line.Write(text(roundUp(left))); err != nil {
				return false, err
			}
			next = left - (roundUp(left) - time.Second) // until the number changes
		}
		skipped, err := pauseOrSkip(ctx, next, keys)
		if skipped || err != nil {
			return skipped, err
		}
	}
	return false, nil
}

func pauseOrSkip(ctx context.Context, d time.Duration, keys <-chan byte) (skipped bool, err error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-timer.C:
			return false, nil
		case key := <-keys:
			if key == 's' || key == 'S' {
				return true, nil
			}
		}
	}
}

// roundUp rounds to whole seconds.
func roundUp(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
