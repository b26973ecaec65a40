package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/stream"
)

// statusLines says on standard error how a stream is doing. Its methods are called
// in order, never concurrently.
type statusLines struct {
	w             io.Writer
	what          string
	ready         string // said once, when it is live for the first time
	quiet, chatty bool

	opened, live bool   // ever, and as far as is known
	attempt      int    // to connect since it was connected
	endWait      func() // takes the countdown off the terminal; nil without one
}

func (s *statusLines) observer() stream.Observer {
	return stream.Observer{OnState: s.state, OnWait: s.wait, OnResume: s.resume, OnControl: s.control}
}

func (s *statusLines) state(state stream.State, _ error) {
	if s.endWait != nil {
		s.endWait()
		s.endWait = nil
	}
	switch state {
	case stream.StateConnecting:
		if s.attempt++; s.attempt > 1 {
			s.say(fmt.Sprintf("connecting to the %s, attempt %d", s.what, s.attempt))
		} else {
			s.say("connecting to the " + s.what)
		}
	case stream.StateReplaying:
		s.opened, s.attempt = true, 0
		s.say("connected, looking for what was missed")
	case stream.StateLive:
		s.opened, s.attempt = true, 0
		s.say("live, following the " + s.what)
		if s.ready != "" {
			s.say(s.ready)
			s.ready = ""
		}
	case stream.StateWaiting: // wait says so, with more
	case stream.StateClosed:
		return // the outcome says why
	}
	s.live = state == stream.StateLive
}

// wait says why and how long the stream waits. On a terminal, a line below that counts
// down until the stream dials again.
func (s *statusLines) wait(w stream.Wait) {
	if s.quiet {
		return
	}
	next := func(left time.Duration) string { return fmt.Sprintf("attempt %d in %s", w.Attempt, left) }
	if terminal.NewLine(s.w) == nil {
		s.line(fmt.Sprintf("waiting to try again, because %s: %s", plain(w.Err), next(w.Delay.Round(time.Millisecond))))
		return
	}
	s.line("waiting to try again, because " + plain(w.Err))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = countdown(ctx, s.w, w.Delay, next, true, nil)
	}()
	s.endWait = func() {
		cancel()
		<-done
	}
}

// resume is said also with --quiet where something may be missing.
func (s *statusLines) resume(r stream.Resume) {
	if !s.quiet || r.Gap {
		s.line(resumeText(r))
	}
}

func (s *statusLines) control(c stream.Control) {
	if s.chatty {
		s.line("control frame " + c.Kind + ": " + string(c.Raw))
	}
}

func (s *statusLines) say(text string) {
	if !s.quiet {
		s.line(text)
	}
}

func (s *statusLines) line(text string) {
	fmt.Fprintln(s.w, terminal.Paint(s.w, terminal.Dim, terminal.Printable(text)))
}

// resumeText is a resume in one line.
func resumeText(r stream.Resume) string {
	text := "resumed"
	if r.Since != "" {
		text += " after " + r.Since
	}
	var parts []string
	if r.Downtime > 0 {
		parts = append(parts, "away for "+duration(r.Downtime))
	}
	parts = append(parts, fmt.Sprintf("%s replayed, %d backfilled from the Events API", countEvents(r.Replayed), r.Backfilled))
	if r.Duplicates > 0 {
		parts = append(parts, fmt.Sprintf("%d dropped as duplicates", r.Duplicates))
	}
	if r.Gap {
		return text + ": " + strings.Join(parts, ", ") + "; events may be missing: " + r.Reason
	}
	return text + ": " + strings.Join(parts, ", ") + ", none missing"
}

func countEvents(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

// duration is rounded to what a person needs.
func duration(d time.Duration) string {
	if d < time.Minute {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
