package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Observer is told about deliveries and their outcomes, for metrics. OnDelivery may
// be nil. It is called concurrently, on the goroutine of the delivery, and should not
// block. A panic in it is logged.
type Observer struct {
	// OnDelivery is called once for each POST, after it was answered.
	OnDelivery func(Delivery)
}

// Delivery is one delivery and its outcome.
type Delivery struct {
	// EventID and Type are empty when the delivery was refused.
	EventID, Type string
	// Age is the time from the event's creation to this delivery, earlier attempts of
	// Pepay included. It compares Pepay's clock with ours, so it may be off by their
	// difference. It is 0 when the time of creation is not known.
	Age time.Duration
	// Outcome says how the delivery was answered.
	Outcome Outcome
	// Duplicate reports that the event was handled before, or is being handled by
	// another delivery: the function of [Verifier.Handler] did not run, or said so.
	Duplicate bool
	// Err is why the outcome is not OutcomeHandled; nil also for OutcomeInProgress.
	Err error
}

// Outcome is how a delivery was answered.
type Outcome int

const (
	// OutcomeHandled is 200: the event was handled, now or before.
	OutcomeHandled Outcome = iota
	// OutcomeInProgress is 503: another delivery of the event is being handled.
	OutcomeInProgress
	// OutcomeRefused is 400 or 413: the signature, the timestamp or the event is not
	// valid, or the body is too large.
	OutcomeRefused
	// OutcomeFailed is 500: the function failed or panicked.
	OutcomeFailed
	// OutcomeUnavailable is 503: the body broke off, the deduper failed, the claim was
	// lost, or the function returned [ErrUnavailable].
	OutcomeUnavailable
)

// String is "handled", "in progress", "refused", "failed" or "unavailable".
func (o Outcome) String() string {
	names := [...]string{"handled", "in progress", "refused", "failed", "unavailable"}
	if o < 0 || int(o) >= len(names) {
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
	return names[o]
}

// observe tells the observer. The delivery has been answered, so a panic must not
// end the connection: Pepay would deliver again.
func (h *handler) observe(ctx context.Context, d Delivery) {
	if h.observer.OnDelivery == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			h.logger.ErrorContext(ctx, "webhook: the observer panicked", slog.String("panic", fmt.Sprint(p)))
		}
	}()
	h.observer.OnDelivery(d)
}
