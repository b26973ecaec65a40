package main

import (
	"context"
	"net/http"
	"net/url"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/pepaylabs/pepay-go/wrapper"
)

// httpClient is for wrapper.WithHTTPClient: each attempt of a call is a span, and is
// measured as http.client.request.duration.
func (t *telemetry) httpClient(base http.RoundTripper) *http.Client {
	instrumented := otelhttp.NewTransport(revealURL{base},
		otelhttp.WithTracerProvider(t.traces),
		otelhttp.WithMeterProvider(t.metrics),
		// Not the global propagators: baggage is this program's business, not Pepay's.
		otelhttp.WithPropagators(propagation.TraceContext{}),
		// The request that opens a stream would be a span as long as the connection;
		// the stream's observer has one for each dial instead.
		otelhttp.WithFilter(func(req *http.Request) bool { return req.Header.Get("Upgrade") == "" }),
		otelhttp.WithSpanNameFormatter(func(_ string, req *http.Request) string { return req.Method + " " + template(req) }),
	)
	return &http.Client{Transport: hideURL{instrumented}}
}

// template is the path with its parameters in braces: a path with values would make a
// series for each invoice.
func template(req *http.Request) string {
	if op, ok := wrapper.OperationOf(req.Context()); ok {
		return op.Path
	}
	return other
}

// otelhttp writes the whole URL into the span. A query may hold a ws_token, and a
// path ids; so otelhttp gets a URL with neither, and the real one travels in the
// request's context.

type realURL struct{}

// hideURL stands outside of otelhttp.
type hideURL struct{ next http.RoundTripper }

func (h hideURL) RoundTrip(req *http.Request) (*http.Response, error) {
	labels := &otelhttp.Labeler{} // for the metrics
	labels.Add(semconv.URLTemplate(template(req)))
	ctx := otelhttp.ContextWithClientLabeler(req.Context(), labels)
	hidden := req.WithContext(context.WithValue(ctx, realURL{}, req.URL))
	hidden.URL = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: template(req)}
	resp, err := h.next.RoundTrip(hidden)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

// revealURL stands inside of it.
type revealURL struct{ next http.RoundTripper }

func (r revealURL) RoundTrip(req *http.Request) (*http.Response, error) {
	if u, ok := req.Context().Value(realURL{}).(*url.URL); ok {
		req = req.WithContext(req.Context()) // a copy: a transport leaves its request as it is
		req.URL = u
	}
	return r.next.RoundTrip(req)
}
