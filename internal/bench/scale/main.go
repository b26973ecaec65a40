// Command scale measures what one, two and four processes of a merchant's back end carry
// together on this machine: tokens handed out to pages, webhooks handled in memory and with
// package inbox on PostgreSQL, and events followed. Every process has one processor
// (GOMAXPROCS=1), as a small container has. The simulator, PostgreSQL and whoever asks share
// the machine with them.
//
//	go run ./scale [-rounds n] [-time d] [-events n]
//
// What is compared runs in turns, in another order each round. The ratios count, and the
// processor time of a request: rates depend on what else the machine does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

type settings struct {
	rounds int
	time   time.Duration // of one measurement
	events int           // that are followed in one measurement
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "scale:", err)
	os.Exit(1)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == replicaFlag {
		return serve(ctx, args[1], stdin, stdout)
	}
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var s settings
	flags.IntVar(&s.rounds, "rounds", 7, "`rounds` in which everything is measured once")
	flags.DurationVar(&s.time, "time", time.Second, "`time` of one measurement")
	flags.IntVar(&s.events, "events", 3000, "`events` that are followed in one measurement")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case s.rounds < 1 || s.time <= 0 || s.events < 1:
		return errors.New("-rounds, -time and -events must be positive")
	}
	report, err := measure(ctx, s, stderr)
	if err != nil {
		return err
	}
	report.print(stdout, s)
	return nil
}
