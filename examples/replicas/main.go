// Command replicas shows a back end that runs three times behind nginx, on one
// PostgreSQL, while one of the three is killed every few seconds. Each event comes twice,
// by the stream and as a webhook, and its effect happens once.
//
//	make replicas
//
// It starts everything itself, in temporary folders: PostgreSQL and nginx from Debian's
// packages postgresql and nginx-light, the simulator, and this program three more times.
// The page at http://127.0.0.1:8095 shows who follows the stream, how far behind it is,
// and the count of events and effects. Ctrl-C ends all of it.
//
// replica.go is what to copy: an inbox for the effects, and a lease for the stream. The
// other files are the stage. With -for it ends by itself after a while, and fails if an
// effect is missing or happened twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pepaylabs/pepay-go/internal/localdb"
)

func main() {
	if os.Getenv(envReplica) != "" {
		if err := runReplica(context.Background()); err != nil {
			log.Fatal(err)
		}
		return
	}
	var o options
	flag.StringVar(&o.addr, "addr", "127.0.0.1:8095", "show the page on `HOST:PORT`")
	flag.IntVar(&o.rate, "rate", 5, "events per second, at most 100")
	flag.DurationVar(&o.kill, "kill", 6*time.Second, "kill a replica this often, at least every second; 0: never")
	flag.DurationVar(&o.life, "life", 3*time.Second, "how long the stream's lease lives without being renewed")
	runs := flag.Duration("for", 0, "end after this time, and check that each event had its effect once; 0: until Ctrl-C")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, *runs, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "replicas:", explain(err))
		os.Exit(1)
	}
}

// run shows until ctx ends or the time is over. Whatever happens, nothing is left.
func run(ctx context.Context, o options, runs time.Duration, out io.Writer) (err error) {
	fmt.Fprintln(out, "starting PostgreSQL, nginx, the simulator and three replicas")
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	fmt.Fprintf(out, "the page is at %s; Ctrl-C ends everything\n", s.url())
	if runs == 0 {
		<-ctx.Done()
		fmt.Fprintln(out, "\n"+s.state().Counts.String())
		return nil
	}
	select {
	case <-ctx.Done():
	case <-time.After(runs):
	}
	counts, err := s.settle(ctx)
	fmt.Fprintln(out, counts)
	if err != nil || counts.good() {
		return err
	}
	return errors.New("not every event had its effect exactly once")
}

// explain says what to install.
func explain(err error) string {
	var missing *localdb.MissingError
	if errors.As(err, &missing) {
		return fmt.Sprintf("%s is not installed; this example wants Debian's packages postgresql and nginx-light:\n\n\tapt-get install postgresql nginx-light\n", missing.Program)
	}
	return err.Error()
}
