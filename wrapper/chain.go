package wrapper

import "github.com/pepaylabs/pepay-go"

// newChain puts one doer per concern around the HTTP client, outermost first:
//
//	observe    begins the logical call and logs it once
//	middleware the user's
//	fail       turns what is not a success into an *Error
//	retry      repeats what can pass
//	authorize  attaches the credential the contract asks for
//	attempt    bounds one attempt in time and size and reads its answer
func newChain(cfg *config) pepay.HttpRequestDoer {
	var doer pepay.HttpRequestDoer = &attempt{
		client:  cfg.httpClient,
		timeout: cfg.timeout,
		limit:   cfg.maxResponseBytes,
	}
	doer = &authorize{next: doer, credentials: cfg.credentials}
	doer = &retry{next: doer, policy: cfg.retry, budget: cfg.budget}
	doer = &fail{next: doer}
	for i := len(cfg.middleware) - 1; i >= 0; i-- {
		doer = cfg.middleware[i](doer)
	}
	return &observe{
		next:      doer,
		base:      cfg.baseURL.EscapedPath(),
		logger:    cfg.logger,
		userAgent: []string{userAgent(cfg.application)},
	}
}
