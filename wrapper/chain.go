package wrapper

import "github.com/pepaylabs/pepay-go"

// newChain puts one doer per concern around the HTTP client, outermost first:
//
//	middleware the user's
//	fail       turns what is not a success into an *Error
//	retry      repeats what can pass
//	attempt    bounds one attempt in time and size and reads its answer
//	authorize  attaches the credential the contract asks for
//	transport  sends
//
// A method comes to it through send, a call of the generated client through
// observe.
func newChain(cfg *config) (pepay.HttpRequestDoer, error) {
	var doer pepay.HttpRequestDoer = newTransport(cfg.httpClient)
	doer = &authorize{next: doer, credentials: cfg.credentials}
	doer = &attempt{next: doer, timeout: cfg.timeout, limit: cfg.maxResponseBytes, base: cfg.baseURL}
	doer = &retry{next: doer, policy: cfg.retry, budget: cfg.budget, observe: cfg.onRetry}
	doer = &fail{next: doer}
	for i := len(cfg.middleware) - 1; i >= 0; i-- {
		if doer = cfg.middleware[i](doer); doer == nil {
			return nil, invalid("WithMiddleware", "a middleware returned nil")
		}
	}
	return doer, nil
}
