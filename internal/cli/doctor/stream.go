package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// stream opens the stream that the key is for, and pings.
func (a *account) stream(ctx context.Context) Finding {
	if a.refused {
		return skipped("not tried, because Pepay does not know the key")
	}
	path := "/ws/merchant/events"
	if a.scope == pepay.WSTokenScopeCommerce || a.scope == "" && a.CommerceOnly {
		path = "/ws/commerce/events"
	}
	began := time.Now()
	conn, resp, err := a.upgrade(ctx, path) //nolint:bodyclose // the library closes it
	switch {
	case err == nil:
	case resp != nil && resp.StatusCode != http.StatusSwitchingProtocols:
		return a.otherAnswer(path, resp)
	case resp != nil:
		return failed("%s: the 101 that came is not a WebSocket's: %s", path, failure(err, a.Timeout)).do(upgradeAdvice(a.streams)...)
	case isTimeout(err):
		return failed("%s: no answer to the upgrade within %s", path, a.Timeout).do(upgradeAdvice(a.streams)...)
	default:
		return failed("%s: %s", path, failure(err, a.Timeout)).do(upgradeAdvice(a.streams)...)
	}
	opened := time.Since(began)
	defer func() { _ = conn.CloseNow() }()
	began = time.Now()
	if err := ping(ctx, conn); err != nil {
		return a.silent(path, err)
	}
	return ok("%s opened (%s) and answered a ping (%s)", path, short(opened), short(time.Since(began)))
}

// upgrade dials as package stream does: the credential is added inside of the
// transport, where no error can repeat it.
func (a *account) upgrade(ctx context.Context, path string) (*websocket.Conn, *http.Response, error) {
	hc := a.Client.HTTPClient()
	hc.Transport = signing{hc.Transport, a.Client}
	u := a.Client.StreamURL().JoinPath(path)
	u.RawQuery = "format=event_v1"
	return websocket.Dial(ctx, u.String(), &websocket.DialOptions{
		HTTPClient:      hc,
		HTTPHeader:      http.Header{"User-Agent": {a.Client.UserAgent()}},
		CompressionMode: websocket.CompressionDisabled,
	})
}

// signing adds the key to a copy of each request.
type signing struct {
	next   http.RoundTripper
	client *wrapper.Client
}

func (t signing) RoundTrip(req *http.Request) (*http.Response, error) {
	signed := req.Clone(req.Context())
	if err := t.client.Authorize(signed); err != nil {
		return nil, err
	}
	return t.next.RoundTrip(signed)
}

// ping waits for the answer to a ping. Events that come meanwhile are read and dropped;
// the stream's next reader gets them anyway.
func ping(ctx context.Context, conn *websocket.Conn) error {
	const longest = 8 << 20
	conn.SetReadLimit(longest)
	var reading sync.WaitGroup
	var ended error
	reading.Go(func() { ended = discard(ctx, conn) })
	err := conn.Ping(ctx)
	if err == nil {
		_ = conn.CloseNow()
	}
	reading.Wait() // it ends with the connection and with ctx
	if err != nil && ctx.Err() == nil {
		return ended // says more, such as with which code the stream was closed
	}
	return err
}

// discard reads until the connection ends.
func discard(ctx context.Context, conn *websocket.Conn) error {
	for {
		_, message, err := conn.Reader(ctx)
		if err == nil {
			_, err = io.Copy(io.Discard, message)
		}
		if err != nil {
			return err
		}
	}
}

// silent is the finding for a stream that opened and did not answer.
func (a *account) silent(path string, err error) Finding {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return failed("%s opened, and was closed with code %s", path, strings.TrimSpace(fmt.Sprintf("%d %s", closed.Code, closed.Reason))).
			do("'pepay listen --verbose' shows what comes before the end")
	}
	return failed("%s opened, and did not answer a ping: %s", path, failure(err, a.Timeout)).
		do(append([]string{"a proxy on the way lets the upgrade through, and nothing after it"}, aroundProxy(a.streams)...)...)
}

// otherAnswer is the finding for an answer to the upgrade other than 101.
func (a *account) otherAnswer(path string, resp *http.Response) Finding {
	body, _ := io.ReadAll(resp.Body) // the library keeps the first 1,024 bytes
	said := wire.ReadEnvelope(body)
	answer := sentence(status(resp.StatusCode), strings.Trim(said.Code+": "+said.Message, ": "))
	code := resp.StatusCode
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return failed("%s does not accept the key: %s", path, answer).refused().
			do("the key works for the API and not for this stream: check its scope", "or a proxy on the way drops the header with the key")
	case code == http.StatusUpgradeRequired, code == http.StatusBadRequest, code < 300, isPage(resp.Header) && code < 500:
		if code != http.StatusBadRequest { // what it says about itself is no news
			answer = status(code)
		}
		return failed("%s does not open: the answer to the upgrade was %s", path, answer).do(upgradeAdvice(a.streams)...)
	case code < 400:
		return failed("%s leads to %s with %s; a stream does not follow, because the key would go along", path, elsewhere(resp.Header), status(code)).do("check the address in " + a.streams.setting)
	case code == http.StatusTooManyRequests:
		return failed("%s: Pepay limits the rate of requests: %s", path, answer).do("try again in a while")
	case code >= 500:
		return failed("%s does not open: %s", path, answer).do(append([]string{"try again later; or a proxy on the way does not take WebSockets"}, aroundProxy(a.streams)...)...)
	}
	return failed("%s does not open: %s", path, answer).do("check the address of streams, " + a.Streams.URL.String())
}

// upgradeAdvice is for an upgrade that got lost on the way.
func upgradeAdvice(n *network) []string {
	return append([]string{
		"a proxy on the way does not pass the upgrade on; nginx needs this where it passes /ws/ on:",
		"  proxy_http_version 1.1;",
		"  proxy_set_header Upgrade $http_upgrade;",
		`  proxy_set_header Connection "upgrade";`,
	}, aroundProxy(n)...)
}

// aroundProxy is how streams go another way.
func aroundProxy(n *network) []string {
	advice := []string{"or lead streams around it: PEPAY_WS_URL=wss://HOST is an address for streams alone"}
	if n.proxy != nil {
		advice = append(advice, "or add "+n.url.Hostname()+" to NO_PROXY, if this machine may connect directly")
	}
	return advice
}
