// Command mutants breaks the code on purpose, one place at a time, and runs the tests
// that have to notice. The tree stays as it is: `go test -overlay` compiles a changed copy
// of one file.
//
//	mutants [-root DIR] [-run REGEXP] [-timeout DURATION] [-list]
//
// A breakage that the tests do not notice fails the run, as does one that does not compile,
// and one whose text is not in the code any more. One with which they time out is noticed.
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
	"regexp"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, all(), os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, mutants []mutant, args []string) error {
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	root := flags.String("root", ".", "top directory of the repository")
	pattern := flags.String("run", "", "only those whose name matches `REGEXP`")
	timeout := flags.Duration("timeout", 2*time.Minute, "how long the tests that have to notice may take")
	list := flags.Bool("list", false, "print them and run nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag; mutants are chosen with -run REGEXP", flags.Arg(0))
	}
	chosen, err := regexp.Compile(*pattern)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	mutants = slices.DeleteFunc(slices.Clone(mutants), func(m mutant) bool { return !chosen.MatchString(m.name) })
	if len(mutants) == 0 {
		return fmt.Errorf("no name matches %q; -list prints them", *pattern)
	}
	if *list {
		for _, m := range mutants {
			fmt.Fprintf(out, "%-44s %s, noticed by %s in %s\n", m.name, m.file, m.tests, m.pkg)
		}
		return nil
	}
	if *root, err = filepath.Abs(*root); err != nil {
		return err
	}
	l := lab{root: *root, timeout: *timeout}
	if err := l.passesUnchanged(ctx, out, mutants); err != nil {
		return err
	}
	return l.runAll(ctx, out, mutants)
}

func (l lab) runAll(ctx context.Context, out io.Writer, mutants []mutant) error {
	failed := 0
	for _, m := range mutants {
		began := time.Now()
		v, text, err := l.try(ctx, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v, text = stale, err.Error()
		}
		fmt.Fprintf(out, "%-16s %-44s %5.1f s\n", v, m.name, time.Since(began).Seconds())
		if v != caught && v != hung {
			failed++
			fmt.Fprintf(out, "    %s\n    - %s\n    + %s\n    tests: %s in %s\n%s\n", m.file, oneLine(m.old), oneLine(m.new), m.tests, m.pkg, indent(text))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d were not caught", failed, len(mutants))
	}
	fmt.Fprintf(out, "all %d were caught\n", len(mutants))
	return nil
}

// passesUnchanged runs every test on the code as it is: one that fails anyway notices
// nothing.
func (l lab) passesUnchanged(ctx context.Context, out io.Writer, mutants []mutant) error {
	tests := map[string][]string{}
	var packages []string
	for _, m := range mutants {
		if tests[m.pkg] == nil {
			packages = append(packages, m.pkg)
		}
		if !slices.Contains(tests[m.pkg], m.tests) {
			tests[m.pkg] = append(tests[m.pkg], m.tests)
		}
	}
	var failures []error
	for _, pkg := range packages {
		for _, pattern := range joined(tests[pkg]) {
			began := time.Now()
			v, text, err := l.test(ctx, pkg, pattern, "")
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil && v != missed { // without a change there is nothing to notice
				err = fmt.Errorf("the tests of %s do not pass on the code as it is:\n%s", pkg, indent(text))
			}
			if err != nil {
				failures = append(failures, err)
				continue
			}
			fmt.Fprintf(out, "%-16s %-44s %5.1f s\n", "passes", pkg, time.Since(began).Seconds())
		}
	}
	return errors.Join(failures...)
}
