package e2e_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a page in Chromium.
type tab struct {
	*page
	ctx context.Context

	mu  sync.Mutex
	log browserLog
}

// need finds a program, or skips: with CI set, a test that cannot run has failed. With
// -short every test here is skipped: they all run programs that take long to start.
func need(t *testing.T, install string, names ...string) string {
	t.Helper()
	skipIfShort(t, "runs "+names[0])
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	message := "this test needs " + install
	if os.Getenv("CI") != "" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

func skipIfShort(t *testing.T, why string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: " + why)
	}
}

// newTab opens a page that shares nothing with those of other tests: no cookies, no storage, no process.
func newTab(t *testing.T) *tab {
	t.Helper()
	tb := newTabIn(t, chromium.shared(t), chromedp.WithNewBrowserContext())
	t.Cleanup(tb.keepScreenshot)
	return tb
}

// sameBrowser is another page with the same cookies.
func (tb *tab) sameBrowser() *tab {
	tb.t.Helper()
	return newTabIn(tb.t, tb.ctx)
}

func newTabIn(t *testing.T, in context.Context, opts ...chromedp.ContextOption) *tab { //nolint:revive // the context is the browser or a tab
	t.Helper()
	ctx, cancel := chromedp.NewContext(in, opts...)
	t.Cleanup(cancel)
	tb := &tab{ctx: ctx, log: browserLog{statuses: map[string][]int64{}}}
	tb.page = &page{t: t, driver: tb}
	tb.attach()
	return tb
}

// attach opens the tab, which lives as long as the context: no deadline here.
func (tb *tab) attach() {
	tb.t.Helper()
	if err := chromedp.Listen(tb.ctx, tb.listen); err != nil {
		tb.t.Fatal(err)
	}
	call(tb, network.Enable, network.EnableParams{})
	call(tb, log.Enable, cdp.Empty{})
	call(tb, cdpruntime.Enable, cdp.Empty{})
}

func (tb *tab) listen(ev any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		tb.log.addRequest(ev.Request.URL)
	case *network.EventResponseReceived:
		tb.log.statuses[ev.Response.URL] = append(tb.log.statuses[ev.Response.URL], ev.Response.Status)
	case *network.EventWebSocketCreated:
		tb.log.addRequest(ev.URL)
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			tb.log.errors = append(tb.log.errors, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *cdpruntime.EventConsoleAPICalled:
		for _, arg := range ev.Args {
			tb.log.errors = append(tb.log.errors, ev.Type.String()+" "+string(arg.Value))
		}
	case *cdpruntime.EventExceptionThrown:
		tb.log.errors = append(tb.log.errors, ev.ExceptionDetails.Text)
	}
}

func (tb *tab) logged(read func(*browserLog)) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	read(&tb.log)
}

// within is the tab with the limit of ctx: a context of its own is what chromedp knows a tab by.
func (tb *tab) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(tb.ctx, deadline)
	}
	return context.WithCancel(tb.ctx)
}

func (tb *tab) navigate(ctx context.Context, url string) error {
	ctx, cancel := tb.within(ctx)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(url))
}

func (tb *tab) evaluate(ctx context.Context, js string, into any) error {
	ctx, cancel := tb.within(ctx)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[json.RawMessage](js, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal(value, into)
}

func (tb *tab) enter(ctx context.Context, selector, text string) error {
	ctx, cancel := tb.within(ctx)
	defer cancel()
	return chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (tb *tab) clearCookies(context.Context) error {
	_, err := chromedp.Call(tb.ctx, network.ClearBrowserCookies, cdp.Empty{})
	return err
}

func (tb *tab) screenshot(ctx context.Context) ([]byte, error) {
	ctx, cancel := tb.within(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.FullScreenshot(100))
}

// do runs steps within bounds.
func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.t.Fatal(err)
	}
}

func call[P, R any](tb *tab, cmd cdp.Command[P, R], params P) R {
	tb.t.Helper()
	result, err := chromedp.Call(tb.ctx, cmd, params)
	if err != nil {
		tb.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return result
}

// wantStill fails if anything has moved since the page was first painted. A shift below a
// thousandth is a part of a pixel, such as rounding. Only Chromium tells.
func (tb *tab) wantStill(what string) {
	tb.t.Helper()
	for _, shift := range eval[[]string](tb, `new Promise(done => { const shifts = []; new PerformanceObserver(list => { for (const e of list.getEntries()) if (e.value >= 0.001) for (const s of e.sources) shifts.push(e.value + ' ' + s.node?.outerHTML?.slice(0, 80)) }).observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(shifts), 500) })`) {
		tb.t.Errorf("%s: something moves: %s", what, shift)
	}
}

// scheme is what the person prefers, light or dark; and nothing moves.
func (tb *tab) scheme(name string) {
	tb.t.Helper()
	call(tb, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}
