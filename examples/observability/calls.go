package main

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const operationKey = attribute.Key("pepay.operation")

// clientOptions has calls of a client measured: a span and a duration for each logical
// call, and below it what httpClient has for each attempt.
func (t *telemetry) clientOptions(ctx context.Context, base http.RoundTripper) ([]wrapper.Option, error) {
	ctx = context.WithoutCancel(ctx) // a retry has none of its own
	with := instruments{meter: t.meter}
	duration := with.seconds("pepay.client.call.duration", "Calls to Pepay, all attempts and waits included.", callBounds)
	retries := with.counter("pepay.client.retries", "{retry}", "Attempts that failed and were followed by another.")
	if with.err != nil {
		return nil, with.err
	}
	middleware := func(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
		return doerFunc(func(req *http.Request) (*http.Response, error) {
			operation := operationKey.String(operationLabel(req.Context()))
			called, span := t.tracer.Start(req.Context(), "pepay "+operation.Value.AsString(),
				trace.WithSpanKind(trace.SpanKindInternal), trace.WithAttributes(operation))
			defer span.End()
			begun := time.Now()
			resp, err := next.Do(req.WithContext(called))
			labels := append(errorType(err), operation)
			duration.Record(called, time.Since(begun).Seconds(), metric.WithAttributes(labels...))
			fail(span, err)
			return resp, err
		})
	}
	retried := func(r wrapper.Retry) {
		retries.Add(ctx, 1, metric.WithAttributes(operationKey.String(retriedLabel(r.Operation)),
			semconv.HTTPResponseStatusCode(r.StatusCode)))
	}
	return []wrapper.Option{
		wrapper.WithHTTPClient(t.httpClient(base)),
		wrapper.WithMiddleware(middleware),
		wrapper.WithRetryObserver(retried),
	}, nil
}

type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

// fail marks a span. The text of the SDK's errors has no secret in it, no body and no
// query.
func fail(span trace.Span, err error) {
	if err == nil {
		return
	}
	span.SetAttributes(errorType(err)...)
	span.SetStatus(codes.Error, err.Error())
}
