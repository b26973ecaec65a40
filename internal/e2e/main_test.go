package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/internal/localdb"
)

var servers localdb.Shared

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "docker" {
		leakcheck.Main(servers.During(tests{m}))
	}
	if err := runStandIn(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "docker:", err)
		os.Exit(1)
	}
}

// tests leave nothing behind.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer command.remove()
	defer dashboard.remove()
	defer staticcheck.remove()
	defer checkoutShop.remove()
	defer replicas.remove()
	defer chromium.end()
	defer sharedFirefox.end()
	return t.M.Run()
}
