// Command soak follows many streams of a simulated Pepay that keeps failing, and
// proves that nothing was lost: every stream hands out every event, once and in
// order, reports no gap, and leaves no goroutine and no socket behind. Only an
// event that Pepay sends late comes behind others. Half way, the programs are
// stopped while a backlog builds up, and stopped once more in the middle of
// catching up. One more stream follows an account on which nothing happens.
//
//	go run ./soak [-streams n] [-events n] [-backlog n] [-fault-every n] [-seed n] [-timeout d]
//
// The faults come from the seed. When they strike is up to the machine as well, so
// that a seed narrows a failure down and does not repeat it to the letter.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"
)

// Settings says how much there is to do.
type Settings struct {
	Streams, Events int
	Backlog         int // events that happen while the programs are stopped
	FaultEvery      int // events, on each stream and on average
	Seed            uint64
}

// errViolated sets the exit code. The report says what is broken.
var errViolated = errors.New("a promise is broken")

func main() {
	if slices.Equal(os.Args[1:], []string{serveFlag}) {
		exit(serve(os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func exit(err error) {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case !errors.Is(err, errViolated):
		fmt.Fprintln(os.Stderr, "soak:", err)
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var s Settings
	flags.IntVar(&s.Streams, "streams", 8, "`streams` to follow at once")
	flags.IntVar(&s.Events, "events", 100_000, "`events` that every stream gets")
	flags.IntVar(&s.Backlog, "backlog", 50_000, "`events` of them that are missed in one go")
	flags.IntVar(&s.FaultEvery, "fault-every", 500, "`events` between two faults of a stream, on average")
	flags.Uint64Var(&s.Seed, "seed", 1, "where the faults come from")
	timeout := flags.Duration("timeout", 10*time.Minute, "`time` after which the run has failed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case s.Backlog < 4*chunk || s.Events < s.Backlog+4*chunk:
		return fmt.Errorf("-backlog is at least %d, and -events at least %d more", 4*chunk, 4*chunk)
	case s.Streams < 1 || s.Events < 1 || s.FaultEvery < 2 || *timeout <= 0:
		return errors.New("-streams and -events are at least 1, -fault-every 2, and -timeout is positive")
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	out, err := soak(ctx, s)
	if err != nil {
		return err
	}
	out.print(stdout)
	if len(out.violations()) > 0 {
		return errViolated
	}
	return nil
}
