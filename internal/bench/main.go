// Command bench measures this module side by side with other libraries, in one
// run and against the same floor. Ratios between the contestants are what
// counts; absolute times are those of the machine.
//
//	go run . [-row mint] [-rounds n] [-benchtime d] [-markdown [-docs dir]] [-check]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// row is one comparison, or one curve. Each has a file of its own.
type row struct {
	name, about string
	// run measures. With options.shape, it measures nothing and returns the same tables
	// without figures, for the test that compares them with docs/benchmarks.md.
	run    func(ctx context.Context, o options) ([]table, error)
	noBars bool // nothing for -check to look at
}

func rows() []row { return append(comparisons(), curves()...) }

func comparisons() []row {
	return []row{
		{name: "mint", about: "minting a ws_token, in memory and over loopback", run: mint},
		{name: "stream", about: "receiving events", run: receive},
		{name: "streams", about: "memory and goroutines of open streams", run: streams},
		{name: "tokencache", about: "reading a cached token", run: tokencache},
		{name: "refresh", about: "a token that cannot be renewed", run: refresh},
		{name: "webhook", about: "verifying deliveries", run: webhooks},
		{name: "decode", about: "making events of deliveries", run: decode},
		{name: "create", about: "creating an invoice", run: create},
		{name: "events", about: "listing events", run: events},
		{name: "invoices", about: "listing invoices", run: invoices},
		{name: "coldstart", about: "starting `pepay token`", run: coldstart},
		{name: "size", about: "what a program grows by", run: size},
	}
}

// options is how long and how often to measure.
type options struct {
	rounds    int
	benchtime time.Duration // per contestant and round
	shape     bool          // measure nothing
	messages  io.Writer     // for the progress of a long row; may be nil
}

// inTurns is n times as many rounds, each as much shorter. Over loopback, a ratio differs
// from round to round by where the two processes run; more rounds even that out.
func (o options) inTurns(n int) options {
	o.rounds *= n
	o.benchtime /= time.Duration(n)
	return o
}

// note tells of the progress within a row.
func (o options) note(format string, args ...any) {
	if o.messages != nil && !o.shape {
		fmt.Fprintf(o.messages, "  "+format+"\n", args...)
	}
}

// errMissed sets the exit code of -check. The table shows which bar was missed.
var errMissed = errors.New("a bar is not met")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if yes, err := helped(ctx, os.Args[1:], os.Stdin, os.Stdout); yes {
		exit(err)
	}
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

// settings are the flags.
type settings struct {
	options
	only            string
	markdown, check bool
	docs            string
}

// docsDir is the folder of the documentation, seen from this module's.
const docsDir = "../../docs"

func parse(args []string, stderr io.Writer) (s settings, err error) {
	var names []string
	for _, r := range rows() {
		names = append(names, r.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&s.rounds, "rounds", 30, "`rounds` in which every contestant runs once")
	flags.DurationVar(&s.benchtime, "benchtime", 50*time.Millisecond, "`time` a contestant runs in each round")
	flags.StringVar(&s.only, "row", "", "the only `row` to measure: "+strings.Join(names, ", "))
	flags.BoolVar(&s.markdown, "markdown", false, "also write benchmarks.md and its charts")
	flags.StringVar(&s.docs, "docs", docsDir, "the `folder` for -markdown")
	flags.BoolVar(&s.check, "check", false, "exit with 1 if a bar is not met; rows without bars are left out")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case s.rounds < 1 || s.benchtime <= 0:
		return s, errors.New("-rounds and -benchtime must be positive")
	case s.only != "" && !slices.Contains(names, s.only):
		return s, fmt.Errorf("no row %q; there are %s", s.only, strings.Join(names, ", "))
	case s.markdown && s.docs == docsDir && (s.only != "" || s.check):
		return s, errors.New("-markdown with -row or -check would write a page without the other rows; give it a folder with -docs")
	}
	return s, nil
}

// wanted are the rows to run.
func (s settings) wanted() []row {
	return slices.DeleteFunc(rows(), func(r row) bool {
		return s.only != "" && r.name != s.only || s.check && r.noBars
	})
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	s.messages = stderr
	met := true
	p := newPage(args, s.options)
	for _, r := range s.wanted() {
		started := time.Now()
		fmt.Fprintf(stderr, "%s: %s\n", r.name, r.about)
		tables, err := r.run(ctx, s.options)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		for _, t := range tables {
			t.print(stdout)
			met = met && t.met()
		}
		p.add(r, tables)
		fmt.Fprintf(stderr, "%s: took %.0f s\n", r.name, time.Since(started).Seconds())
	}
	if s.markdown {
		if err := p.write(s.docs); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "wrote %s\n", filepath.Join(s.docs, pageName))
	}
	if s.check && !met {
		return errMissed
	}
	return nil
}
