package pepaytest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// handlers are the operations that are simulated. The embedded Unimplemented has
// the others, so that a contract that grows still compiles here.
type handlers struct {
	server.Unimplemented
	server *Server
}

var _ server.ServerInterface = handlers{}

func (s *Server) newRoutes(operations server.ServerInterface) chi.Router {
	router := chi.NewRouter()
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		notFound(r.Method, r.URL.Path).write(w)
	})
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		if allowed := s.allowedMethods(r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
		}
		methodNotAllowed(r.Method, r.URL.Path).write(w)
	})
	server.HandlerWithOptions(operations, server.ChiServerOptions{
		BaseRouter: router,
		ErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) {
			invalidRequest(err.Error()).write(w)
		},
	})
	return router
}

func operationsByRoute() map[string]*pepay.Operation {
	operations := make(map[string]*pepay.Operation)
	for _, op := range pepay.Operations() {
		operations[op.Method+" "+op.Path] = &op
	}
	return operations
}

// operation is the documented operation a request is for, or nil.
func (s *Server) operation(r *http.Request) *pepay.Operation {
	return s.operations[r.Method+" "+s.routes.Find(chi.NewRouteContext(), r.Method, routePath(r))]
}

// operationID is the id of the documented operation a request is for, or "".
func (s *Server) operationID(r *http.Request) string {
	if op := s.operation(r); op != nil {
		return op.ID
	}
	return ""
}

func (s *Server) allowedMethods(r *http.Request) []string {
	var allowed []string
	for operation := range s.operations {
		method, _, _ := strings.Cut(operation, " ")
		if !slices.Contains(allowed, method) && s.routes.Match(chi.NewRouteContext(), method, routePath(r)) {
			allowed = append(allowed, method)
		}
	}
	slices.Sort(allowed)
	return allowed
}

// routePath is the path as the router reads it, so that a fault meets the request
// that the handler does.
func routePath(r *http.Request) string {
	if r.URL.RawPath != "" {
		return r.URL.RawPath
	}
	if r.URL.Path == "" {
		return "/"
	}
	return r.URL.Path
}
