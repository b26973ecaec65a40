package main

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
)

const (
	streamKey    = attribute.Key("pepay.stream")
	stateKey     = attribute.Key("pepay.stream.state")
	heldKey      = attribute.Key("pepay.stream.lease.held")
	gapKey       = attribute.Key("pepay.stream.gap")
	kindKey      = attribute.Key("pepay.stream.resumed")
	eventTypeKey = attribute.Key("pepay.event.type")
	eventIDKey   = attribute.Key("pepay.event.id")
)

// streamTelemetry is the telemetry of one stream.
type streamTelemetry struct {
	*telemetry
	name attribute.KeyValue // "merchant", for instance: one of a few that this program chooses

	events, dials, waits, resumes, resumed, control, leases metric.Int64Counter
	lag, took, downtime                                     metric.Float64Histogram

	followed atomic.Pointer[stream.Stream]
	leased   atomic.Bool // the stream is one of a group
	held     atomic.Bool
	fence    atomic.Int64
	dial     trace.Span // belongs to the observer, whose functions run one at a time
}

// forStream makes the telemetry of a stream with a name of its own.
func (t *telemetry) forStream(ctx context.Context, name string) (*streamTelemetry, error) {
	with := instruments{meter: t.meter}
	s := &streamTelemetry{
		telemetry: t, name: streamKey.String(name),
		events:   with.counter("pepay.stream.events", "{event}", "Events that were handled."),
		dials:    with.counter("pepay.stream.dials", "{dial}", "Times the stream was dialled."),
		waits:    with.counter("pepay.stream.waits", "{wait}", "Pauses before the stream is dialled again, by their reason."),
		resumes:  with.counter("pepay.stream.resumes", "{resume}", "Connections that continued after a cursor, and whether events may be missing."),
		resumed:  with.counter("pepay.stream.resumed_events", "{event}", "Events that a resume brought: replayed, backfilled, or dropped as duplicates."),
		control:  with.counter("pepay.stream.control_frames", "{frame}", "Frames that are no event."),
		leases:   with.counter("pepay.stream.lease.changes", "{change}", "Times the lease was got (true), or was lost, given back or not to be asked for (false)."),
		lag:      with.seconds("pepay.stream.event.lag", "How old an event was when the stream handed it out.", ageBounds),
		took:     with.seconds("pepay.stream.event.duration", "How long this program took for an event.", callBounds),
		downtime: with.seconds("pepay.stream.downtime", "Times without a connection.", ageBounds),
	}
	if with.err != nil {
		return nil, with.err
	}
	for _, gap := range []bool{false, true} { // from 0 on, so that the first one is an increase
		s.resumes.Add(ctx, 0, metric.WithAttributes(s.name, gapKey.Bool(gap)))
	}
	if err := s.gauges(); err != nil {
		return nil, err
	}
	return s, nil
}

// gauges are asked for when /metrics is.
func (s *streamTelemetry) gauges() error {
	var errs [4]error
	var state, held, fence metric.Int64ObservableGauge
	var lag metric.Float64ObservableGauge
	state, errs[0] = s.meter.Int64ObservableGauge("pepay.stream.state", metric.WithDescription("1 for the state the stream is in, 0 for the others."))
	held, errs[1] = s.meter.Int64ObservableGauge("pepay.stream.lease.held", metric.WithDescription("1 while this stream has its group's lease."))
	fence, errs[2] = s.meter.Int64ObservableGauge("pepay.stream.lease.fence", metric.WithDescription("Number of the term that this stream had last."))
	lag, errs[3] = s.meter.Float64ObservableGauge("pepay.stream.lag", metric.WithUnit("s"), metric.WithDescription("How far the stream is behind now."))
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	name := metric.WithAttributes(s.name)
	_, err := s.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		followed := s.followed.Load()
		if followed == nil {
			return nil
		}
		now := followed.State()
		for one := stream.StateIdle; one <= stream.StateStandby; one++ {
			o.ObserveInt64(state, number(one == now), metric.WithAttributes(s.name, stateKey.String(one.String())))
		}
		o.ObserveFloat64(lag, followed.Lag().Seconds(), name)
		if s.leased.Load() {
			o.ObserveInt64(held, number(s.held.Load()), name)
			o.ObserveInt64(fence, s.fence.Load(), name)
		}
		return nil
	}, state, lag, held, fence)
	return err
}

