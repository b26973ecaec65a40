package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/internal/localdb"
)

// The test binary is also a replica.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == replicaFlag {
		if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Everything is measured, and nothing is zero.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts PostgreSQL and many processes")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	probe, err := localdb.StartPostgres(ctx, nil)
	localdb.Require(t, err)
	if err := probe.Stop(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(ctx, []string{"-rounds", "1", "-time", "50ms", "-events", "10"}, strings.NewReader(""), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, line := range []string{`tokens handed out`, `webhooks in memory`, `webhooks with inbox on PostgreSQL`} {
		if !regexp.MustCompile(`(?m)^\| ` + line + ` \| [1-9]\d* \(1\.00×\) \| [1-9]\d* \([\d.]+×\) \| [1-9]\d* \([\d.]+×\) \| [1-9]\d* µs \|$`).MatchString(text) {
			t.Errorf("%s is not in\n%s", line, text)
		}
	}
	for _, how := range followings() {
		if !regexp.MustCompile(`(?m)^\| ` + how + ` \| [1-9]\d* \([\d.]+×\) \| [1-9]\d* µs \|$`).MatchString(text) {
			t.Errorf("%s is not in\n%s", how, text)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an argument": {[]string{"x"}, `unexpected argument "x"`},
		"no round":    {[]string{"-rounds", "0"}, "-rounds, -time and -events must be positive"},
		"no time":     {[]string{"-time", "0s"}, "-rounds, -time and -events must be positive"},
		"no event":    {[]string{"-events", "-1"}, "-rounds, -time and -events must be positive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(t.Context(), c.args, strings.NewReader(""), io.Discard, io.Discard); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// A ratio is that of the same round, so that a round in which all is slow changes nothing.
func TestCompared(t *testing.T) {
	t.Parallel()
	base := []sample{{rate: 100}, {rate: 10}, {rate: 200}}
	if got := compared([]sample{{rate: 150}, {rate: 15}, {rate: 500}}, base); got != "150 (1.50×)" {
		t.Error(got)
	}
	if got := busy([]sample{{busy: 3 * time.Microsecond}, {busy: time.Millisecond}, {busy: 2500}}); got != "3 µs" {
		t.Error(got)
	}
}
