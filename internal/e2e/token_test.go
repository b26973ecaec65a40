package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// Whoever is signed in and not allowed is not asked to sign in again.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	s := newSite(t, 4*time.Second)
	tb := s.signedIn()
	eval[bool](tb, `(() => { window.fetch = async () => new Response('{"error":"forbidden"}', {status: 403}); return true })()`)
	tb.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
	tb.until(`document.querySelector('.card .why').innerText === 'You may not see these events.'`)
	tb.until(`document.querySelector('.card .state-text').innerText === 'Not allowed' && !document.querySelector('.card .again a').checkVisibility() && document.querySelector('.card .again button').checkVisibility()`)
	tb.wantNoErrors()
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
	tb.forgive("status of 502")
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
	s.emitInvoiceAndOrder("1") // still signed in, still live
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
