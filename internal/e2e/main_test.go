package e2e_test

import (
	"testing"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

func TestMain(m *testing.M) { leakcheck.Main(tests{m}) }

// tests leave nothing behind.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer dashboard.remove()
	defer checkoutShop.remove()
	defer replicas.remove()
	return t.M.Run()
}
