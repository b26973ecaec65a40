package wstoken

import (
	"net/http"
	"slices"
)

// origins decides which pages may ask: those of the same origin, and those that
// are listed.
type origins struct {
	protection *http.CrossOriginProtection
	allowed    []string
}

func newOrigins() origins { return origins{protection: http.NewCrossOriginProtection()} }

// WithAllowedOrigins lets pages of other origins ask, "https://app.example.com"
// for instance, with the cookies of this one. Beside the same origin, which always
// may.
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

// allow lets a listed page read the answer, also one that refuses.
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

// preflight answers the question a browser asks before a request from another
// origin, and reports whether that may ask at all.
func (o *origins) preflight(header http.Header, r *http.Request) bool {
	if !slices.Contains(o.allowed, r.Header.Get("Origin")) {
		return false
	}
	header.Set("Access-Control-Allow-Methods", "POST")
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token")
	header.Set("Access-Control-Max-Age", "600")
	return true
}
