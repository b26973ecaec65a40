package doctor

import (
	"context"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// Report is a check that is done.
type Report struct {
	Group Group
	ID    string
	Name  string
	Finding
}

// Run runs the checks, each for at most timeout and all of them for at most six times as
// long. Independent ones run at the same time. report is called for each in order, never
// concurrently, and waiting with the name of a check that takes a moment. The secrets
// are taken out of every text.
//
// It returns the error of report, or that of ctx when ctx ended. No check runs any more
// then.
func Run(ctx context.Context, checks []*Check, timeout time.Duration, secrets []string, waiting func(name string), report func(Report) error) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	all, cancelAll := context.WithTimeout(ctx, 6*timeout)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	defer cancelAll()
	for _, c := range checks {
		c.done = make(chan struct{})
	}
	for _, c := range checks {
		running.Go(func() {
			defer close(c.done)
			c.run(all, timeout)
		})
	}
	for _, c := range checks {
		c.wait(waiting)
		if outer.Err() != nil {
			return outer.Err()
		}
		secrets = append(secrets, c.finding.Secrets...)
		if err := report(c.report(secrets)); err != nil {
			return err
		}
	}
	return nil
}

// wait returns when the check is done. A person is told if that takes a moment.
func (c *Check) wait(waiting func(name string)) {
	const moment = 150 * time.Millisecond
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		waiting(c.Name)
		<-c.done
	}
}

// run waits for what the check depends on, and looks.
func (c *Check) run(ctx context.Context, timeout time.Duration) {
	for _, other := range append(append([]*Check(nil), c.Needs...), c.After...) {
		<-other.done // it ends with ctx, too
	}
	if c.cause = c.missing(); c.cause != nil {
		c.finding = skipped("not tried: %s failed", c.cause.Name)
		return
	}
	if ctx.Err() != nil {
		c.finding = skipped("no time was left").do("--timeout gives every check longer")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c.finding = c.Run(ctx)
}

// report is the finding without secrets, in lines that can be printed.
func (c *Check) report(secrets []string) Report {
	const longest = 500
	clean := func(text string) string { return wire.OneLine(wire.Redact(text, secrets...), longest) }
	r := Report{Group: c.Group, ID: c.ID, Name: c.Name, Finding: c.finding}
	r.Group.Title, r.Text, r.Advice, r.Secrets = clean(c.Group.Title), clean(c.finding.Text), nil, nil
	for _, line := range c.finding.Advice {
		r.Advice = append(r.Advice, clean(line))
	}
	return r
}
