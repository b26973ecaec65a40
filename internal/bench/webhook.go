package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/wire"
	"github.com/pepaylabs/pepay-go/webhook"
)

const (
	webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	smallDelivery = 1 << 10
	largeDelivery = 256 << 10
)

// webhooks compares the verification of deliveries. Every contestant verifies a
// genuine delivery, signed the way its own service does it.
func webhooks(ctx context.Context, o options) ([]table, error) {
	now := time.Now()
	small, err := compare(ctx, processorTime, verifiers(webhookBody(smallDelivery), now), o)
	if err != nil {
		return nil, err
	}
	large, err := compare(ctx, processorTime, readers(webhookBody(largeDelivery), now), o)
	if err != nil {
		return nil, err
	}
	decoded, err := compare(ctx, processorTime, decoders(webhookBody(largeDelivery), now), o)
	if err != nil {
		return nil, err
	}
	const ours = 1
	return []table{
		timing("webhook verify, 1 KB, processor time (ratio to "+small[0].name+")", small,
			timeAtMost(small[ours], 0.8), allocsAtMost(small[ours], 0)),
		timing("webhook body read + verify, 256 KB, processor time (ratio to "+large[0].name+")", large,
			timeAtMost(large[ours], 0.7), allocsAtMost(large[ours], 3)),
		timing("webhook body read + verify + decode, 256 KB, processor time (ratio to "+decoded[0].name+")", decoded,
			timeAtMost(decoded[ours], 1.8), allocsAtMost(decoded[ours], 6)),
	}, nil
}

// webhookBody is an event of the given size.
func webhookBody(size int) []byte {
	const head = `{"id":"evt_1700000000000-123","object":"event","type":"invoice.updated","created":1700000000,"api_version":"2025-12-16",` +
		`"data":{"object":{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000","status":"paid","note":"`
	const tail = `"}}}`
	return []byte(head + strings.Repeat("x", size-len(head)-len(tail)) + tail)
}

func verifiers(body []byte, now time.Time) []contestant {
	header := webhook.Sign(webhookSecret, now, body)
	verifier, err := webhook.NewVerifier(webhookSecret)
	return append([]contestant{
		{"crypto/hmac per call", func(context.Context) error { return verifyFloor(header, body) }},
		{"pepay-go Verify", func(context.Context) error {
			if err != nil {
				return err
			}
			return verifier.Verify(header, body)
		}},
	}, peerVerifiers(body, now)...)
}

func readers(body []byte, now time.Time) []contestant {
	header := webhook.Sign(webhookSecret, now, body)
	verifier, err := webhook.NewVerifier(webhookSecret)
	request := delivery(header, body)
	return append([]contestant{
		{"io.ReadAll + crypto/hmac", func(context.Context) error {
			content, err := io.ReadAll(request().Body)
			if err != nil {
				return err
			}
			return verifyFloor(header, content)
		}},
		// What Event does before it decodes.
		{"pepay-go, wire.ReadAtMost + Verify", func(context.Context) error {
			if err != nil {
				return err
			}
			r := request()
			content, err := wire.ReadAtMost(r.Body, r.ContentLength, 1<<20)
			if err != nil {
				return err
			}
			return verifier.Verify(r.Header, content)
		}},
	}, peerReaders(body, now)...)
}

// decoders make an event of a delivery, but for the first, which only reads and
// verifies it, in the fastest way there is.
func decoders(body []byte, now time.Time) []contestant {
	header := webhook.Sign(webhookSecret, now, body)
	verifier, err := webhook.NewVerifier(webhookSecret)
	request := delivery(header, body)
	return []contestant{
		{"reading by Content-Length + crypto/hmac", func(context.Context) error {
			r := request()
			content := make([]byte, r.ContentLength)
			if _, err := io.ReadFull(r.Body, content); err != nil {
				return err
			}
			return verifyFloor(r.Header, content)
		}},
		{"pepay-go Event", func(context.Context) error {
			if err != nil {
				return err
			}
			ev, err := verifier.Event(request())
			if err != nil {
				return err
			}
			return checkDelivery(ev.ID, ev.Type, ev.Data.Object)
		}},
		{"io.ReadAll + crypto/hmac + encoding/json", func(context.Context) error {
			content, err := io.ReadAll(request().Body)
			if err != nil {
				return err
			}
			if err := verifyFloor(header, content); err != nil {
				return err
			}
			ev := new(plainEvent)
			if err := json.Unmarshal(content, ev); err != nil {
				return err
			}
			return checkDelivery(ev.ID, ev.Type, ev.Data.Object)
		}},
	}
}

func checkDelivery(id, eventType string, object []byte) error {
	if id != "evt_1700000000000-123" || eventType != pepay.EventInvoiceUpdated || len(object) < largeDelivery/2 {
		return fmt.Errorf("the event %q of type %q with %d bytes of resource", id, eventType, len(object))
	}
	return nil
}

// delivery returns the same request again and again, without a network and without
// cost. It is for one goroutine at a time.
func delivery(header http.Header, body []byte) func() *http.Request {
	content := bytes.NewReader(body)
	request := &http.Request{Method: http.MethodPost, Header: header, Body: io.NopCloser(onlyReader{content}), ContentLength: int64(len(body))}
	return func() *http.Request {
		content.Reset(body)
		return request
	}
}

// onlyReader hides the methods that a body of net/http does not have.
type onlyReader struct{ io.Reader }

// verifyFloor is the verification, written by hand from Pepay's documentation.
func verifyFloor(header http.Header, body []byte) error {
	timestamp := header.Get("X-Pepay-Timestamp")
	millis, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return err
	}
	if time.Since(time.UnixMilli(millis)).Abs() > 5*time.Minute {
		return errors.New("timestamp out of range")
	}
	given, err := hex.DecodeString(header.Get("X-Pepay-Signature"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write([]byte(timestamp))
	mac.Write([]byte("."))
	mac.Write(body)
	if !hmac.Equal(given, mac.Sum(nil)) {
		return errors.New("bad signature")
	}
	return nil
}
