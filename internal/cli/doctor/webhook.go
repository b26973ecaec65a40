package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// webhook are the checks of a merchant's endpoint. They run its handler.
func (d *doctor) webhook() []*Check {
	if d.Webhook == nil {
		return nil
	}
	h := &hook{Webhook: *d.Webhook, api: d.api, timeout: d.Timeout}
	group := Group{"webhook", "Webhook " + h.Shown}
	reachable := &Check{Group: group, ID: "reachable", Name: "reachable", Run: h.reachable}
	forged := &Check{Group: group, ID: "bad-signature", Name: "bad signature", Needs: []*Check{reachable}, Run: func(context.Context) Finding { return h.forged() }}
	genuine := &Check{Group: group, ID: "good-signature", Name: "good signature", Needs: []*Check{reachable}, After: []*Check{forged, d.api.clock}, Run: h.genuine}
	return []*Check{reachable, forged, genuine}
}

type hook struct {
	Webhook
	api      *network
	timeout  time.Duration
	toForged int // the status of the answer to a delivery with a bad signature
}

// reachable posts a delivery that is signed with another secret.
func (h *hook) reachable(ctx context.Context) Finding {
	began := time.Now()
	code, _, err := h.post(ctx, wrongSecret())
	if err != nil {
		return failed("no answer: %s", failure(err, h.timeout)).do(h.unreachableAdvice(err)...)
	}
	h.toForged = code
	return ok("it answers (%s)", short(time.Since(began)))
}

func (h *hook) unreachableAdvice(err error) []string {
	if isTimeout(err) {
		return []string{"answer before the work is done, or give it longer with --timeout"}
	}
	return []string{"start the receiver, and check the address that --webhook names"}
}

func (h *hook) forged() Finding {
	const verify = "verify every delivery before anything else: package webhook does, and its Handler answers 400"
	switch code := h.toForged; {
	case code >= 200 && code < 300:
		return failed("accepted with %s: anybody can forge a payment", status(code)).do(verify)
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return failed("answered %s: no handler takes POST at this path", status(code)).do("check the path that --webhook names")
	case code >= 300 && code < 400:
		return failed("answered %s: Pepay's deliveries go to the address itself", status(code)).do("name the address that it redirects to")
	case code >= 500:
		return warning("not accepted, and answered %s, after which a sender tries again", status(code)).do("answer 400 to a bad signature")
	}
	return ok("refused with %s", status(h.toForged))
}

// genuine posts a delivery as Pepay would.
func (h *hook) genuine(ctx context.Context) Finding {
	code, id, err := h.post(ctx, h.Secret)
	switch {
	case err != nil:
		return failed("no answer: %s", failure(err, h.timeout)).do(h.unreachableAdvice(err)...)
	case code >= 200 && code < 300:
		return ok("accepted with %s; your handler ran with test.ping %s", status(code), id)
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code >= 300 && code < 400:
		return failed("answered %s to test.ping %s", status(code), id).do("check the address that --webhook names")
	case code >= 400 && code < 500:
		advice := []string{"the receiver has another secret than PEPAY_WEBHOOK_SECRET or --secret-file here", "or it verifies something else than the raw body, such as JSON that was decoded and encoded again"}
		if h.api.skew.Abs() >= skewToKnow {
			advice = append(advice, "or its clock is wrong, as this machine's is")
		}
		return failed("refused with %s, although test.ping %s was signed with your secret", status(code), id).do(advice...)
	}
	return failed("answered %s to test.ping %s", status(code), id).
		do("the handler failed: its log should say why", "a type that it does not know, as test.ping may be, deserves a 2xx")
}

// post delivers a test.ping of now and returns the status of the answer.
func (h *hook) post(ctx context.Context, secret pepay.Secret) (code int, id string, err error) {
	id, header, body, err := h.Ping(secret, time.Now())
	if err != nil {
		return 0, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL.String(), bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header = header
	response, err := h.Client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	const drained = 64 << 10
	_, _ = io.CopyN(io.Discard, response.Body, drained)
	return response.StatusCode, id, nil
}

// wrongSecret is one that no receiver has.
func wrongSecret() pepay.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:]) // it does not fail
	return pepay.Secret("whsec_" + hex.EncodeToString(random[:]))
}
