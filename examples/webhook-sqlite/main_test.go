package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

// The test binary is also the receiver, in a process of its own that can be killed.
func TestMain(m *testing.M) {
	if os.Getenv(envStore) == "" {
		leakcheck.Main(m)
		return
	}
	if err := receive(); err != nil {
		fmt.Fprintln(os.Stderr, "receiver:", err)
		os.Exit(1)
	}
}
