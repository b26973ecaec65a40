package doctor

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// network is the way to an address. Every part of it is a check.
type network struct {
	group   Group
	url     *url.URL // that the probe asks for
	setting string   // where a person changes the address
	own     bool     // the address is Pepay's own
	proxy   *url.URL
	timeout time.Duration
	slow    time.Duration

	checks []*Check
	whole  *Check // works where requests arrive
	clock  *Check // nil on the way to streams

	reached reached       // once the first check is done
	skew    time.Duration // Pepay's clock minus this machine's, once clock is done
}

// apiNetwork are the checks of the way to the API.
func (d *doctor) apiNetwork() *network {
	n := &network{group: Group{"network", "Network"}, setting: d.API.Setting, timeout: d.Timeout, slow: d.Slow, whole: d.apiAddress}
	if d.Client != nil {
		n.own = d.API.URL.String() == wrapper.DefaultBaseURL
		n.url = d.API.URL.JoinPath("/api/v1/events") // every server of Pepay's has it, for keys only
	}
	d.way(n)
	first := n.whole
	answer := n.add("answer", "HTTP answer", n.answer, n.whole)
	n.clock = n.add("clock", "clock", n.clockSkew, first)
	n.clock.After = []*Check{answer}
	n.whole = answer
	return n
}

// streamNetwork are the checks of the way to the streams. Where that is the way to the
// API, they are those of the API.
func (d *doctor) streamNetwork() *network {
	n := &network{group: Group{"stream-network", "Network, for streams"}, setting: d.Streams.Setting, timeout: d.Timeout, whole: d.streamAddress}
	if d.Client == nil || d.Streams.Err != nil {
		return n
	}
	n.url = overHTTP(d.Streams.URL)
	if n.url.Scheme == d.api.url.Scheme && n.url.Host == d.api.url.Host {
		return d.api
	}
	d.way(n)
	return n
}

// way adds the checks from the name to the encrypted connection.
func (d *doctor) way(n *network) {
	var agent string
	if d.Client != nil {
		agent = d.Client.UserAgent()
		n.proxy, _ = d.proxyOf(n.url) // an error is a finding of the settings
	}
	n.whole = n.add("dns", "DNS", func(ctx context.Context) Finding {
		n.reached = probe(ctx, d.Transport, agent, n.url)
		return n.dns()
	}, n.whole)
	n.whole = n.add("connection", "connection", n.connection, n.whole)
	if n.proxy != nil {
		n.whole = n.add("proxy", "proxy", n.tunnel, n.whole)
	}
	n.whole = n.add("tls", "TLS", n.tls, n.whole)
}

func (n *network) add(id, name string, run func(context.Context) Finding, needs *Check) *Check {
	c := &Check{Group: n.group, ID: id, Name: name, Needs: []*Check{needs}, Run: run}
	n.checks = append(n.checks, c)
	return c
}

// dialed is the host that this machine connects to.
func (n *network) dialed() string {
	if n.proxy != nil {
		return n.proxy.Hostname()
	}
	return n.url.Hostname()
}

func (n *network) dns() Finding {
	r, host := &n.reached, n.dialed()
	whose := ""
	if n.proxy != nil {
		whose = "the proxy "
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ok("%s%s needs no lookup", whose, host)
	}
	switch {
	case !r.looked && r.dialed == "": // it did not come so far
		return failed("%s", n.failure(r.err))
	case r.lookup.err != nil || r.looked && len(r.addresses) == 0:
		return failed("%s%s: %s", whose, host, lookupFailure(r.lookup.err, n.timeout)).do(n.hostAdvice()...)
	}
	var addresses []string
	for _, address := range r.addresses {
		addresses = append(addresses, address.String())
	}
	slices.Sort(addresses)
	const shown = 3
	text := strings.Join(addresses[:min(shown, len(addresses))], ", ")
	if len(addresses) > shown {
		text += ", …"
	}
	return ok("%s%s is %s (%s)", whose, host, text, short(r.lookup.took))
}

// hostAdvice is what to do where a name does not lead anywhere.
func (n *network) hostAdvice() []string {
	if n.proxy != nil {
		return []string{"check the address in " + proxyVariable()}
	}
	if n.own {
		return []string{"check that this machine is on the internet and that its DNS works", "where only a proxy leads out, set HTTPS_PROXY=http://HOST:PORT"}
	}
	return []string{"check the spelling of the address, " + n.setting}
}

func (n *network) connection(context.Context) Finding {
	r := &n.reached
	switch {
	case r.connected:
		return ok("%s is open (%s)", r.dialed, short(r.dial.took))
	case r.dial.err != nil:
		return failed("%s: %s", r.dialed, n.failure(r.dial.err)).do(n.connectionAdvice(r.dial.err)...)
	}
	return failed("%s: %s", n.dialed(), n.failure(r.err)).do(n.connectionAdvice(r.err)...)
}

func (n *network) connectionAdvice(err error) []string {
	switch {
	case n.proxy != nil:
		return []string{"check that the proxy runs, and its address in " + proxyVariable()}
	case isRefused(err) && isLoopback(n.url.Hostname()):
		return []string{"start it ('pepay mock' runs the simulator), or check the port in " + n.setting}
	case isRefused(err):
		return []string{"check the port in " + n.setting + " and that the server runs"}
	}
	return []string{"a firewall may be in the way; where only a proxy leads out, set HTTPS_PROXY=http://HOST:PORT"}
}

// tunnel is the part of the way on which a proxy connects to Pepay.
func (n *network) tunnel(context.Context) Finding {
	r, to := &n.reached, n.url.Host
	switch {
	case r.tunnel == 407:
		return failed("%s wants a user and a password", n.proxy.Host).do("write them as " + proxyVariable() + "=http://USER:PASSWORD@HOST:PORT")
	case r.tunnel >= 300:
		return failed("%s answered %s and does not connect to %s", n.proxy.Host, status(r.tunnel), to).
			do("ask who runs the proxy to allow "+to, "or go past it: add "+n.url.Hostname()+" to NO_PROXY")
	case r.shaking || r.status != 0:
		return ok("%s connects to %s", n.proxy.Host, to)
	}
	return failed("%s does not connect to %s: %s", n.proxy.Host, to, n.failure(r.err)).do("check the proxy, and its address in " + proxyVariable())
}
