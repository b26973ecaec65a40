package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	cdpruntime "github.com/chromedp/cdproto/runtime"
)

// many makes n requests, on a few connections.
func (s *consoleSite) many(n int) {
	s.t.Helper()
	const workers = 4
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				req, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/api/v1/events?limit=1&n=%d", s.sim.URL(), i), http.NoBody)
				if err != nil {
					s.t.Error(err)
					return
				}
				req.Header.Set("x-api-key", s.sim.APIKey())
				resp, err := s.sim.Client().Do(req)
				if err != nil {
					s.t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
}

// heap is what the page's script holds, in MB, after a collection.
func (tb *tab) heap() float64 {
	tb.t.Helper()
	call(tb, heapprofiler.CollectGarbage, cdp.Empty{})
	usage := call(tb, cdpruntime.GetHeapUsage, cdp.Empty{})
	return usage.UsedSize / 1e6
}

// However many requests there are, the page has rows for those that are seen, and what it holds has a limit.
// What is read stays where it is while new ones come.
func TestConsoleWithManyRequests(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	tb := newTab(t)
	s.many(10_000)
	s.show(tb.page, "#/requests")
	tb.until(`document.querySelectorAll('.rows li').length > 5`)
	const rows = `document.querySelectorAll('.rows li').length`
	most := 0
	for page := 0; eval[string](tb, `document.querySelector('.count').textContent.replace(/\D/g, '')`) != "10000"; page++ {
		if page > 300 {
			t.Fatalf("only %s are loaded", eval[string](tb, `document.querySelector('.count').textContent`))
		}
		most = max(most, eval[int](tb, `new Promise(done => { const s = document.querySelector('.scroll'); s.scrollTop = s.scrollHeight; setTimeout(() => done(`+rows+`), 60) })`))
	}
	if most > 60 {
		t.Errorf("%d rows exist", most)
	}
	eval[bool](tb, `(document.querySelector('.scroll').scrollTop = 1e9) && true`)
	tb.until(`document.querySelector('.rows li:last-child').dataset.key === '1'`)
	if mb := tb.heap(); mb > 40 {
		t.Errorf("the page holds %.1f MB", mb)
	}

	// In the middle of the list, while two thousand more come.
	middle := eval[string](tb, `new Promise(done => { const s = document.querySelector('.scroll'); s.scrollTop = 3000; requestAnimationFrame(() => requestAnimationFrame(() => done(topmost()))); function topmost() { const r = s.getBoundingClientRect(); return document.elementFromPoint(r.left + 30, r.top + 30).closest('li').dataset.key } })`)
	s.many(60)
	tb.until(`document.querySelector('.scroll').scrollTop > 3000 + 60 * 40`)
	if now := eval[string](tb, `(() => { const r = document.querySelector('.scroll').getBoundingClientRect(); return document.elementFromPoint(r.left + 30, r.top + 30).closest('li').dataset.key })()`); now != middle {
		t.Errorf("row %s was read, and now %s is there", middle, now)
	}
	s.many(2000)
	eval[bool](tb, `(document.querySelector('.scroll').scrollTop = 0) || true`)
	tb.until(`document.querySelector('.rows li')?.dataset.key === '12060'`)
	if n := eval[int](tb, rows); n > 60 {
		t.Errorf("%d rows exist", n)
	}
	if mb := tb.heap(); mb > 40 {
		t.Errorf("the page holds %.1f MB", mb)
	}
	tb.until(`document.querySelector('#live').dataset.state === 'live'`)
	tb.wantNoErrors()
	tb.logged(func(log *browserLog) {
		asked := 0
		for _, address := range log.requests {
			if strings.Contains(address, "/_pepaytest/requests") {
				asked++
			}
		}
		if asked > 300 {
			t.Errorf("the list was asked for %d times", asked)
		}
	})
}
