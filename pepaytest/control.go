package pepaytest

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// controlPath is where a simulator in another process is told what to do and asked
// how it is. It is not Pepay's: requests are not recorded and meet no faults.
const controlPath = "/_pepaytest/"

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, controlPath) }

// controlRoute is one control endpoint.
type controlRoute struct {
	method, pattern string // the pattern is what follows controlPath, as chi writes it
	// open endpoints take requests without a credential. Pages of another origin are
	// refused there too.
	open bool
	// handle returns the data of the answer, or what is wrong. It runs after admission.
	handle func(*controlRequest) (any, *problem)
}

// controlRequest is an admitted request for a control endpoint.
type controlRequest struct {
	*http.Request
	server *Server
	params *chi.Context
}

func (c *controlRequest) param(name string) string { return c.params.URLParam(name) }

// controlStream is the data of an answer that goes on until the client or the server is
// gone.
type controlStream func(http.ResponseWriter)

// controlRoutes are all control endpoints.
func controlRoutes() []controlRoute {
	return []controlRoute{
		{method: http.MethodGet, pattern: "state", handle: controlState},
		{method: http.MethodGet, pattern: "changes", handle: controlChanges},
		{method: http.MethodPost, pattern: "events", handle: controlEmit},
		{method: http.MethodGet, pattern: "events/{id}", handle: controlGetEvent},
		{method: http.MethodGet, pattern: "invoices", handle: controlListInvoices},
		{method: http.MethodGet, pattern: "invoices/{id}", handle: controlGetInvoice},
		{method: http.MethodPost, pattern: "invoices/{id}/{action}", handle: controlActOnInvoice},
		{method: http.MethodGet, pattern: "orders", handle: controlListOrders},
		{method: http.MethodGet, pattern: "orders/{id}", handle: controlGetOrder},
		{method: http.MethodPost, pattern: "orders/{id}/{action}", handle: controlActOnOrder},
		{method: http.MethodGet, pattern: "requests", handle: controlListRequests},
		{method: http.MethodGet, pattern: "requests/{number}", handle: controlGetRequest},
		{method: http.MethodGet, pattern: "streams", handle: controlListStreams},
		{method: http.MethodDelete, pattern: "streams/{number}", handle: controlDropStream},
		{method: http.MethodGet, pattern: "webhooks", handle: controlListWebhooks},
		{method: http.MethodPost, pattern: "webhooks", handle: controlAddWebhook},
		{method: http.MethodDelete, pattern: "webhooks/{number}", handle: controlRemoveWebhook},
		{method: http.MethodPost, pattern: "webhooks/{number}/rotate", handle: controlRotateWebhook},
		{method: http.MethodPost, pattern: "webhooks/{number}/end_rotation", handle: controlEndRotation},
		{method: http.MethodPost, pattern: "webhooks/{number}/redeliver", handle: controlRedeliver},
		{method: http.MethodPost, pattern: "webhooks/{number}/ping", handle: controlPingWebhook},
		{method: http.MethodGet, pattern: "webhooks/{number}/deliveries", handle: controlListDeliveries},
		{method: http.MethodGet, pattern: "receiver", handle: controlShowReceiver},
		{method: http.MethodPost, pattern: "receiver", open: true, handle: controlReceive},
		{method: http.MethodPost, pattern: "receiver/mode", handle: controlSetReceiver},
		{method: http.MethodGet, pattern: "faults", handle: controlListFaults},
		{method: http.MethodPost, pattern: "faults", handle: controlAddFault},
		{method: http.MethodDelete, pattern: "faults", handle: controlRemoveFaults},
		{method: http.MethodDelete, pattern: "faults/{number}", handle: controlRemoveFault},
		{method: http.MethodPost, pattern: "clock", handle: controlMoveClock},
		{method: http.MethodPost, pattern: "reset", handle: controlReset},
	}
}

// controls finds the endpoint of a request.
type controls struct {
	router *chi.Mux
	routes map[string]*controlRoute // by method and pattern
}

func newControls() *controls {
	c := &controls{router: chi.NewRouter(), routes: map[string]*controlRoute{}}
	for _, route := range controlRoutes() {
		c.router.Method(route.method, controlPath+route.pattern, http.NotFoundHandler())
		c.routes[route.method+" "+controlPath+route.pattern] = &route
	}
	return c
}

// find is the endpoint that a request is for with the parameters in its path, or nil.
func (c *controls) find(method, path string) (*controlRoute, *chi.Context) {
	params := chi.NewRouteContext()
	return c.routes[method+" "+c.router.Find(params, method, path)], params
}

// methods are those that a path knows.
func (c *controls) methods(path string) []string {
	var known []string
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodPost} {
		if route, _ := c.find(method, path); route != nil {
			known = append(known, method)
		}
	}
	return known
}

// control answers a request for a control endpoint. bad is what is wrong with it already,
// if anything.
func (s *Server) control(w http.ResponseWriter, r *http.Request, bad *problem) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	ans := newAnswer()
	result, bad := s.controlled(ans.header, r, bad)
	if stream, ok := result.(controlStream); ok && bad == nil {
		stream(w)
		return
	}
	if bad != nil {
		bad.write(ans)
	} else {
		writeJSON(ans, http.StatusOK, data(result))
	}
	ans.send(w)
}

// controlled admits a request and handles it.
func (s *Server) controlled(header http.Header, r *http.Request, bad *problem) (any, *problem) {
	path := routePath(r)
	route, params := s.controls.find(r.Method, path)
	if bad == nil {
		bad = s.admit(r, route != nil && route.open)
	}
	switch {
	case bad != nil:
		return nil, bad
	case route != nil:
		return route.handle(&controlRequest{Request: r, server: s, params: params})
	}
	if known := s.controls.methods(path); len(known) > 0 {
		header.Set("Allow", strings.Join(known, ", "))
		return nil, methodNotAllowed(r.Method, r.URL.Path)
	}
	return nil, notFound(r.Method, r.URL.Path)
}

// admit refuses browsers on pages of another origin, and then whoever has neither a key
// nor the console's token. A page cannot send the header of either without a preflight
// request, which is refused too.
func (s *Server) admit(r *http.Request, open bool) *problem {
	asked := *r
	asked.Method = http.MethodPost // the check lets methods pass that change nothing
	if new(http.CrossOriginProtection).Check(&asked) != nil {
		return &problem{http.StatusForbidden, "FORBIDDEN", "A page of another origin may not ask this"}
	}
	if open {
		return nil
	}
	if tokens := r.Header.Values(consoleTokenHeader); len(tokens) > 0 {
		if len(tokens) == 1 && s.cfg.isConsoleToken(tokens[0]) {
			return nil
		}
		return &problem{http.StatusUnauthorized, "CONSOLE_TOKEN_INVALID", "Invalid console token; reload the page"}
	}
	if _, given, bad := s.authenticateBearer(r.Header); given {
		return bad
	}
	_, bad := s.authenticateKey(r.Header)
	return bad
}

func (c *config) isConsoleToken(token string) bool {
	return c.consoleToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(c.consoleToken.Reveal())) == 1
}
