package canary_test

import (
	"testing"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }
