package doctor

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answer is what came for a request without a key. Pepay refuses it.
func (n *network) answer(context.Context) Finding {
	r := &n.reached
	change := "check the address in " + n.setting
	took := r.ended.Sub(r.began)
	switch {
	case r.status == 0 && isTimeout(r.err):
		return failed("%s took the request, and did not answer within %s", n.url.Host, n.timeout).do("try again later, or give it longer with --timeout")
	case r.status == 0:
		return failed("%s did not answer: %s", n.url.Host, n.failure(r.err)).do(change + ": something else than Pepay may be there")
	case r.status == http.StatusBadRequest && n.url.Scheme == "http" && strings.Contains(strings.ToLower(r.body), "https"):
		return failed("%s wants https", n.url.Host).do("write https:// in " + n.setting)
	case r.status >= 300 && r.status < 400:
		return failed("%s answered %s to %s; requests do not follow, because the key would go along", n.url.Host, status(r.status), elsewhere(r.header)).do(change)
	case r.status == http.StatusNotFound || r.status == http.StatusMethodNotAllowed:
		return failed("%s answered %s: Pepay's Events API is not at this address", n.url.Host, status(r.status)).do(change)
	case r.status >= 500:
		return failed("%s answered %s, so that Pepay or a proxy before it does not work now", n.url.Host, status(r.status)).do("try again later")
	case isPage(r.header):
		return failed("%s answered %s with a web page, which Pepay does not", n.url.Host, status(r.status)).
			do(change, "in a hotel, train or company network, sign in with a browser first")
	case n.slow > 0 && took > n.slow:
		return warning("Pepay answers after %s, which is slow", short(took)).do("try again later, or from another network")
	}
	return ok("Pepay answers (%s)", short(took))
}

func isPage(header http.Header) bool { return strings.Contains(header.Get("Content-Type"), "html") }

// elsewhere is the host that a redirect leads to.
func elsewhere(header http.Header) string {
	to, err := url.Parse(header.Get("Location"))
	if err != nil || to.Host == "" {
		return "another path"
	}
	return to.Scheme + "://" + to.Host
}

// What a difference of clocks breaks.
const (
	skewToKnow   = 5 * time.Second
	skewOfHooks  = 5 * time.Minute // package webhook's tolerance
	lifeOfTokens = time.Minute     // wrapper.DefaultTokenTTL
)

// clockSkew compares this machine's clock with Pepay's.
func (n *network) clockSkew(context.Context) Finding {
	r := &n.reached
	if r.status == 0 {
		return skipped("not tried: there was no answer")
	}
	date, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return skipped("the answer has no Date to compare with")
	}
	n.skew = skew(date, r.began, r.ended)
	if n.skew.Abs() <= skewToKnow {
		return ok("this machine's agrees with Pepay's")
	}
	direction, looks := "behind", "longer-lived than it is"
	if n.skew < 0 {
		direction, looks = "ahead of", "shorter-lived than it is"
		if n.skew < -lifeOfTokens {
			looks = "expired when it is new"
		}
	}
	const mend = "set the clock of this machine, for instance by switching on its time synchronization (NTP)"
	tokens := "until then, code that compares a token's expires_at with the clock takes it for " + looks + "; package wstoken corrects this"
	if n.skew.Abs() < skewOfHooks {
		return warning("this machine's is %s %s Pepay's", long(n.skew), direction).do(mend, tokens)
	}
	return failed("this machine's is %s %s Pepay's", long(n.skew), direction).
		do(mend, "until then, webhooks are refused, because their timestamp may be 5 min off at most", tokens)
}

// skew is how far Pepay's clock is ahead, at least: Date has whole seconds, and was
// written somewhere between the two times.
func skew(date, began, ended time.Time) time.Duration {
	least, most := date.Sub(ended), date.Add(time.Second).Sub(began)
	switch {
	case least > 0:
		return least
	case most < 0:
		return most
	}
	return 0
}
