package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWebhookContestants(t *testing.T) {
	t.Parallel()
	body := webhookBody(smallDelivery)
	if len(body) != smallDelivery {
		t.Fatalf("%d bytes", len(body))
	}
	large := webhookBody(largeDelivery)
	for _, c := range slices.Concat(verifiers(body, time.Now()), readers(body, time.Now()), decoders(large, time.Now())) {
		for range 2 {
			if err := c.run(context.Background()); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
	// A contestant that accepts everything must not be measured.
	forged := func() []contestant {
		body, large := webhookBody(smallDelivery), webhookBody(largeDelivery)
		all := slices.Concat(verifiers(body, time.Now()), readers(body, time.Now()), decoders(large, time.Now()))
		body[len(body)-5] ^= 1
		large[len(large)-5] ^= 1
		return all
	}
	for _, c := range forged() {
		if err := c.run(context.Background()); err == nil {
			t.Errorf("%s accepts a changed body", c.name)
		}
	}
}

func TestRunPrintsTheWebhookRow(t *testing.T) {
	var out, messages bytes.Buffer
	if err := run(context.Background(), []string{"-row", "webhook", "-rounds", "2", "-benchtime", "1ms"}, &out, &messages); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 KB", "256 KB", "pepay-go Verify", "svix", "≤ 0.80×", "≤ 0:", "≤ 0.70×", "≤ 3", "pepay-go Event", "≤ 1.80×"} {
		if !strings.Contains(out.String(), strings.TrimSuffix(want, ":")) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
