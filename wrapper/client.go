package wrapper

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"

	"github.com/pepaylabs/pepay-go"
)

// Client calls Pepay's API. Make one with [New] and share it: it is safe for
// concurrent use and holds a connection pool.
type Client struct {
	// WSTokens mints ws_tokens.
	WSTokens *WSTokenService
	// Events reads the history of events.
	Events *EventService
	// Tokens reads which tokens a merchant accepts, and blocks tokens.
	Tokens *TokenService
	// Settlement reads and chooses in which token payments are settled.
	Settlement *SettlementService
	// APIKeys creates, lists and revokes API keys.
	APIKeys *APIKeyService
	// Account reads and changes which network environment an account uses.
	Account *AccountService
	// Invoices creates and reads invoices. The payor's side of one is [Client.Payor].
	Invoices *InvoiceService
	// Commerce finds products and buys them for customers.
	Commerce *CommerceService

	cfg       *config
	doer      pepay.HttpRequestDoer // the whole chain
	userAgent []string              // as a header has it
}

// New makes a client. It reads PEPAY_API_KEY, PEPAY_COMMERCE_API_KEY and PEPAY_JWT (see
// [WithBearerToken]), PEPAY_API_URL and PEPAY_WS_URL; an empty variable counts as
// unset. Options win: with any credential option, the credentials of the environment
// are not used, and with [WithBaseURL] neither is PEPAY_WS_URL.
//
// New succeeds without credentials; a call that needs one is [ErrNoCredential]
// before anything is sent. A value that cannot be used is [ErrInvalidArgument],
// with the name of the option or variable.
func New(opts ...Option) (*Client, error) {
	cfg := &config{
		httpClient:       refusingRedirects(&http.Client{}),
		timeout:          defaultTimeout,
		retry:            DefaultRetry(),
		budget:           newBudget(DefaultRetry().Budget),
		maxResponseBytes: defaultMaxResponseBytes,
	}
	if err := cfg.apply(opts); err != nil {
		return nil, err
	}
	if err := cfg.readEnvironment(); err != nil {
		return nil, err
	}
	return newClient(cfg)
}

// With derives a client that differs by opts and shares everything else, the
// connection pool and the retry budget included. Any credential option drops
// all inherited credentials, so that two merchants' keys are never mixed, and
// [WithBaseURL] drops the inherited address of streams.
func (c *Client) With(opts ...Option) (*Client, error) {
	cfg := *c.cfg
	cfg.credentials = nil
	if err := cfg.apply(opts); err != nil {
		return nil, err
	}
	if cfg.credentials == nil {
		cfg.credentials = maps.Clone(c.cfg.credentials)
	}
	if cfg.baseURL != c.cfg.baseURL && cfg.streamURL == c.cfg.streamURL {
		cfg.streamURL = nil // derived from the new one
	}
	return newClient(&cfg)
}

func newClient(cfg *config) (*Client, error) {
	doer, err := newChain(cfg)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, doer: doer, userAgent: []string{userAgent(cfg.application)}}
	c.WSTokens = &WSTokenService{c}
	c.Events = &EventService{c}
	c.Tokens = &TokenService{c}
	c.Settlement = &SettlementService{c}
	c.APIKeys = &APIKeyService{c}
	c.Account = &AccountService{c}
	c.Invoices = &InvoiceService{c}
	c.Commerce = newCommerceService(c)
	return c, nil
}

func (c *config) apply(opts []Option) error {
	for _, opt := range opts {
		if opt == nil {
			return invalid("Option", "is nil")
		}
		if err := opt(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) readEnvironment() error {
	if c.credentials == nil {
		for name, scheme := range map[string]string{
			"PEPAY_API_KEY":          "merchantApiKey",
			"PEPAY_COMMERCE_API_KEY": "commerceApiKey",
			"PEPAY_JWT":              "bearerAuth",
		} {
			if value := os.Getenv(name); value != "" {
				if err := withCredential(name, scheme, value)(c); err != nil {
					return err
				}
			}
		}
	}
	var err error
	fromEnvironment := c.baseURL == nil
	if fromEnvironment {
		name, value := "PEPAY_API_URL", os.Getenv("PEPAY_API_URL")
		if value == "" {
			name, value = "DefaultBaseURL", DefaultBaseURL
		}
		if c.baseURL, err = parseAddress(name, value, "https", "http"); err != nil {
			return err
		}
	}
	// A base URL of the program's own decides where streams go, too.
	if value := os.Getenv("PEPAY_WS_URL"); value != "" && c.streamURL == nil && fromEnvironment {
		c.streamURL, err = parseAddress("PEPAY_WS_URL", value, "wss", "ws")
	}
	return err
}

// API returns the generated client: every operation of the contract, with
// credentials, retries, bounds and errors of this client. An answer other than 2xx
// is an [*Error], so only the success fields of a response are ever set. A success
// that does not fit its schema is an [*Error] that wraps the decoder's error. Close
// the body of a raw answer: the call is logged then. Changing the returned value
// does not affect this client.
func (c *Client) API() *pepay.ClientWithResponses {
	raw, err := pepay.NewClientWithResponses(c.cfg.baseURL.String(), pepay.WithHTTPClient(&observe{c}))
	if err != nil {
		panic(err) // only an option can fail, and this one does not
	}
	return raw
}

// BaseURL returns a copy of the address the API is reached at.
func (c *Client) BaseURL() *url.URL {
	u := *c.cfg.baseURL
	return &u
}

// StreamURL returns a copy of the address event streams are reached at.
func (c *Client) StreamURL() *url.URL {
	if c.cfg.streamURL == nil {
		return streamAddress(c.cfg.baseURL)
	}
	u := *c.cfg.streamURL
	return &u
}

// UserAgent is how this client names itself.
func (c *Client) UserAgent() string { return c.userAgent[0] }

// HTTPClient returns the HTTP client in use: a copy of what [WithHTTPClient]
// set that refuses redirects. It attaches no credentials.
func (c *Client) HTTPClient() *http.Client {
	hc := *c.cfg.httpClient
	return &hc
}

// refusingRedirects copies hc so that a redirect is the answer: net/http would
// carry an x-api-key header to whatever host an answer names.
func refusingRedirects(hc *http.Client) *http.Client {
	clone := *hc
	clone.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &clone
}

// String names the client's address and nothing else.
func (c Client) String() string {
	if c.cfg == nil {
		return "wrapper.Client{}"
	}
	return "wrapper.Client{" + c.cfg.baseURL.Redacted() + "}"
}

// Format writes [Client.String], whatever the verb: no verb prints a credential.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue is [Client.String].
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }
