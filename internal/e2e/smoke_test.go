package e2e_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// smoke is what has to work in every browser.
var smoke = map[string]func(t *testing.T, open func(*testing.T) *page){
	"events appear": func(t *testing.T, open func(*testing.T) *page) {
		s := newSite(t, time.Minute)
		p := open(t)
		p.signIn(s)
		p.untilLive()
		want := s.emitInvoiceAndOrder("1")
		p.untilRows(len(want))
		p.until(`document.querySelector('tbody').innerText.includes('underpaid')`)
		p.until(`document.querySelectorAll('#chart rect').length >= 4`)
		p.until(`document.querySelector('#announcer').textContent.includes('new event')`)
		p.wantNoErrors()
		p.wantNoSecrets(s)
	},

	// Tokens live six seconds and Pepay closes the connection when they end: the page goes
	// through several without being loaded again, and misses nothing.
	"tokens are renewed": func(t *testing.T, open func(*testing.T) *page) {
		s := newSite(t, 6*time.Second, pepaytest.WithCloseOnExpiry())
		p := open(t)
		p.signIn(s)
		p.untilLive()
		eval[bool](p, `window.sameDocument = true`)
		want := s.emitUntil(func() {
			p.until(`[...document.querySelectorAll('.resumes')].every(e => /^[2-9] times$/.test(e.innerText)) && [...document.querySelectorAll('.renewals')].every(e => /^[2-9] times$/.test(e.innerText))`)
		})
		p.untilRows(len(want))
		if got := p.rows(); !slices.Equal(got, want) {
			t.Errorf("got %d events, want %d: %v\n%v", len(got), len(want), got, want)
		}
		if !eval[bool](p, `window.sameDocument === true`) {
			t.Error("the page was loaded again")
		}
		p.wantNoErrors()
		p.wantNoSecrets(s)
	},

	// The connection is dropped after three events, and nine more happen before it is back.
	"a dropped connection is resumed": func(t *testing.T, open func(*testing.T) *page) {
		s := newSite(t, time.Minute)
		s.sim.Faults().On("openMerchantStream", pepaytest.DropAfter(3), pepaytest.Next(1))
		p := open(t)
		p.signIn(s)
		p.untilLive()
		var want []string
		for i := range 12 {
			want = append(want, s.emit(pepay.EventInvoiceUpdated, fmt.Sprint("inv_", i), "paid"))
		}
		p.untilRows(len(want))
		p.until(`document.querySelector('[data-scope=merchant] .resumes').innerText === 'once'`)
		if got := p.rows(); !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		p.untilLive()
		p.forgive("was interrupted while the page was loading") // Firefox about a connection that ends
		p.wantNoErrors()
		p.wantNoSecrets(s)
	},

	// The session is over: the page says so, offers to sign in and leaves the endpoint alone.
	"a refusal is not stormed": func(t *testing.T, open func(*testing.T) *page) {
		s := newSite(t, 4*time.Second)
		p := open(t)
		p.signIn(s)
		p.untilLive()
		p.signOutBehindItsBack()
		p.until(`document.querySelectorAll('[data-state=refused]').length === 2`)
		p.until(`document.querySelector('.card .why').innerText === 'You are not signed in any more.'`)
		p.until(`document.querySelector('.card .state-text').innerText === 'Signed out' && document.querySelector('.card .again a').checkVisibility()`)
		p.until(`document.querySelector('#announcer').textContent.includes('Signed out')`)
		waitFor(t, "the streams are closed", func() bool { return s.openStreams() == 0 })
		before := p.tokenRequests()
		eval[bool](p, `new Promise(done => setTimeout(done, 3000, true))`)
		if n := p.tokenRequests(); n != before {
			t.Errorf("%d more requests after the refusal", n-before)
		}
		eval[bool](p, `document.querySelector('.card .again a').click() ?? true`)
		p.until(`location.pathname === '/sign-in'`)
		p.forgive("status of 401")
		p.wantNoErrors()
		p.wantNoSecrets(s)
	},

	// One stream has fallen silent, as if the machine behind it had vanished. The network is back: each stream
	// gets a second connection beside the first, which it replaces.
	"a doubted connection is replaced": func(t *testing.T, open func(*testing.T) *page) {
		s := newSite(t, time.Minute)
		s.sim.Faults().On("openMerchantStream", pepaytest.SilentAfter(2), pepaytest.Next(1))
		p := open(t)
		p.signIn(s)
		p.untilLive()
		var want []string
		for i := range 6 {
			want = append(want, s.emit(pepay.EventInvoiceUpdated, fmt.Sprint("inv_", i), "paid"))
		}
		p.untilRows(2)
		eval[bool](p, `dispatchEvent(new Event('online'))`)
		p.untilRows(len(want))
		waitFor(t, "each stream was opened twice", func() bool { return s.upgrades() == 4 })
		want = append(want, s.emit(pepay.EventInvoiceUpdated, "inv_last", "paid"))
		p.untilRows(len(want))
		if got := p.rows(); !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		if got := eval[[]string](p, `[...document.querySelectorAll('.resumes')].map(e => e.innerText)`); !slices.Equal(got, []string{"not yet", "not yet"}) {
			t.Errorf("the page took it for a loss: %v", got)
		}
		p.wantNoErrors()
		p.wantNoSecrets(s)
	},
}

func TestSmoke(t *testing.T) {
	t.Parallel()
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		runSmoke(t, func(t *testing.T) *page { t.Helper(); return newTab(t).page })
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		runSmoke(t, sharedFirefox.shared(t).newPage)
	})
}

func runSmoke(t *testing.T, open func(*testing.T) *page) {
	t.Helper()
	for name, test := range smoke {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

// emitUntil has invoices paid, one after the other, until the page has done what is waited for.
func (s *site) emitUntil(wait func()) []string {
	s.t.Helper()
	var ids []string
	stop, emitted := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(emitted)
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-tick.C:
				ids = append(ids, s.emit(pepay.EventInvoiceUpdated, fmt.Sprint("inv_", i), "paid"))
			case <-stop:
				return
			}
		}
	}()
	defer func() { <-emitted }()
	func() {
		defer close(stop)
		wait()
	}()
	<-emitted
	return ids
}

// upgrades is how many streams were opened so far.
func (s *site) upgrades() (n int) {
	for _, r := range s.sim.Requests() {
		if r.Operation == "openMerchantStream" || r.Operation == "openCommerceStream" {
			n++
		}
	}
	return n
}
