// Command bench measures this module side by side with other libraries, in one
// run and against the same floor. Ratios between the contestants are what
// counts; absolute times are those of the machine.
//
//	go run . [-row mint] [-rounds n] [-benchtime d] [-markdown] [-check]
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
	"strings"
	"time"
)

// row is one comparison. Each has a file of its own.
type row struct {
	name, about string
	run         func(ctx context.Context, o options) ([]table, error)
}

func rows() []row {
	return []row{
		{"mint", "minting a ws_token, in memory and over loopback", mint},
		{"stream", "receiving events", receive},
		{"streams", "memory and goroutines of open streams", streams},
		{"tokencache", "reading a cached token", tokencache},
		{"refresh", "a token that cannot be renewed", refresh},
		{"webhook", "verifying deliveries", webhooks},
		{"size", "what a program grows by", size},
	}
}

// options is how long and how often to measure.
type options struct {
	rounds    int
	benchtime time.Duration // per contestant and round
}

// errMissed sets the exit code of -check. The table shows which bar was missed.
var errMissed = errors.New("a bar is not met")

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
	case !errors.Is(err, errMissed):
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var names []string
	for _, r := range rows() {
		names = append(names, r.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var o options
	flags.IntVar(&o.rounds, "rounds", 30, "`rounds` in which every contestant runs once")
	flags.DurationVar(&o.benchtime, "benchtime", 50*time.Millisecond, "`time` a contestant runs in each round")
	only := flags.String("row", "", "the only `row` to measure: "+strings.Join(names, ", "))
	markdown := flags.Bool("markdown", false, "print Markdown")
	check := flags.Bool("check", false, "exit with 1 if a bar is not met")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.rounds < 1 || o.benchtime <= 0:
		return errors.New("-rounds and -benchtime must be positive")
	case *only != "" && !slices.Contains(names, *only):
		return fmt.Errorf("no row %q; there are %s", *only, strings.Join(names, ", "))
	}

	met := true
	for _, r := range rows() {
		if *only != "" && r.name != *only {
			continue
		}
		fmt.Fprintf(stderr, "%s: %s\n", r.name, r.about)
		tables, err := r.run(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		for _, t := range tables {
			t.print(stdout, *markdown)
			met = met && t.met()
		}
	}
	if *check && !met {
		return errMissed
	}
	return nil
}
