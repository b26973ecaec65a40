package pepaytest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pepaylabs/pepay-go"
)

const (
	// receiverName is what stands for the address of the server's own receiver.
	receiverName = "receiver"
	// The control side adds no more endpoints than this.
	maxWebhooks = 100
)

type webhookItem struct {
	Number      int64    `json:"number"`
	URL         string   `json:"url"` // "receiver" for the server's own
	Events      []string `json:"events"`
	Environment string   `json:"environment"`
	SecretLast4 string   `json:"secret_last4"`
	Rotating    bool     `json:"rotating"`
	Pending     int      `json:"pending"`
}

func (e *Endpoint) item() webhookItem {
	e.mu.Lock()
	defer e.mu.Unlock()
	address := receiverName
	if !e.receiver {
		address = shownURL(e.url)
	}
	return webhookItem{
		Number: e.number, URL: address, Events: append([]string{}, e.types...), Environment: string(e.environment),
		SecretLast4: last4(e.secret.Reveal()), Rotating: e.previous != "", Pending: e.pending(),
	}
}

// shownURL hides the password of an address, and what its query has under the name of a
// secret.
func shownURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		u.RawQuery = ""
	}
	for name := range query {
		if isSecretName(name) {
			query.Set(name, redacted)
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}

func controlListWebhooks(c *controlRequest) (any, *problem) {
	list := controlList[webhookItem]{Items: []webhookItem{}}
	for _, e := range c.server.webhooks.list() {
		list.Items = append(list.Items, e.item())
	}
	return list, nil
}

// withSecret is an endpoint with its secret, if that was made here: it is told this once.
type withSecret struct {
	webhookItem
	Secret string `json:"secret,omitempty"`
}

func newWithSecret(e *Endpoint, secret pepay.Secret, given string) withSecret {
	if given != "" {
		secret = ""
	}
	return withSecret{e.item(), secret.Reveal()}
}

func controlAddWebhook(c *controlRequest) (any, *problem) {
	var in struct {
		URL    string   `json:"url"`
		Events []string `json:"events"`
		Secret string   `json:"secret"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	secret, bad := secretOrNew(in.Secret)
	if bad != nil {
		return nil, bad
	}
	address := in.URL
	if address == receiverName {
		address = c.server.url
	} else if bad := c.server.checkControlledWebhook(address); bad != nil {
		return nil, bad
	}
	if err := checkWebhook(address, secret, in.Events); err != nil {
		return nil, invalidRequest("events: " + err.Error()) // the rest has been checked
	}
	if len(c.server.webhooks.list()) >= maxWebhooks {
		return nil, &problem{http.StatusConflict, "TOO_MANY_WEBHOOKS", fmt.Sprintf("There are %d endpoints already; remove one", maxWebhooks)}
	}
	e := c.server.addWebhook(in.URL, secret, in.Events, true)
	return newWithSecret(e, secret, in.Secret), nil
}

func secretOrNew(secret string) (pepay.Secret, *problem) {
	switch {
	case secret == "":
		return pepay.Secret("whsec_" + rand.Text()), nil
	case strings.TrimSpace(secret) != secret, strings.ContainsFunc(secret, unicode.IsControl):
		return "", invalidRequest("secret: must have neither white space around it nor control characters")
	}
	return pepay.Secret(secret), nil
}

// checkControlledWebhook refuses addresses to which a page must not make the simulator
// send anything.
func (s *Server) checkControlledWebhook(address string) *problem {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return invalidRequest(`url: must be an http or https URL, or "receiver"`)
	case u.User != nil:
		return invalidRequest("url: must have no user and no password")
	case u.Fragment != "":
		return invalidRequest("url: must have no fragment")
	case !s.cfg.webhook.remote && !isLoopback(u.Hostname()):
		return invalidRequest("url: must be on this machine: localhost, or an address of the loopback interface such as 127.0.0.1; 'pepay mock --allow-remote-webhooks' or pepaytest.WithRemoteWebhooks allows others")
	}
	return nil
}

// isLoopback takes localhost and addresses: any other name may be pointed anywhere.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// webhook is the endpoint of the path.
func (c *controlRequest) webhook() (*Endpoint, *problem) {
	number, bad := c.number("webhook endpoint")
	if bad != nil {
		return nil, bad
	}
	if e := c.server.webhooks.get(number); e != nil {
		return e, nil
	}
	return nil, noSuch("webhook endpoint")
}

func controlRemoveWebhook(c *controlRequest) (any, *problem) {
	e, bad := c.webhook()
	if bad != nil {
		return nil, bad
	}
	c.server.webhooks.remove(e)
	c.server.saver.touch()
	return struct{}{}, nil
}

func controlRotateWebhook(c *controlRequest) (any, *problem) {
	var in struct {
		Secret string `json:"secret"`
	}
	e, bad := c.webhook()
	if bad == nil {
		bad = c.decode(&in)
	}
	if bad != nil {
		return nil, bad
	}
	secret, bad := secretOrNew(in.Secret)
	if bad != nil {
		return nil, bad
	}
	e.Rotate(secret)
	return newWithSecret(e, secret, in.Secret), nil
}

func controlEndRotation(c *controlRequest) (any, *problem) {
	e, bad := c.webhook()
	if bad != nil {
		return nil, bad
	}
	e.EndRotation()
	return e.item(), nil
}

func controlRedeliver(c *controlRequest) (any, *problem) {
	var in struct {
		EventID string `json:"event_id"`
	}
	e, bad := c.webhook()
	if bad == nil {
		bad = c.decode(&in)
	}
	if bad != nil {
		return nil, bad
	}
	if rec, _ := c.server.events.get(in.EventID); rec == nil {
		return nil, invalidRequest("event_id: " + strconv.Quote(in.EventID) + " is not an event that is kept")
	}
	if err := e.Redeliver(in.EventID); err != nil {
		return nil, &problem{http.StatusConflict, "NOT_POSSIBLE", strings.TrimPrefix(err.Error(), "pepaytest: ")}
	}
	return struct{}{}, nil
}

// controlPingWebhook emits test.ping. The endpoint gets it whatever it wants.
func controlPingWebhook(c *controlRequest) (any, *problem) {
	e, bad := c.webhook()
	if bad != nil {
		return nil, bad
	}
	object, _ := sampleObject(pepay.EventTestPing)
	rec, err := c.server.emit(&pepay.Event{Type: pepay.EventTestPing, Data: pepay.EventData{Object: json.RawMessage(object)}})
	if err == nil && len(e.types) > 0 && !matchesAny(e.types, pepay.EventTestPing) {
		err = e.Redeliver(rec.event.ID)
	}
	if err != nil {
		return nil, &problem{http.StatusConflict, "NOT_POSSIBLE", strings.TrimPrefix(err.Error(), "pepaytest: ")}
	}
	return newEmitted([]*record{rec}), nil
}

type deliveryItem struct {
	Number   int           `json:"number"`
	EventID  string        `json:"event_id"`
	Type     string        `json:"type"`
	State    string        `json:"state"` // delivered, pending, given up, dropped
	Attempts []attemptItem `json:"attempts"`
}

type attemptItem struct {
	At         string `json:"at"`
	Status     int    `json:"status"` // 0 where there was no answer
	Error      string `json:"error,omitempty"`
	DurationUS int64  `json:"duration_us"`
	Answer     string `json:"answer"`
}

// controlListDeliveries lists them, the newest first.
func controlListDeliveries(c *controlRequest) (any, *problem) {
	e, bad := c.webhook()
	if bad != nil {
		return nil, bad
	}
	page, bad := c.page()
	if bad != nil {
		return nil, bad
	}
	before, bad := page.beforeNumber()
	if bad != nil {
		return nil, bad
	}
	all := e.numberedDeliveries()
	list := controlList[deliveryItem]{Items: []deliveryItem{}}
	shown := c.server.newRedactor(&Request{})
	for _, d := range slices.Backward(all) {
		if int64(d.number) >= before || !page.finds(d.EventID, d.Type, d.state()) {
			continue
		}
		if list.More = len(list.Items) == page.limit; list.More {
			break
		}
		list.Items = append(list.Items, d.item(shown))
	}
	return list, nil
}
