package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// check is one of a test.
func check(name string, needs []*Check, run func(context.Context) Finding) *Check {
	return &Check{Group: Group{"test", "Test"}, ID: name, Name: name, Needs: needs, Run: run}
}

func lasting(d time.Duration) func(context.Context) Finding {
	return func(ctx context.Context) Finding {
		select {
		case <-time.After(d):
			return ok("done")
		case <-ctx.Done():
			return failed("%v", ctx.Err()).do("wait")
		}
	}
}

func collect(ctx context.Context, t *testing.T, checks []*Check, timeout time.Duration) (all reports, waited []string, err error) {
	t.Helper()
	err = Run(ctx, checks, timeout, nil, func(name string) { waited = append(waited, name) }, func(r Report) error {
		all = append(all, r)
		return nil
	})
	return all, waited, err
}

// Independent checks run at the same time, and are told in order.
func TestRunInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		all, waited, err := collect(t.Context(), t, []*Check{
			check("slow", nil, lasting(3*time.Second)), check("fast", nil, lasting(time.Millisecond)), check("medium", nil, lasting(2*time.Second)),
		}, time.Minute)
		if took := time.Since(began); err != nil || took != 3*time.Second {
			t.Errorf("took %s: %v", took, err)
		}
		if got := all.String(); got != "ok      test.slow: done\nok      test.fast: done\nok      test.medium: done\n" {
			t.Error(got)
		}
		if !slices.Equal(waited, []string{"slow"}) { // what is done needs no line that says it is running
			t.Errorf("%v", waited)
		}
	})
}

func TestRunBoundsEachCheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		all, _, err := collect(t.Context(), t, []*Check{check("endless", nil, lasting(time.Hour))}, 10*time.Second)
		if took := time.Since(began); err != nil || took != 10*time.Second {
			t.Errorf("took %s: %v", took, err)
		}
		all.want(t, "test.endless", Failed, "deadline exceeded")
	})
}

// A chain of checks that each take their time does not take longer than six of them.
func TestRunBoundsAllChecks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var chain []*Check
		for range 10 {
			c := check("link", nil, lasting(9*time.Second))
			if len(chain) > 0 {
				c.After = chain[len(chain)-1:]
			}
			chain = append(chain, c)
		}
		began := time.Now()
		all, _, err := collect(t.Context(), t, chain, 10*time.Second)
		if took := time.Since(began); err != nil || took != time.Minute {
			t.Errorf("took %s: %v", took, err)
		}
		if all[5].Status != OK || all[6].Status != Failed || all[7].Status != Skipped || all[7].Text != "no time was left" {
			t.Errorf("%s", all)
		}
	})
}

func TestRunEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		all, _, err := collect(ctx, t, []*Check{check("first", nil, lasting(0)), check("endless", nil, lasting(time.Hour))}, time.Minute)
		if !errors.Is(err, context.DeadlineExceeded) || len(all) != 1 {
			t.Errorf("%v: %s", err, all)
		}
	})
}

// When nobody reads any more, the checks end.
func TestRunEndsWithReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		began := time.Now()
		err := Run(t.Context(), []*Check{check("first", nil, lasting(0)), check("endless", nil, lasting(time.Hour))}, time.Minute, nil,
			func(string) {}, func(Report) error { return full })
		if !errors.Is(err, full) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// The check that failed is named, and not one that was skipped because of it.
func TestRunNamesTheCause(t *testing.T) {
	t.Parallel()
	first := check("first", nil, func(context.Context) Finding { return failed("broken") })
	second := check("second", []*Check{first}, lasting(0))
	third := check("third", []*Check{second}, lasting(0))
	all, _, err := collect(t.Context(), t, []*Check{first, second, third}, time.Minute)
	if err != nil || all[1].Text != "not tried: first failed" || all[2].Text != "not tried: first failed" {
		t.Errorf("%v: %s", err, all)
	}
}

func TestRunTakesSecretsOut(t *testing.T) {
	t.Parallel()
	c := check("leak", nil, func(context.Context) Finding {
		f := failed("key-%s and token-%s\x1b[2J", canary, canary).do("never write key-" + canary)
		f.Secrets = []string{"token-" + canary}
		return f
	})
	var got string
	err := Run(t.Context(), []*Check{c}, time.Minute, []string{"key-" + canary}, func(string) {}, func(r Report) error {
		got = r.Text + "\n" + strings.Join(r.Advice, "\n")
		if r.Secrets != nil {
			t.Error("a report has secrets")
		}
		return nil
	})
	if want := "[redacted] and [redacted] [2J\nnever write [redacted]"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}
