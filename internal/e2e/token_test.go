package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// Tokens live six seconds and Pepay closes the connection when they end: the page goes
// through several without being loaded again, and misses nothing.
func TestExpiryIsRenewedWithoutAReload(t *testing.T) {
	t.Parallel()
	s := newSite(t, 6*time.Second, pepaytest.WithCloseOnExpiry())
	tb := s.signedIn()
	eval[bool](tb, `window.sameDocument = true`)
	var want []string
	stop := make(chan struct{})
	emitted := make(chan struct{})
	go func() {
		defer close(emitted)
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-tick.C:
				want = append(want, s.emit(pepay.EventInvoiceUpdated, fmt.Sprint("inv_", i), "paid"))
			case <-stop:
				return
			}
		}
	}()
	tb.until(`[...document.querySelectorAll('.resumes')].every(e => /^[2-9] times$/.test(e.innerText)) && [...document.querySelectorAll('.renewals')].every(e => /^[2-9] times$/.test(e.innerText))`)
	close(stop)
	<-emitted
	tb.untilRows(len(want))
	if got := tb.rows(); !slices.Equal(got, want) {
		t.Errorf("got %d events, want %d: %v\n%v", len(got), len(want), got, want)
	}
	if !eval[bool](tb, `window.sameDocument === true`) {
		t.Error("the page was loaded again")
	}
	tb.wantNoErrors()
	tb.wantNoSecrets(s)
}

// The session is over and the connection is lost: the page says so, offers to sign in
// and leaves the endpoint alone.
func TestRefusalIsNotStormed(t *testing.T) {
	t.Parallel()
	s := newSite(t, 4*time.Second)
	tb := s.signedIn()
	call(tb, network.ClearBrowserCookies, cdp.Empty{})
	tb.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
	tb.until(`document.querySelector('.card .why').innerText === 'You may not see these events.'`)
	tb.until(`document.querySelector('.card .state-text').innerText === 'Not allowed' && document.querySelector('.card .again button').checkVisibility()`)
	tb.until(`document.querySelector('#announcer').textContent.includes('Not allowed')`)
	waitFor(t, "the streams are closed", func() bool { return s.openStreams() == 0 })
	before := tb.tokenRequests()
	eval[bool](tb, `new Promise(done => setTimeout(done, 3000, true))`)
	if n := tb.tokenRequests(); n != before {
		t.Errorf("%d more requests after the refusal", n-before)
	}
	tb.forgive("403")
	tb.wantNoErrors()
	tb.wantNoSecrets(s)
}

// Pepay gives no token: the page says so, asks ever less often, and goes on when it can.
func TestOutage(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	s.sim.Faults().On("mintWsToken", pepaytest.Status(http.StatusUnauthorized), pepaytest.Always())
	tb := newTab(t)
	tb.signIn(s)
	tb.until(`document.querySelector('[data-scope=merchant] .why').innerText === 'No token is available at the moment (502).'`)
	eval[bool](tb, `new Promise(done => setTimeout(done, 3000, true))`)
	if n := tb.tokenRequests(); n > 20 {
		t.Errorf("%d requests in three seconds by two streams", n)
	}
	s.sim.Faults().Reset()
	tb.untilLive()
	tb.forgive("502")
	tb.wantNoErrors()
}

// A page of another origin, open in the browser of somebody who is signed in, gets no
// token, cannot sign them out and cannot show the page in a frame.
func TestOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	evil := newEvilSite(t)
	for _, origin := range []string{evil, strings.Replace(evil, "127.0.0.1", "localhost", 1)} {
		other := tb.sameBrowser()
		other.open(origin)
		for _, init := range []string{`{method:'POST',credentials:'include'}`, `{method:'POST',credentials:'include',mode:'no-cors'}`, `{method:'POST',credentials:'include',headers:{'X-Any':'1'}}`} {
			got := eval[string](other, fmt.Sprintf(`fetch('%s/ws-token?scope=merchant', %s).then(r => r.type === 'opaque' ? 'opaque' : r.text(), e => 'refused')`, s.url, init))
			if got != "refused" && got != "opaque" {
				t.Errorf("%s %s: %s", origin, init, got)
			}
		}
		eval[bool](other, fmt.Sprintf(`(() => { const f = document.createElement('iframe'); f.src = '%s/'; f.name = 'frame'; document.body.append(f); return true })()`, s.url))
		eval[bool](other, fmt.Sprintf(`(() => { const f = document.createElement('form'); f.method = 'post'; f.action = '%s/sign-out'; document.body.append(f); f.submit(); return true })()`, s.url))
		other.until(`document.body.innerText.includes('cross-origin')`)
		for u, statuses := range other.answers() {
			if strings.HasPrefix(u, s.url+"/ws-token") || strings.HasPrefix(u, s.url+"/sign-out") {
				for _, status := range statuses {
					if status != http.StatusForbidden {
						t.Errorf("%s from %s: %d", u, origin, status)
					}
				}
			}
		}
	}
	s.course("1") // still signed in, still live
	tb.untilRows(5)
	tb.wantNoErrors()
}

// The policy holds against what an attacker who can change the page would try.
func TestPolicyForbidsTheRest(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := s.signedIn()
	elsewhere := newEvilSite(t)
	eval[bool](tb, `(() => {
		window.violations = [];
		document.addEventListener('securitypolicyviolation', e => violations.push(e.effectiveDirective));
		const script = document.createElement('script'); script.textContent = 'window.pwned = true'; document.body.append(script);
		const style = document.createElement('style'); style.textContent = 'body { display: none }'; document.body.append(style);
		const image = document.createElement('img'); image.src = '`+elsewhere+`/?leak'; document.body.append(image);
		fetch('`+elsewhere+`').catch(() => {});
		try { new WebSocket('ws' + '`+strings.TrimPrefix(elsewhere, "http")+`'); } catch {}
		return true;
	})()`)
	tb.until(`['script-src-elem', 'style-src-elem', 'img-src', 'connect-src'].every(d => violations.includes(d)) && violations.filter(d => d === 'connect-src').length === 2`)
	tb.until(`!window.pwned && getComputedStyle(document.body).display !== 'none'`)
}
