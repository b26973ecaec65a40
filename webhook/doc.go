// Package webhook receives Pepay's webhooks: it verifies that a delivery comes
// from Pepay, decodes it, and runs a handler once per event.
//
//	verifier, err := webhook.FromEnv() // PEPAY_WEBHOOK_SECRET
//	if err != nil {
//		return err
//	}
//	http.Handle("/pepay/webhook", verifier.Handler(func(ctx context.Context, ev *pepay.Event) error {
//		return store(ctx, ev) // nil acknowledges; an error makes Pepay deliver again
//	}))
//
// Delivery is at least once, and the same events come on Pepay's event streams:
// tell them apart by their id.
//
// See https://docs-alpha.pepay.io/api-spec/webhooks and
// https://docs-alpha.pepay.io/api-spec/webhooks-authentication.
package webhook
