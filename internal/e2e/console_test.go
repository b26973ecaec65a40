package e2e_test

import (
	"maps"
	"testing"
)

// consoleTest is what has to work in every browser.
type consoleTest func(t *testing.T, open func(*testing.T) *page)

func TestConsole(t *testing.T) {
	t.Parallel()
	tests := map[string]consoleTest{}
	for _, some := range []map[string]consoleTest{consoleInvoices, consoleOrders, consoleRequests, consoleWebhooks, consoleViews} {
		maps.Copy(tests, some)
	}
	run := func(t *testing.T, open func(*testing.T) *page) {
		t.Helper()
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open)
			})
		}
	}
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		run(t, func(t *testing.T) *page { t.Helper(); return newTab(t).page })
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		run(t, sharedFirefox.shared(t).newPage)
	})
}
