package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// requestLines writes a line per request, in one write: requests end at the same
// time.
func requestLines(w io.Writer) func(pepaytest.Request) {
	return func(r pepaytest.Request) {
		outcome := "cut off"
		if r.Status != 0 {
			outcome = strconv.Itoa(r.Status)
		}
		operation := r.Operation
		if operation == "" {
			operation = "not documented"
		}
		fmt.Fprintf(w, "%s %s %s %s (%s)\n", r.At.Format(time.TimeOnly), outcome, terminal.Printable(r.Method), terminal.Printable(r.Path), operation)
	}
}
