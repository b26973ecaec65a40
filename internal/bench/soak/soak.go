package main

import (
	"context"
	"errors"
	"time"
)

const (
	// window is how far the slowest stream may be behind: more than a stream gets
	// between two faults by default, so that resumes have something to catch up with.
	window = 600
	chunk  = 50 // events that are emitted at once
)

// outcome is everything a run found out.
type outcome struct {
	settings      Settings
	took          time.Duration
	followers     []*follower
	reports       []Report
	before, after usage
	stopped       error // why the run ended early, nil otherwise
}

// soak runs to the end, or until ctx does; that and what is broken is part of the
// outcome.
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
	progress := make(chan struct{}, 1)
	for i, at := range addresses {
		arm := func() error {
			var name string
			return pepay.call(ctx, "Arm", i, &name)
		}
		f, err := newFollower(roleOf(i), at, arm, progress)
		if err != nil {
			return nil, err
		}
		out.followers = append(out.followers, f)
	}
	started := time.Now()
	following, stop := context.WithCancel(ctx)
	defer stop()
	for _, f := range out.followers {
		go f.run(following)
	}
	emit := func(n int) error {
		var total int
		return pepay.call(ctx, "Emit", n, &total)
	}
	out.stopped = out.feed(ctx, emit, progress)
	out.took = time.Since(started)
	stop()
	for _, f := range out.followers {
		<-f.done
		f.transport.CloseIdleConnections()
	}
	out.after = settle(out.before)
	// A run that has failed says how far it got, so it needs the report as well.
	return out, pepay.call(context.WithoutCancel(ctx), "Finish", 0, &out.reports)
}

// feed emits as fast as the slowest stream can take it, and returns when all have
// got to the last event.
func (out *outcome) feed(ctx context.Context, emit func(int) error, progress <-chan struct{}) error {
	for _, f := range out.followers { // what happens before a stream's beginning is not its business
		select {
		case <-f.live:
		case <-f.done:
			return errEnded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for emitted := 0; ; {
		slowest, ended := out.slowest()
		switch {
		case ended:
			return errEnded
		case slowest >= out.settings.Events:
			return nil
		case emitted < out.settings.Events && emitted-slowest <= window-chunk:
			n := min(chunk, out.settings.Events-emitted)
			if err := emit(n); err != nil {
				return err
			}
			emitted += n
			continue
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errEnded = errors.New("a stream has ended")

// slowest is how far every stream has got, and whether one has ended.
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
