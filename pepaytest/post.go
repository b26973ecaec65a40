package pepaytest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// attempt sends an event once.
func (e *Endpoint) attempt(ctx context.Context, r *record) Attempt {
	now := e.server.cfg.now()
	a := Attempt{At: now}
	began := time.Now()
	a.Status, a.Answer, a.Err = e.post(ctx, r, now)
	a.Duration = time.Since(began)
	return a
}

const (
	// An answer is read this far, so that its connection can be used again.
	maxWebhookAnswer = 64 << 10
	// And so much of it is kept.
	maxWebhookAnswerKept = 4 << 10
)

func (e *Endpoint) post(ctx context.Context, r *record, now time.Time) (status int, kept string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(r.frame))
	if err != nil {
		return 0, "", err
	}
	e.header(req.Header, r, now)
	client := e.server.deliver
	if e.receiver {
		client = e.server.client // reaches the server in memory too
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	// The status decides, also where the rest of the answer cannot be read.
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxWebhookAnswerKept))
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxWebhookAnswer-maxWebhookAnswerKept))
	return resp.StatusCode, string(answer), nil
}

// header sets every documented header of a delivery.
func (e *Endpoint) header(h http.Header, r *record, now time.Time) {
	e.mu.Lock()
	secret, previous := e.secret, e.previous
	e.mu.Unlock()
	timestamp := signedTimestamp(now)
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "pepaytest")
	h.Set("X-Pepay-Event", r.event.Type)
	h.Set("X-Pepay-Event-ID", r.event.ID)
	h.Set("X-Pepay-Timestamp", timestamp)
	h.Set("X-Pepay-Signature", sign(secret, timestamp, r.frame))
	if previous != "" {
		h.Set("X-Pepay-Signature-Previous", sign(previous, timestamp, r.frame))
	}
	if environment := pepay.NetworkEnvironment(r.subject.Environment); environment.Valid() {
		h.Set("X-Pepay-Network-Environment", string(environment))
	}
}
