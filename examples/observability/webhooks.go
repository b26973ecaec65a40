package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	outcomeKey   = attribute.Key("pepay.webhook.outcome")
	duplicateKey = attribute.Key("pepay.webhook.duplicate")
)

// webhookHandler receives deliveries. otelhttp makes a span of each and measures it as
// http.server.request.duration; the verifier's observer knows what the status does not
// say: whether a delivery was a duplicate, why it was refused, and how old its event was.
func (t *telemetry) webhookHandler(ctx context.Context, v *webhook.Verifier, handle func(context.Context, *pepay.Event) error, opts ...webhook.HandlerOption) (http.Handler, error) {
	ctx = context.WithoutCancel(ctx) // the observer has none of its own
	with := instruments{meter: t.meter}
	deliveries := with.counter("pepay.webhook.deliveries", "{delivery}", "Deliveries, by how they were answered.")
	age := with.seconds("pepay.webhook.delivery.age", "How old the event of a delivery was that is no duplicate.", ageBounds)
	if with.err != nil {
		return nil, with.err
	}
	observer := webhook.Observer{OnDelivery: func(d webhook.Delivery) {
		labels := append(errorType(d.Err), outcomeKey.String(d.Outcome.String()), duplicateKey.Bool(d.Duplicate))
		if d.Type != "" { // the type of a refused delivery is not known
			labels = append(labels, eventTypeKey.String(typeLabel(d.Type)))
		}
		deliveries.Add(ctx, 1, metric.WithAttributes(labels...))
		if d.Outcome == webhook.OutcomeHandled && !d.Duplicate {
			age.Record(ctx, d.Age.Seconds())
		}
	}}
	process := func(ctx context.Context, ev *pepay.Event) error { return t.process(ctx, "webhook", ev, handle) }
	return otelhttp.NewHandler(v.Handler(process, append(opts, webhook.WithObserver(observer))...), "",
		otelhttp.WithTracerProvider(t.traces),
		otelhttp.WithMeterProvider(t.metrics),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		// Anybody can send a trace id, and with it the decision to sample. A trace of ours
		// begins here, with a link to theirs.
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }),
	), nil
}
