package pepaytest

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// receiver is a webhook endpoint of the server's own, that shows how a delivery is to be
// checked. It shares nothing with package webhook, or a mistake there would not be seen.
type receiver struct {
	mu   sync.Mutex
	mode receiverMode
	log  []received // the newest last
	got  int        // also those that the log does not have any more
	seen map[string]time.Time
	ids  []string // of seen, the oldest first
}

// receiverMode lets a person see a delivery refused.
type receiverMode string

const (
	receiverAccepts     receiverMode = "accept"
	receiverFails       receiverMode = "fail"         // checks, and answers 500
	receiverWrongSecret receiverMode = "wrong_secret" // checks with a secret that signs nothing
)

const (
	maxReceived       = 200
	maxReceiverIDs    = 10_000
	receiverTolerance = 5 * time.Minute
)

// received is a delivery with the steps that it went through: the last one failed, or all
// of them passed.
type received struct {
	Number   int            `json:"number"` // from 1, in the order in which they came
	At       time.Time      `json:"at"`
	EventID  string         `json:"event_id"`
	Type     string         `json:"type"`
	Accepted bool           `json:"accepted"`
	Steps    []receivedStep `json:"steps"`
}

type receivedStep struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func (r *received) step(name string, ok bool, detail string) bool {
	r.Steps = append(r.Steps, receivedStep{name, ok, detail})
	return ok
}

// handle finishes a delivery that passed the checks, as its mode says, and looks whether
// it came before. It is called under the lock.
func (r *receiver) handle(d *received) *problem {
	if r.mode == receiverFails {
		d.step("handled", false, "it answers 500, as it was told")
		return &problem{http.StatusInternalServerError, "handler_failed", "The receiver was told to fail"}
	}
	if before, again := r.seen[d.EventID]; again {
		d.step("seen before", true, "yes, at "+before.UTC().Format(time.RFC3339)+": it is accepted and not handled again")
		return nil
	}
	d.step("seen before", true, "no")
	if r.seen == nil {
		r.seen = map[string]time.Time{}
	}
	r.seen[d.EventID] = d.At
	if r.ids = append(r.ids, d.EventID); len(r.ids) > maxReceiverIDs {
		delete(r.seen, r.ids[0])
		r.ids = r.ids[1:]
	}
	return nil
}

// forget begins anew: ids of events come again after a reset, and are no repetitions.
func (r *receiver) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode, r.log, r.got, r.seen, r.ids = "", nil, 0, nil, nil
}

// keep is called under the lock.
func (r *receiver) keep(d received) {
	r.got++
	d.Number = r.got
	if r.log = append(r.log, d); len(r.log) > maxReceived {
		r.log = r.log[1:]
	}
}

// receiverSecret is a secret by which a delivery may be signed.
type receiverSecret struct {
	what  string
	value pepay.Secret
}

// receiverSecrets are those of the endpoints that deliver to the receiver.
func (s *Server) receiverSecrets() (secrets []receiverSecret) {
	for _, e := range s.webhooks.list() {
		if !e.receiver {
			continue
		}
		e.mu.Lock()
		secrets = append(secrets, receiverSecret{fmt.Sprintf("current secret of endpoint %d", e.number), e.secret})
		if e.previous != "" {
			secrets = append(secrets, receiverSecret{fmt.Sprintf("previous secret of endpoint %d", e.number), e.previous})
		}
		e.mu.Unlock()
	}
	return secrets
}