func number(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// follow makes the stream that the gauges are about, with an observer in its options.
func (s *streamTelemetry) follow(ctx context.Context, open func(stream.Options) *stream.Stream, o stream.Options) *stream.Stream {
	o.Observer = s.observer(ctx)
	s.leased.Store(o.Lease != nil)
	followed := open(o)
	s.followed.Store(followed)
	return followed
}

// observer writes down what the stream tells. Its hooks have no context of their own,
// because no call of ours is behind them; they get this one.
func (s *streamTelemetry) observer(ctx context.Context) stream.Observer {
	ctx = context.WithoutCancel(ctx)
	name := metric.WithAttributes(s.name)
	return stream.Observer{
		OnState: func(state stream.State, err error) { s.state(ctx, state, err) },
		OnWait: func(w stream.Wait) {
			s.waits.Add(ctx, 1, name, metric.WithAttributes(errorType(w.Err)...))
		},
		OnResume: func(r stream.Resume) {
			s.resumes.Add(ctx, 1, name, metric.WithAttributes(gapKey.Bool(r.Gap)))
			for kind, n := range map[string]int{"replayed": r.Replayed, "backfilled": r.Backfilled, "duplicate": r.Duplicates} {
				s.resumed.Add(ctx, int64(n), name, metric.WithAttributes(kindKey.String(kind)))
			}
			if r.Downtime > 0 {
				s.downtime.Record(ctx, r.Downtime.Seconds(), name)
			}
		},
		// What kinds of frames there are is not documented, so they are only counted.
		OnControl: func(stream.Control) { s.control.Add(ctx, 1, name) },
		OnHandled: func(h stream.Handled) {
			labels := metric.WithAttributes(eventTypeKey.String(typeLabel(h.Type)))
			s.events.Add(ctx, 1, name, labels)
			s.lag.Record(ctx, h.Lag.Seconds(), name)
			s.took.Record(ctx, h.Took.Seconds(), name, labels)
		},
		OnLease: func(l stream.LeaseState) {
			s.held.Store(l.Held)
			if l.Fence > 0 {
				s.fence.Store(l.Fence)
			}
			s.leases.Add(ctx, 1, name, metric.WithAttributes(heldKey.Bool(l.Held)), metric.WithAttributes(errorType(l.Err)...))
		},
	}
}

// state makes a span of each dial: it begins with StateConnecting and ends with the
// next state.
func (s *streamTelemetry) state(ctx context.Context, state stream.State, err error) {
	if s.dial != nil {
		s.dial.SetAttributes(stateKey.String(state.String()))
		fail(s.dial, err)
		s.dial.End()
		s.dial = nil
	}
	if state == stream.StateConnecting {
		s.dials.Add(ctx, 1, metric.WithAttributes(s.name))
		_, s.dial = s.tracer.Start(ctx, "pepay stream dial", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(s.name))
	}
}

// process handles an event in a span. from is "webhook", or the name of a stream.
func (t *telemetry) process(ctx context.Context, from string, ev *pepay.Event, handle func(context.Context, *pepay.Event) error) error {
	ctx, span := t.tracer.Start(ctx, "process "+typeLabel(ev.Type), trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		semconv.MessagingSystemKey.String("pepay"),
		semconv.MessagingOperationTypeProcess,
		semconv.MessagingDestinationName(from),
		eventTypeKey.String(typeLabel(ev.Type)),
		eventIDKey.String(ev.ID), // on a span an id is welcome, as a label it is not
	))
	defer span.End()
	err := handle(ctx, ev)
	fail(span, err)
	return err
}
