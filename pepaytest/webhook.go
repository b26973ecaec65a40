package pepaytest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

// Endpoint is a webhook endpoint: an address, a secret, and which events it wants.
// Its methods are safe for concurrent use.
type Endpoint struct {
	server   *Server
	number   int64 // from 1, in the order in which they were added
	url      string
	receiver bool     // it is the server's own
	types    []string // empty: all
	// overHTTP is an endpoint that no program added: the state file keeps it, and Reset
	// forgets it.
	overHTTP bool

	mu          sync.Mutex
	closed      bool
	secret      pepay.Secret
	previous    pepay.Secret
	environment pepay.NetworkEnvironment
	offered     int // events, for WithDuplicateDeliveries
	numbered    int // deliveries so far

	// A delivery is in one of these.
	ready   []*delivery          // to be sent now
	waiting map[*delivery]func() // sending, or until a retry; the function ends that
	settled []*delivery          // accepted or given up, in the order of their numbers
	dropped []*delivery          // never sent, because too many were pending

	senders  int
	idle     chan struct{} // closed when nothing is left to do; nil while nobody waits
	finished chan struct{} // closed with the server
}

// AddWebhook registers an endpoint: from now on every event it wants is delivered
// to url by HTTP, signed with secret. enabled has event types and wildcards, which
// are prefixes; without any, the endpoint wants every event. These are allowed:
//
//	invoice.*  invoice.created  invoice.updated
//	invoice_payment.*  invoice_payment.created  invoice_payment.updated
//	commerce.order.*  commerce.order.created  commerce.order.updated
//	test.ping
//
// Another one, a url that is not http or https with a host, and an empty secret are
// mistakes in the program and panic.
//
// A delivery is a POST of the event as JSON with X-Pepay-Event, X-Pepay-Event-ID,
// X-Pepay-Timestamp (milliseconds, by the server's clock), X-Pepay-Signature and,
// where the resource names its environment, X-Pepay-Network-Environment. Only a 2xx
// within the time of [WithWebhookTimeout] accepts it; a redirect is not followed.
// All else is tried again, as [WithWebhookRetry] says, each attempt signed anew. Up
// to 8 deliveries of an endpoint are under way at a time, in no particular order;
// all of them end with the server. At most as many as [WithRetention] says, and no
// fewer than 1,000, are pending: what is emitted while an endpoint that does not
// answer has so many is not delivered to it, and its [Delivery] says so.
//
// Assumed, because no page says it: an endpoint gets the events of every merchant
// the server knows; payment_quote.updated, which is documented for the payor's
// stream alone, goes to none; Retry-After is not looked at.
//
// See https://docs-alpha.pepay.io/api-spec/webhooks
func (s *Server) AddWebhook(url string, secret pepay.Secret, enabled ...string) *Endpoint {
	if err := checkWebhook(url, secret, enabled); err != nil {
		panic("pepaytest: AddWebhook: " + err.Error())
	}
	return s.addWebhook(url, secret, enabled, false)
}

// addWebhook adds an endpoint that was checked. Over HTTP, the address may be that of the
// server's own receiver.
func (s *Server) addWebhook(url string, secret pepay.Secret, enabled []string, overHTTP bool) *Endpoint {
	e := &Endpoint{
		server: s, url: url, secret: secret, types: slices.Clone(enabled), overHTTP: overHTTP,
		waiting: map[*delivery]func(){}, finished: make(chan struct{}),
	}
	if overHTTP && url == receiverName {
		e.receiver, e.url = true, s.url+controlPath+receiverName
	}
	s.webhooks.add(e)
	s.saver.touch()
	return e
}

func checkWebhook(address string, secret pepay.Secret, enabled []string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%q is no http or https URL", address)
	case secret == "":
		return fmt.Errorf("the secret of %s is empty", address)
	}
	for _, e := range enabled {
		if !slices.Contains(enabledEvents(), e) {
			return fmt.Errorf("unknown event type %q; there are %s", e, strings.Join(enabledEvents(), ", "))
		}
	}
	return nil
}

// enabledEvents is the documented allow-list: every type but that of the payor's
// stream, and wildcards for the resources.
func enabledEvents() []string {
	allowed := []string{"invoice.*", "invoice_payment.*", "commerce.order.*"}
	for _, eventType := range pepay.EventTypes() {
		if eventType != pepay.EventPaymentQuoteUpdated {
			allowed = append(allowed, eventType)
		}
	}
	return allowed
}

// Rotate gives the endpoint another secret. Until [Endpoint.EndRotation], deliveries
// have the signature of the old one too, in X-Pepay-Signature-Previous. That holds
// for every attempt from now on, also of events emitted before. An empty secret
// panics.
//
// See https://docs-alpha.pepay.io/api-spec/webhooks-authentication
func (e *Endpoint) Rotate(next pepay.Secret) {
	if next == "" {
		panic("pepaytest: Rotate: the secret is empty")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secret, e.previous = next, e.secret
	e.note()
	e.server.saver.touch()
}

// EndRotation ends what [Endpoint.Rotate] began: the old secret signs nothing any
// more. When Pepay does that is not documented.
func (e *Endpoint) EndRotation() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.previous = ""
	e.note()
	e.server.saver.touch()
}

// note tells that the endpoint, or a delivery of it, has changed.
func (e *Endpoint) note() {
	e.server.changes.note(deliveryChange, strconv.FormatInt(e.number, 10))
}

// SetEnvironment restricts the endpoint to events of one environment; the empty one,
// which is the default, means both. A resource that names no environment is for all.
// An environment the contract does not have panics.
func (e *Endpoint) SetEnvironment(environment pepay.NetworkEnvironment) {
	if environment != "" && !environment.Valid() {
		panic(fmt.Sprintf("pepaytest: SetEnvironment: unknown environment %q", environment))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.environment = environment
	e.server.saver.touch()
}

// wants is called under the lock.
func (e *Endpoint) wants(r *record) bool {
	if named := string(r.subject.Environment); e.environment != "" && named != "" && named != string(e.environment) {
		return false
	}
	if len(e.types) == 0 {
		return !inFamily(r.event.Type, "payment_quote.")
	}
	return matchesAny(e.types, r.event.Type)
}