// check goes through the steps of a delivery and says what is answered.
func (r *received) check(h http.Header, body []byte, mode receiverMode, secrets []receiverSecret, now time.Time) *problem {
	const invalid = "invalid_signature"
	needed := []string{"X-Pepay-Timestamp", "X-Pepay-Signature", "X-Pepay-Event", "X-Pepay-Event-ID"}
	var missing []string
	for _, name := range needed {
		if h.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		r.step("headers are there", false, "missing: "+strings.Join(missing, ", "))
		return &problem{http.StatusBadRequest, invalid, "Headers are missing: " + strings.Join(missing, ", ")}
	}
	r.step("headers are there", true, strings.Join(needed, ", "))
	r.Type, r.EventID = shortened(h.Get("X-Pepay-Event")), shortened(h.Get("X-Pepay-Event-ID")) // until the body is believed
	timestamp := h.Get("X-Pepay-Timestamp")
	if detail, ok := checkTimestamp(timestamp, now); !r.step("timestamp is in tolerance", ok, detail) {
		return &problem{http.StatusBadRequest, "timestamp_out_of_range", "The timestamp: " + detail}
	}
	r.step("signed text", true, signedText(timestamp, body))
	detail, ok := checkSignatures(h, timestamp, body, mode, secrets)
	if !r.step("signature matches", ok, detail) {
		return &problem{http.StatusBadRequest, invalid, "The signature: " + detail}
	}
	event := newRawRecord(body, now).event // an empty one where it is not an object
	if !isObject(body) || event.ID == "" || event.Type == "" {
		r.step("event is decoded", false, "the body is not a JSON object with an id and a type")
		return &problem{http.StatusBadRequest, "malformed_event", "The event cannot be decoded"}
	}
	r.EventID, r.Type = event.ID, event.Type
	r.step("event is decoded", true, r.Type+" "+r.EventID)
	return nil
}

func checkTimestamp(timestamp string, now time.Time) (detail string, ok bool) {
	ms, err := strconv.ParseInt(timestamp, 10, 64)
	switch {
	case err != nil || strings.TrimLeft(timestamp, "0123456789") != "":
		return "it is not a number of milliseconds", false
	case ms < 100_000_000_000:
		return timestamp + " looks like seconds; it has to be milliseconds", false
	}
	age := now.Sub(time.UnixMilli(ms)).Round(time.Millisecond)
	text := age.String() + " old"
	if age < 0 {
		text = (-age).String() + " in the future"
	}
	return fmt.Sprintf("%s; %v either way is allowed", text, receiverTolerance), age.Abs() <= receiverTolerance
}

// signedText is what the signature is made of, shortened.
func signedText(timestamp string, body []byte) string {
	return fmt.Sprintf("%s (timestamp, a dot, and the %d bytes of the body as they came)", shortened(timestamp+"."+string(body)), len(body))
}

// shortened is text that somebody sent, as it may be shown.
func shortened(text string) string {
	const shown = 120
	if len(text) > shown {
		text = text[:shown] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// checkSignatures compares with every secret, and says which one it was. It never says
// what the signature should be.
func checkSignatures(h http.Header, timestamp string, body []byte, mode receiverMode, secrets []receiverSecret) (detail string, ok bool) {
	if len(secrets) == 0 {
		return `there is no secret to check with: no endpoint has the URL "receiver"`, false
	}
	if mode == receiverWrongSecret {
		secrets = []receiverSecret{{"wrong secret that it was told to use", "wrong"}}
	}
	const digits = 64
	given := map[string][]byte{}
	for _, name := range []string{"X-Pepay-Signature", "X-Pepay-Signature-Previous"} {
		if h.Get(name) == "" {
			continue
		}
		signature, err := hex.DecodeString(h.Get(name))
		if err != nil || 2*len(signature) != digits {
			return fmt.Sprintf("%s is not %d hexadecimal digits", name, digits), false
		}
		given[name] = signature
	}
	var tried []string
	for _, secret := range secrets {
		what := secret.what + endingIn(secret.value)
		tried = append(tried, what)
		expected, err := hex.DecodeString(sign(secret.value, timestamp, body))
		for name, signature := range given {
			if subtle.ConstantTimeCompare(signature, expected) == 1 && err == nil && !ok {
				detail, ok = name+" is by the "+what, true
			}
		}
	}
	if ok {
		return detail, true
	}
	return "it is not by the " + strings.Join(tried, ", nor by the ") + ": another secret signed it, or the body is not the one that was signed", false
}

func endingIn(secret pepay.Secret) string {
	if end := last4(secret.Reveal()); end != "" {
		return " (…" + end + ")"
	}
	return ""
}
