// Package doctor finds out what keeps a program from working with Pepay: settings, the
// network, keys, streams and webhooks. It is what "pepay doctor" shows.
//
// Every [Check] looks at one thing and returns one [Finding]. [Checks] makes the list,
// and [Run] runs it: independent checks run at the same time, and a check that cannot
// work because another one failed is skipped, so that one cause is reported once.
package doctor

import (
	"net/http"
	"net/url"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Config is what the checks look at.
type Config struct {
	// Version is the version of the program.
	Version string
	// Timeout bounds each check.
	Timeout time.Duration
	// Slow is how long an answer may take before that is a warning; 0 is for ever.
	Slow time.Duration
	// EnvFile says what an env file changed, empty without one.
	EnvFile string
	// API and Streams are where Pepay is reached.
	API, Streams Address
	// Client reaches API and Streams. It is nil where API.Err is set.
	Client *wrapper.Client
	// Transport is the transport of Client and of the clients of the keys.
	Transport *http.Transport
	// Keys are checked one by one. Without any, that is the finding.
	Keys []Key
	// Webhook is checked if it is set. This runs the receiver's handler.
	Webhook *Webhook
}

// Address is where something is reached.
type Address struct {
	URL     *url.URL
	From    string // where the setting comes from
	Setting string // the flag or variable with which a person changes it
	Err     error  // why the setting cannot be used
}

// Key is an API key, or a token of the dashboard.
type Key struct {
	Name   string // of its variable or flag
	From   string // where it was found
	Value  pepay.Secret
	Client *wrapper.Client // has this key only; nil where Err is set
	Err    error           // why the key cannot be used
	// CommerceOnly is set for a key that is sent as x-commerce-api-key.
	CommerceOnly bool
	// Dashboard is set for a token of the dashboard. It makes no ws_token and opens no stream.
	Dashboard bool
}

// Webhook is a merchant's endpoint.
type Webhook struct {
	URL    *url.URL
	Shown  string // URL without what may be secret
	Secret pepay.Secret
	Client *http.Client
	// Ping makes a test.ping with a new id, signed with a secret at a time.
	Ping func(secret pepay.Secret, at time.Time) (id string, header http.Header, body []byte, err error)
}

// Checks returns the checks in the order in which they are shown.
func Checks(c Config) []*Check {
	d := &doctor{Config: c}
	checks := d.settings()
	d.api = d.apiNetwork()
	d.streams = d.streamNetwork()
	checks = append(checks, d.api.checks...)
	if d.streams != d.api {
		checks = append(checks, d.streams.checks...)
	}
	checks = append(checks, d.keys()...)
	return append(checks, d.webhook()...)
}

// doctor makes the checks.
type doctor struct {
	Config
	apiAddress, streamAddress *Check
	api, streams              *network // the same where both have one address
}
