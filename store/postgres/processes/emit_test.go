package processes

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// kinds are the types of the events by where they go: most to the stream alone, others to
// the webhooks alone, and some to both, where either may come first.
var kinds = []string{
	pepay.EventInvoiceCreated, pepay.EventInvoiceCreated, pepay.EventInvoiceCreated,
	pepay.EventInvoiceUpdated, pepay.EventInvoiceUpdated,
	pepay.EventCommerceOrderUpdated,
}

const (
	both        = pepay.EventInvoiceUpdated
	webhookOnly = pepay.EventCommerceOrderUpdated
)

// emit emits events for so long, one after the other and every now and then many at once.
func (w *run) emit(ctx context.Context, count int, within time.Duration, random *rand.Rand) {
	const step = 20 * time.Millisecond
	steps := int(within / step)
	tick := time.NewTicker(step)
	defer tick.Stop()
	started := time.Now()
	for emitted := 0; emitted < count; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		due := count * int(time.Since(started)/step) / steps
		if random.IntN(100) == 0 { // once in 2 s, half a second's worth
			due = max(due, emitted+count*25/steps)
		}
		for ; emitted < min(count, due); emitted++ {
			w.emitOne(random)
		}
	}
}

func (w *run) emitOne(random *rand.Rand) {
	w.mu.Lock()
	defer w.mu.Unlock()
	number := len(w.emissions) + 1
	ev := pepay.Event{Type: kinds[random.IntN(len(kinds))]}
	if ev.Type == webhookOnly {
		ev.Data.Object = fmt.Appendf(nil, `{"object":"commerce_order","id":"order_%d","status":"fulfilled"}`, number)
	} else {
		ev.Data.Object = fmt.Appendf(nil, `{"object":"invoice","id":"inv_%d","status":"paid"}`, number)
	}
	at := time.Now()
	id := w.pepay.Emit(ev).ID
	w.emissions = append(w.emissions, emission{number, id, ev.Type, at})
}
