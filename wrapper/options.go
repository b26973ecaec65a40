package wrapper

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	defaultTimeout          = 30 * time.Second
	defaultMaxResponseBytes = 8 << 20
)

// Option configures a [Client]. An option with an empty or impossible value
// makes [New] and [Client.With] fail with [ErrInvalidArgument].
type Option func(*config) error

// Middleware wraps the way a logical call takes, outside retries and errors: it
// sees one request without credentials, and the final response or [*Error]. It may
// change the request's headers, path and query, answer by itself, or call next
// again once next has returned. A context it puts into the request is derived from
// the request's own, and the URL keeps its host; anything else is
// [ErrInvalidArgument].
type Middleware func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer

// config is what options set. It is not changed once a Client uses it.
type config struct {
	credentials      credentials
	baseURL          *url.URL
	streamURL        *url.URL // nil: derived from baseURL
	httpClient       *http.Client
	timeout          time.Duration
	retry            RetryPolicy
	budget           *budget
	onRetry          func(Retry)
	application      string
	logger           *slog.Logger
	middleware       []Middleware
	maxResponseBytes int64
}

func invalid(option, reason string) error {
	return fmt.Errorf("%w: %s: %s", ErrInvalidArgument, option, reason)
}

// WithAPIKey sets the API key that is sent as x-api-key, the scheme
// merchantApiKey of the contract. Keys of either scope travel in this header.
//
// See https://docs-alpha.pepay.io/api-spec/authentication.
func WithAPIKey(key string) Option {
	return withCredential("WithAPIKey", "merchantApiKey", key)
}

// WithCommerceAPIKey sets the API key that is sent as x-commerce-api-key, the
// scheme commerceApiKey of the contract: Pepay's legacy alias for keys with
// scope commerce.
//
// See https://docs-alpha.pepay.io/api-spec/authentication.
func WithCommerceAPIKey(key string) Option {
	return withCredential("WithCommerceAPIKey", "commerceApiKey", key)
}

// WithBearerToken sets the dashboard JWT that is sent as Authorization: Bearer,
// the scheme bearerAuth of the contract. Settlement and API keys take nothing else.
//
// See https://docs-alpha.pepay.io/api-spec/authentication.
func WithBearerToken(jwt string) Option {
	return withCredential("WithBearerToken", "bearerAuth", jwt)
}

// WithCredential sets the credential for any security scheme of the contract,
// by the scheme's name ([pepay.SecuritySchemes] lists them), also one that the
// contract gains later.
func WithCredential(scheme string, value pepay.Secret) Option {
	return withCredential("WithCredential", scheme, value.Reveal())
}

func withCredential(option, scheme, value string) Option {
	return func(c *config) error {
		if err := checkCredential(value); err != nil {
			return invalid(option, err.Error())
		}
		return c.setCredential(option, scheme, func(context.Context) (pepay.Secret, error) {
			return pepay.Secret(value), nil
		})
	}
}

// WithCredentialFunc sets a function that is asked for the credential of a
// security scheme before every attempt, so that keys rotate without a restart.
// It must be safe for concurrent use and heed its context. Its error ends the
// call; an empty value is [ErrNoCredential].
func WithCredentialFunc(scheme string, f func(context.Context) (pepay.Secret, error)) Option {
	return func(c *config) error {
		if f == nil {
			return invalid("WithCredentialFunc", "the function is nil")
		}
		return c.setCredential("WithCredentialFunc", scheme, f)
	}
}

// WithBaseURL sets where the API is reached, [DefaultBaseURL] by default. It
// must be https, or http on a loopback host, without user, query or fragment; a
// path is kept and put before the path of every operation.
func WithBaseURL(u string) Option {
	return func(c *config) (err error) {
		c.baseURL, err = parseAddress("WithBaseURL", u, "https", "http")
		return err
	}
}

// WithStreamURL sets where event streams are reached: wss, or ws on a loopback
// host. By default it is the base URL with that scheme.
func WithStreamURL(u string) Option {
	return func(c *config) (err error) {
		c.streamURL, err = parseAddress("WithStreamURL", u, "wss", "ws")
		return err
	}
}

// WithHTTPClient sets the HTTP client to send with. It is copied, never
// changed; the copy refuses redirects and keeps everything else, so a Timeout
// set there also bounds each attempt. The headers of an answer are bounded by the
// transport alone: by 10 MiB, unless its MaxResponseHeaderBytes says otherwise.
func WithHTTPClient(hc *http.Client) Option {
	return func(c *config) error {
		if hc == nil {
			return invalid("WithHTTPClient", "the client is nil")
		}
		c.httpClient = refusingRedirects(hc)
		return nil
	}
}

// WithTimeout bounds one attempt, from dialling to the last byte of the answer.
// The default is 30 s. The context of a call bounds all of its attempts.
func WithTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return invalid("WithTimeout", "must be positive")
		}
		c.timeout = d
		return nil
	}
}

// WithRetry sets when a failed attempt is repeated. The default is
// [DefaultRetry].
func WithRetry(p RetryPolicy) Option {
	return func(c *config) (err error) {
		c.retry, err = p.withDefaults()
		c.budget = newBudget(c.retry.Budget)
		return err
	}
}

// WithApplication adds the name and version of the program to the User-Agent.
// The version may be empty; both consist of letters, digits and punctuation
// that HTTP allows in a product name.
func WithApplication(name, version string) Option {
	return func(c *config) error {
		if !isToken(name) || (version != "" && !isToken(version)) {
			return invalid("WithApplication", "name and version must be HTTP tokens such as \"shop\" and \"1.2\"")
		}
		c.application = strings.TrimSuffix(name+"/"+version, "/")
		return nil
	}
}

// WithLogger logs one record per logical call: debug for a success, warn for
// one that took retries, error for a failure. Records hold metadata only, never
// a body, a header, a query or a credential. The default is silence.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return invalid("WithLogger", "the logger is nil")
		}
		c.logger = l
		return nil
	}
}

// WithMiddleware adds middleware, the first being the outermost. On a derived
// client it adds to what is inherited.
func WithMiddleware(m ...Middleware) Option {
	return func(c *config) error {
		if slices.ContainsFunc(m, func(m Middleware) bool { return m == nil }) {
			return invalid("WithMiddleware", "a middleware is nil")
		}
		c.middleware = append(slices.Clip(c.middleware), m...)
		return nil
	}
}

// WithMaxResponseBytes bounds the answer that is read, 8 MiB by default. A
// longer one is [ErrResponseTooLarge].
func WithMaxResponseBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return invalid("WithMaxResponseBytes", "must be positive")
		}
		c.maxResponseBytes = min(n, math.MaxInt64-1) // one more is read, to see that there is more
		return nil
	}
}
