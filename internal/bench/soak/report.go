package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// print reports what happened, by stream and by fault, and whether every promise was
// kept.
func (out *outcome) print(w io.Writer) {
	s := out.settings
	fmt.Fprintf(w, "%d streams, %d events each, %d of them missed in one go, a fault about every %d, seed %d: %s, %.0f events/s\n\n", s.Streams, s.Events,
		s.Backlog, s.FaultEvery, s.Seed, out.took.Round(100*time.Millisecond), float64(s.Streams*s.Events)/out.took.Seconds())
	out.printStreams(w)
	fmt.Fprintln(w)
	out.printFaults(w)
	fmt.Fprintf(w, "\nthe quiet stream: %d connections in %s, each cut after %s\n", out.quiet.dials, out.quiet.took.Round(100*time.Millisecond), quietCut)
	fmt.Fprintf(w, "goroutines %d, then %d; sockets %d, then %d\n", out.before.goroutines, out.after.goroutines, out.before.sockets, out.after.sockets)
	violations := out.violations()
	for _, v := range violations {
		fmt.Fprintln(w, "BROKEN:", v)
	}
	if len(violations) == 0 {
		fmt.Fprintln(w, "every event handled once and in order, no gap, nothing left behind")
	}
}

func (out *outcome) printStreams(w io.Writer) {
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(aligned, "stream\tcredential\thandled\tfaults\tresumes\treplayed\tbackfilled\tduplicates\tgaps\t")
	for i, f := range out.followers {
		faults := f.ends[closeOnExpiry]
		for _, n := range out.reports[i].Faults {
			faults += n
		}
		fmt.Fprintf(aligned, "%d %s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", i+1, f.role.name, f.role.credential(),
			f.handled, faults, f.resumes, f.replayed, f.backfilled, f.duplicates, len(f.gaps))
	}
	_ = aligned.Flush()
}

// printFaults prints how often each fault was due, and how often a stream gave it as
// the reason for the end of a connection. The second number is smaller where a
// connection ended otherwise before its fault was due.
func (out *outcome) printFaults(w io.Writer) {
	met, noticed := map[string]int{}, map[string]int{}
	for i, f := range out.followers {
		for name, n := range out.reports[i].Faults {
			met[name] += n
		}
		for name, n := range f.ends {
			noticed[name] += n
		}
		noticed[lateEvent] += f.late
	}
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(aligned, "fault\tdue\tnoticed\t")
	for _, name := range faultNames() {
		stored, seen := fmt.Sprint(met[name]), fmt.Sprint(noticed[name])
		switch name {
		case closeOnExpiry, otherwise:
			stored = "-"
		case duplicate, oddField, slowLink, listOutage:
			seen = "-"
		}
		fmt.Fprintf(aligned, "%s\t%s\t%s\t\n", name, stored, seen)
	}
	_ = aligned.Flush()
}

// violations lists the promises that were not kept.
func (out *outcome) violations() []string {
	var all []string
	if out.stopped != nil {
		all = append(all, "stopped early: "+out.stopped.Error())
	}
	for i, f := range out.followers {
		if broken := f.verify(out.settings.Events, out.reports[i]); len(broken) > 0 {
			all = append(all, fmt.Sprintf("stream %d: %s", i+1, strings.Join(broken, "; ")))
		}
	}
	for _, broken := range out.quiet.verify() {
		all = append(all, "the quiet stream: "+broken)
	}
	if out.after.goroutines > out.before.goroutines {
		all = append(all, fmt.Sprintf("%d goroutines are left", out.after.goroutines-out.before.goroutines))
	}
	if out.after.sockets > out.before.sockets {
		all = append(all, fmt.Sprintf("%d sockets are left", out.after.sockets-out.before.sockets))
	}
	return all
}
