package e2e_test

import (
	"context"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the browser that all tests share: starting one takes seconds of processor time.
var chromium chromiumProcess

type chromiumProcess struct {
	once    sync.Once
	profile string
	ctx     context.Context //nolint:containedctx // chromedp knows a browser by its context
	stop    context.CancelFunc
	err     error
}

// unused is what Chromium starts for each window and no test looks at: the lists that unfold below the
// address, which are pages themselves, and a process for the next site. It is half of what a window costs.
const unused = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess"

func chromiumPath(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if set := os.Getenv("CHROMIUM"); set != "" {
		names = []string{set}
	}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
	}
	return need(t, "Chromium: apt-get install chromium, or set CHROMIUM to where one is", names...)
}

// shared starts the browser, unless it runs.
func (c *chromiumProcess) shared(t *testing.T) context.Context {
	t.Helper()
	path := chromiumPath(t)
	c.once.Do(func() { c.start(path) })
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.ctx
}

func (c *chromiumProcess) start(path string) {
	if c.profile, c.err = os.MkdirTemp("", "pepay-e2e-"); c.err != nil {
		return
	}
	var alloc context.Context
	alloc, c.stop = chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(c.profile),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-features", unused),
		// The windows of tests that run at the same time are all in front.
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.WindowSize(1200, 900),
	)
	c.ctx, _ = chromedp.NewContext(alloc)
	c.err = chromedp.Do(c.ctx)
}

// end waits for the browser to end, which is writing to its directory.
func (c *chromiumProcess) end() {
	if c.stop != nil {
		_ = chromedp.Cancel(c.ctx)
		c.stop()
	}
	_ = os.RemoveAll(c.profile)
}
