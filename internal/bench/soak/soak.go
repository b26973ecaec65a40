package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// window is how far the slowest stream may be behind: more than a stream gets
	// between two faults by default, so that resumes have something to catch up with.
	window = 600
	chunk  = 50 // events that are emitted at once
)

// outcome is the result of a run.
type outcome struct {
	settings      Settings
	took          time.Duration
	followers     []*follower
	quiet         *quiet
	reports       []Report
	before, after usage
	stopped       error // why the run ended early, nil otherwise
}

// soak runs to the end, or until ctx ends. What is broken is part of the outcome.
func soak(ctx context.Context, s Settings) (*outcome, error) {
	pepay, err := startProcess(ctx)
	if err != nil {
		return nil, err
	}
	out, err := attend(ctx, s, pepay)
	return out, errors.Join(err, pepay.stop())
}

func attend(ctx context.Context, s Settings, pepay *process) (*outcome, error) {
	var addresses []Address
	if err := pepay.call(ctx, "Open", s, &addresses); err != nil {
		return nil, err
	}
	out := &outcome{settings: s, before: used()}
	cursors, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(cursors) }()
	progress, restart := make(chan struct{}, 1), make(chan struct{})
	for i, at := range addresses[:s.Streams] {
		arm := func(first bool) error {
			var name string
			return pepay.call(ctx, "Arm", Dial{i, first}, &name)
		}
		f, err := newFollower(roleOf(i), at, filepath.Join(cursors, strconv.Itoa(i)), arm, progress)
		if err != nil {
			return nil, err
		}
		f.stops, f.restart = s.stops(), restart
		out.followers = append(out.followers, f)
	}
	if out.quiet, err = newQuiet(ctx, addresses[s.Streams]); err != nil {
		return nil, err
	}
	started := time.Now()
	following, stop := context.WithCancel(ctx)
	defer stop()
	for _, f := range out.followers {
		go f.run(following)
	}
	go out.quiet.run(following)
	emit := func(n int) error {
		var total int
		return pepay.call(ctx, "Emit", n, &total)
	}
	out.stopped = out.feed(ctx, emit, progress, func() { close(restart) })
	out.took = time.Since(started)
	stop()
	for _, f := range out.followers {
		<-f.done
		f.transport.CloseIdleConnections()
	}
	out.quiet.stop()
	out.after = settle(out.before)
	// A run that has failed says how far it got, so it needs the report as well.
	return out, pepay.call(context.WithoutCancel(ctx), "Finish", 0, &out.reports)
}

// stops are the events at which the programs are stopped: about half way, until a
// backlog has built up, and once more in the middle of that.
func (s Settings) stops() []int {
	first := (s.Events-s.Backlog)/2 + 1
	return []int{first, first + s.Backlog*2/5}
}

// feed emits as fast as the slowest stream can take it, and a backlog while all
// are stopped. It returns when all have got to the last event.
func (out *outcome) feed(ctx context.Context, emit func(int) error, progress <-chan struct{}, restart func()) error {
	for _, f := range out.followers { // what happens before a stream begins does not come over it
		if err := out.await(ctx, f, f.live); err != nil {
			return err
		}
	}
	events := out.settings.Events
	pause := out.settings.stops()[0] + chunk // more than an event is late by
	for emitted := 0; ; {
		slowest, ended := out.slowest()
		upTo := events
		if emitted < pause {
			upTo = pause
		}
		switch {
		case ended:
			return errEnded
		case slowest >= events:
			return nil
		case emitted < upTo && emitted-slowest <= window-chunk:
			n := min(chunk, upTo-emitted)
			if err := emit(n); err != nil {
				return err
			}
			if emitted += n; emitted == pause {
				if err := out.buildBacklog(ctx, emit); err != nil {
					return err
				}
				emitted += out.settings.Backlog
				restart()
			}
			continue
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// buildBacklog waits until every program is stopped and lets happen what they
// miss.
func (out *outcome) buildBacklog(ctx context.Context, emit func(int) error) error {
	for _, f := range out.followers {
		if err := out.await(ctx, f, f.stopped); err != nil {
			return err
		}
	}
	for left := out.settings.Backlog; left > 0; left -= chunk {
		if err := emit(min(chunk, left)); err != nil {
			return err
		}
	}
	return nil
}

// await waits for a signal of a follower.
func (out *outcome) await(ctx context.Context, f *follower, signal <-chan struct{}) error {
	select {
	case <-signal:
		return nil
	case <-f.done:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errEnded = errors.New("a stream has ended")

// slowest is the position of the slowest stream, and whether one has ended.
func (out *outcome) slowest() (position int, ended bool) {
	position = out.settings.Events
	for _, f := range out.followers {
		position = min(position, int(f.position.Load()))
		select {
		case <-f.done:
			ended = true
		default:
		}
	}
	return position, ended
}
