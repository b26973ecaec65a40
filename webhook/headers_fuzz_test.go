package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// FuzzHeaders checks that headers are accepted only with a signature of the body, in
// either place, and that everything else is one of the documented errors.
func FuzzHeaders(f *testing.F) {
	const secret, content = "whsec_fuzz", "{}"
	good := signature(secret, "1700000002123", content)
	for _, h := range [][3]string{
		{"1700000002123", good, ""}, {"1700000002123", "", good}, {"1700000002123", strings.ToUpper(good), "x"},
		{"1700000002", good, ""}, {"-1", good, ""}, {"9999999999999999", good, ""}, {"", "", ""}, {"1700000002123", "v1=" + good, good + " "},
		{"1700000002123\n", good, "é"},
	} {
		f.Add(h[0], h[1], h[2])
	}
	f.Fuzz(func(t *testing.T, timestamp, current, previous string) {
		v := verifier(t, secret).WithClock(func() time.Time { return time.UnixMilli(1700000002123) })
		h := http.Header{headerTimestamp: {timestamp}, headerSignature: {current}, headerPrevious: {previous}}
		err := v.Verify(h, []byte(content))
		if err != nil {
			known := false
			for _, want := range []error{ErrNoSignature, ErrBadTimestamp, ErrBadSignature, ErrTimestampOutOfRange} {
				known = known || errors.Is(err, want)
			}
			if !known {
				t.Errorf("an undocumented error: %v", err)
			}
			return
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(timestamp + "." + content))
		want := hex.EncodeToString(mac.Sum(nil))
		if !strings.EqualFold(current, want) && !strings.EqualFold(previous, want) {
			t.Errorf("%q with %q and %q was accepted", timestamp, current, previous)
		}
	})
}

// FuzzDelivery delivers any body, signed as it should be: it is handled as an event
// with id and type, or refused as malformed.
func FuzzDelivery(f *testing.F) {
	for _, content := range []string{body, "", "null", "[]", `{"id":"evt_1","type":"t"}`, `{"id":1,"type":[]}`, `{"id":"e","type":"t","created":1e400,"data":{"object":{"id":"\ud800"}}}`, "{\"id\":\"\x00\",\"type\":\"\xff\"}"} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		now := time.UnixMilli(1700000002123)
		handled := false
		handler := verifier(t, current).WithClock(func() time.Time { return now }).Handler(func(_ context.Context, ev *pepay.Event) error {
			handled = true
			if ev.ID == "" || ev.Type == "" {
				t.Error("an event without an id or a type")
			}
			ev.Resource()
			return nil
		})
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(content))
		r.Header = Sign(current, now, content)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		want := http.StatusBadRequest
		switch {
		case handled:
			want = http.StatusOK
		case len(content) > defaultMaxBytes:
			want = http.StatusRequestEntityTooLarge
		}
		if w.Code != want {
			t.Errorf("answered %d, want %d, to %q", w.Code, want, content)
		}
	})
}
