package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long anything on a page may take.
const patience = 20 * time.Second

// page is a tab of some browser.
type page struct {
	t *testing.T
	driver
}

// driver is what every browser can do.
type driver interface {
	navigate(ctx context.Context, url string) error
	// evaluate gives the value of an expression, or of the promise that it is.
	evaluate(ctx context.Context, js string, into any) error
	// enter types into an element; \r is the Enter key.
	enter(ctx context.Context, selector, text string) error
	clearCookies(ctx context.Context) error
	screenshot(ctx context.Context) ([]byte, error)
	// logged lets read see what the browser has told so far.
	logged(read func(*browserLog))
}

// browserLog is what a browser tells about a page.
type browserLog struct {
	requests []string // addresses, those of WebSockets left out
	sockets  []string // addresses of WebSockets
	statuses map[string][]int64
	errors   []string // of the console
}

func (l *browserLog) addRequest(address string) {
	if strings.HasPrefix(address, "ws:") || strings.HasPrefix(address, "wss:") {
		l.sockets = append(l.sockets, address)
		return
	}
	l.requests = append(l.requests, address)
}

// viewer is whatever shows a page.
type viewer interface{ view() *page }

func (p *page) view() *page { return p }

// eval is the value of an expression on the page.
func eval[T any](v viewer, js string) T {
	p := v.view()
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var value T
	if err := p.evaluate(ctx, js, &value); err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return value
}

// until waits for an expression to be true. chromedp's own polling evaluates a text on
// the page, which the page's policy forbids.
func (p *page) until(js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		var done bool
		err := p.evaluate(ctx, "!!("+js+")", &done)
		if err == nil && done {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("not within %v: %s (%v)\n%s", patience, js, err, p.text())
		}
	}
}

func (p *page) text() (text string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = p.evaluate(ctx, `document.body?.innerText ?? ''`, &text)
	return text
}

func (p *page) open(url string) {
	p.t.Helper()
	p.try("open "+url, func(ctx context.Context) error { return p.navigate(ctx, url) })
}

// try runs a step within bounds.
func (p *page) try(what string, step func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := step(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

func (p *page) signIn(s *site) {
	p.t.Helper()
	p.open(s.url)
	p.until(`location.pathname === '/sign-in'`)
	p.try("sign in", func(ctx context.Context) error { return p.enter(ctx, "#password", password+"\r") })
	p.until(`location.pathname === '/' && document.querySelector('.card')`)
}

func (p *page) untilLive() {
	p.t.Helper()
	p.until(`document.querySelectorAll('.card').length === 2 && document.querySelectorAll('[data-state=live]').length === 2`)
}

// rows are the events on the page, the oldest first.
func (p *page) rows() []string {
	p.t.Helper()
	ids := eval[[]string](p, `[...document.querySelectorAll('tbody tr[data-event]')].map(r => r.dataset.event)`)
	slices.Reverse(ids)
	return ids
}

func (p *page) untilRows(n int) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelectorAll('tbody tr[data-event]').length >= %d`, n))
}

// signOutBehindItsBack ends the session without the page.
func (p *page) signOutBehindItsBack() {
	p.t.Helper()
	p.try("clear the cookies", p.clearCookies)
}

// tokenRequests is how often the page has asked for a token.
func (p *page) tokenRequests() (n int) {
	p.logged(func(log *browserLog) {
		for _, u := range log.requests {
			if strings.Contains(u, "/ws-token") {
				n++
			}
		}
	})
	return n
}

func (p *page) socketURLs() (urls []string) {
	p.logged(func(log *browserLog) { urls = slices.Clone(log.sockets) })
	return urls
}

// wantNoErrors holds the console to silence.
func (p *page) wantNoErrors() {
	p.t.Helper()
	p.logged(func(log *browserLog) {
		for _, e := range log.errors {
			p.t.Errorf("console: %s", e)
		}
	})
}

// forgive leaves out the console's notes that have this text: those about answers a test asked for.
func (p *page) forgive(text string) {
	p.logged(func(log *browserLog) {
		log.errors = slices.DeleteFunc(log.errors, func(e string) bool { return strings.Contains(e, text) })
	})
}

// keepScreenshot keeps what a failed test saw last.
func (p *page) keepScreenshot() {
	if !p.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	png, err := p.screenshot(ctx)
	if err != nil {
		p.t.Logf("no screenshot: %v", err)
		return
	}
	p.t.Logf("screenshot: %s", saveScreenshot(p.t, "screenshots", png))
}

func saveScreenshot(t *testing.T, dir string, png []byte) string {
	t.Helper()
	name := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())+".png")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, png, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
