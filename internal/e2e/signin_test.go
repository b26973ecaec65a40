package e2e_test

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, time.Minute)
	tb := newTab(t)
	tb.open(s.url)
	tb.until(`location.pathname === '/sign-in' && document.activeElement.id === 'password'`)
	tb.do(chromedp.SendKeys(chromedp.CSS("#password"), "a wrong password\r"))
	tb.until(`document.querySelector('[role=alert]')?.innerText === 'That is not the password.'`)
	tb.signIn(s)
	tb.untilLive()

	cookies := call(tb, network.GetCookies, network.GetCookiesParams{}).Cookies
	if len(cookies) != 1 || !cookies[0].HTTPOnly || cookies[0].SameSite != network.CookieSameSiteLax {
		t.Errorf("cookies: %+v", cookies)
	}
	tb.do(chromedp.Click(chromedp.CSS("#sign-out button")))
	tb.until(`location.pathname === '/sign-in'`)
	waitFor(t, "the streams end with the page", func() bool { return s.openStreams() == 0 })
	tb.open(s.url)
	tb.until(`location.pathname === '/sign-in'`)
	tb.forgive("status of 401") // the wrong password's
	tb.wantNoErrors()
	tb.wantNoSecrets(s)
}
