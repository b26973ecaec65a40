package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// scope names this instrumentation; yours is the import path of your package.
const scope = "github.com/pepaylabs/pepay-go/examples/observability"

// maxSeries bounds each metric, whatever its labels turn out to be. What is beyond it
// is counted in one series with the label otel_metric_overflow.
const maxSeries = 1000

// telemetry is what everything here reports to. The providers are not the global
// ones, so that tests have their own.
type telemetry struct {
	traces   *sdktrace.TracerProvider
	metrics  *sdkmetric.MeterProvider
	tracer   trace.Tracer
	meter    metric.Meter
	registry *prometheus.Registry
}

// newTelemetry sets up OpenTelemetry. Metrics can be read by Prometheus. Finished
// spans go to the exporter, if there is one.
func newTelemetry(ctx context.Context, spans sdktrace.SpanExporter) (*telemetry, error) {
	// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over the name here.
	described, err := resource.New(ctx, resource.WithAttributes(semconv.ServiceName("pepay-observability")),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reader, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo())
	if err != nil {
		return nil, err
	}
	t := &telemetry{
		registry: registry,
		metrics: sdkmetric.NewMeterProvider(sdkmetric.WithResource(described), sdkmetric.WithReader(reader),
			sdkmetric.WithCardinalityLimit(maxSeries), sdkmetric.WithView(withoutHost)),
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(described)}
	if spans != nil {
		options = append(options, sdktrace.WithBatcher(spans))
	}
	t.traces = sdktrace.NewTracerProvider(options...)
	t.tracer, t.meter = t.traces.Tracer(scope), t.metrics.Meter(scope)
	return t, nil
}

// withoutHost takes the address and port out of the metrics of our own server:
// otelhttp has them from the Host header, which anybody can fill with anything.
var withoutHost = sdkmetric.NewView(sdkmetric.Instrument{Name: "http.server.*"}, sdkmetric.Stream{
	AttributeFilter: attribute.NewDenyKeysFilter(semconv.ServerAddressKey, semconv.ServerPortKey),
})

// handler answers GET /metrics.
func (t *telemetry) handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{
		EnableOpenMetrics:   true, // brings the trace ids of slow requests along, where they are asked for
		MaxRequestsInFlight: 4,
		Timeout:             10 * time.Second,
	})
}

// shutdown sends the spans that wait to be sent.
func (t *telemetry) shutdown(ctx context.Context) error {
	return errors.Join(t.traces.Shutdown(ctx), t.metrics.Shutdown(ctx))
}

// instruments makes instruments and keeps the first error, so that those who need
// several ask once.
type instruments struct {
	meter metric.Meter
	err   error
}

func (i *instruments) note(err error) {
	if i.err == nil {
		i.err = err
	}
}

func (i *instruments) counter(name, unit, description string) metric.Int64Counter {
	c, err := i.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
	i.note(err)
	return c
}

// seconds is a histogram of durations.
func (i *instruments) seconds(name, description string, bounds []float64) metric.Float64Histogram {
	h, err := i.meter.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(description),
		metric.WithExplicitBucketBoundaries(bounds...))
	i.note(err)
	return h
}

var (
	callBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}
	// An event may be seconds old when all is well, and hours after an outage.
	ageBounds = []float64{0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400}
)

// errorType is the attribute error.type, none for nil.
func errorType(err error) []attribute.KeyValue {
	if label := errorLabel(err); label != "" {
		return []attribute.KeyValue{semconv.ErrorTypeKey.String(label)}
	}
	return nil
}
