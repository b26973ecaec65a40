package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/webhook"
)

// signingCanary is the webhook secret of every test. It contains canary, so that no
// output may hold it.
const signingCanary = "whsec_" + canary

func signing(env []string) []string {
	return append(slices.Clone(env), "PEPAY_WEBHOOK_SECRET="+signingCanary)
}

// receiver is a merchant's endpoint that verifies what it gets.
type receiver struct {
	*httptest.Server
	verifier *webhook.Verifier
	answer   func(n int) int // the status of the nth delivery, from 1

	mu         sync.Mutex
	deliveries []received
}

type received struct {
	header http.Header
	body   string
	ev     *pepay.Event
	err    error
}

func newReceiver(t *testing.T, answer func(n int) int) *receiver {
	t.Helper()
	r := unstartedReceiver(t, answer)
	r.Start()
	return r
}

func unstartedReceiver(t *testing.T, answer func(n int) int) *receiver {
	t.Helper()
	verifier, err := webhook.NewVerifier(signingCanary)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{verifier: verifier, answer: answer}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(r.receive))
	r.Config.ErrorLog = log.New(io.Discard, "", 0) // a handshake that fails is meant to
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) receive(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(request.Body)
	ev, err := r.verifier.Parse(request.Header, body)
	r.deliveries = append(r.deliveries, received{request.Header, string(body), ev, err})
	status := r.answer(len(r.deliveries))
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(status)
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.deliveries)
}

// ids are those of the events that came, in order, all of which have to be signed.
func (r *receiver) ids(t *testing.T) (ids []string) {
	t.Helper()
	for _, d := range r.all() {
		if d.err != nil {
			t.Fatalf("a delivery is not valid: %v", d.err)
		}
		ids = append(ids, d.ev.ID)
	}
	return ids
}

func always(status int) func(int) int { return func(int) int { return status } }
