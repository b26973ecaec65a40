package wstoken

import (
	"net/http"
	"slices"
)

// origins decides which pages get an answer: those of the same origin and those of
// the listed origins.
type origins struct {
	protection *http.CrossOriginProtection
	allowed    []string
}

func newOrigins() origins { return origins{protection: http.NewCrossOriginProtection()} }

// WithAllowedOrigins allows pages of other origins to ask with the user's cookies,
// "https://app.example.com" for instance. The handler's own origin is always allowed.
// It panics for what is not an origin.
func WithAllowedOrigins(list ...string) HandlerOption {
	return func(h *handler) {
		for _, origin := range list {
			if err := h.origins.protection.AddTrustedOrigin(origin); err != nil {
				panic("wstoken: WithAllowedOrigins: " + err.Error())
			}
		}
		h.origins.allowed = append(h.origins.allowed, list...)
	}
}

// allow lets a page of a listed origin read the answer, also an error.
func (o *origins) allow(header http.Header, r *http.Request) {
	header.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !slices.Contains(o.allowed, origin) {
		return
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	header.Set("Access-Control-Expose-Headers", "Date, Retry-After")
}

// preflight answers the request by which a browser asks whether it may send one from
// another origin, and reports whether it may.
func (o *origins) preflight(header http.Header, r *http.Request) bool {
	if !slices.Contains(o.allowed, r.Header.Get("Origin")) {
		return false
	}
	header.Set("Access-Control-Allow-Methods", "POST")
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token")
	header.Set("Access-Control-Max-Age", "600")
	return true
}
